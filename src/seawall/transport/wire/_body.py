"""A response's body on its way."""

from seawall.model import Request

from ..sockets import Exchange
from ._connection import Connection
from ._engine import Engine
from ._outcome import judge
from ._reader import Phase, ResponseReader
from ._route import Route

__all__ = ["WireBody"]

LONG = 256 * 1024  # bytes of a body from which it is taken past the parser
MAX_WHOLE = 128 * 1024 * 1024


class WireBody:
    """See `ByteStream`. The connection is kept only after the whole body, and if nothing came behind it.

    Args:
        request: What it answers.
        exchange: Its clocks and records.
        connection: What brings it.
        reader: What has come so far.
        engine: Takes the connection back when it can serve another request.
        route: What the connection is good for.
    """

    def __init__(
        self,
        request: Request,
        exchange: Exchange,
        connection: Connection,
        reader: ResponseReader,
        engine: Engine,
        route: Route,
    ) -> None:
        self._request = request
        self._exchange = exchange
        self._connection = connection
        self._reader = reader
        self._engine = engine
        self._route = route
        self._closed = False
        options = request.call.options
        self._in_pieces = options.stream or options.on_download is not None

    async def read(self) -> bytes:
        """Return the next piece, `b""` at the end. It is of at most 64 KiB where somebody wants pieces.

        Raises:
            ApiProblem: The body broke off, a clock ran out, or the call was cancelled.
        """
        if self._closed:
            return b""
        reader, exchange = self._reader, self._exchange
        try:
            exchange.check()
            if (size := self._long()) > 0:
                return await self._connection.receive_whole(exchange, reader, size)
            while not reader.pieces and reader.phase is Phase.BODY:
                await self._connection.receive(exchange, reader)
        except BaseException as error:
            problem = judge(error, self._request, exchange)
            self.close()
            if problem is None:
                raise
        else:
            pieces, reader.pieces = reader.pieces, []
            if not pieces:
                self.close()
            return pieces[0] if len(pieces) == 1 else b"".join(pieces)
        raise problem

    def _long(self) -> int:
        """How many bytes to take at once, past the parser; 0 where pieces will do, or must: what is packed may be a bomb."""
        reader = self._reader
        missing = None if self._in_pieces else reader.missing
        if missing is None or not LONG <= missing <= MAX_WHOLE or reader.fault is not None or reader.status >= 400:
            return 0
        return 0 if reader.head is None or "content-encoding" in reader.head.headers else missing

    def __del__(self) -> None:
        self._exchange.give_back()  # an interceptor failed above, or a signal came: the slot must not go with what nobody holds

    async def aclose(self) -> None:
        """Free the connection; if bytes are unread it is closed."""
        self.close()

    def close(self) -> None:
        """See `aclose`: there is nothing to wait for."""
        if self._closed:
            return
        self._closed = True
        reader, connection = self._reader, self._connection
        reader.forget()
        if reader.is_clean and not connection.poisoned:
            self._engine.keep(self._route, connection, self._exchange)
            return
        if reader.phase is Phase.DONE:
            self._engine.learn(self._route, connection)
        connection.close()
        self._exchange.finish()
