"""The network stream that httpcore2 reads and writes: one text, and a thin face for the blocking world."""

import itertools
import re
import ssl
from typing import Any

import httpcore2

from seawall.chain import drive
from seawall.model import UsageError
from seawall.problems import DisconnectProblem, ProxyProblem, TlsProblem

from ..sockets import PIECE, Exchange, Fault, Pipe, TlsPipe, Wire, secure

__all__ = ["BlockingStream", "Stream"]

MAX_EARLY = 4 * PIECE  # bytes of an answer kept while the request is still being sent
_INTERIM = re.compile(rb"HTTP/1\.[01] 1[0-9][0-9]").match
_REFUSAL = re.compile(rb"HTTP/1\.[01] [45]").match
_serials = itertools.count(1)


class Stream(httpcore2.AsyncNetworkStream):
    """One connection, or one TLS layer more of it.

    Args:
        wire: The socket.
        pipe: What bytes go through: the socket, or TLS over it.
        layers: TLS layers so far.
        greetings: Writes on the origin's layer that are not the request's.
        maker: The exchange that it was opened for, where httpcore2 names none.
        http2: Whether frames go through. A write that fails then says nothing yet: it may carry a mere acknowledgement, and the
            whole answer may be waiting to be read.
        max_age: Seconds after which it serves no further request; None without limit.

    Attributes:
        poisoned: Whether no other exchange may use it.
    """

    def __init__(
        self,
        wire: Wire,
        pipe: Pipe,
        layers: int,
        greetings: int,
        maker: Exchange,
        *,
        http2: bool = False,
        max_age: float | None = None,
    ) -> None:
        self.poisoned = False
        self._wire = wire
        self._pipe = pipe
        self._layers = layers
        self._greetings = greetings
        self._maker: Exchange | None = maker
        self._http2 = http2
        self._max_age = max_age
        self._born = maker.clocks.now()
        self._serial = next(_serials)
        self._uses = 0
        self._early = b""
        self._ended = False
        self._error: OSError | None = None

    @property
    def label(self) -> str:
        """Which connection this is, for the timeline."""
        return f"{'new' if self._uses == 1 else 'reused'} connection {self._serial}"

    async def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        """Return the next bytes, `b""` at the end.

        Raises:
            Fault: The connection failed, a clock ran out, or the head is over its bound.
        """
        exchange = self._begin(timeout)
        size = exchange.room(max_bytes)
        try:
            data = await self._receive(size, exchange)
        except OSError as error:
            raise self._fault(error, exchange) from None
        if not exchange.answered:
            exchange.head += len(data)
        if not data:
            exchange.ended = True
        return data

    async def _receive(self, size: int, exchange: Exchange) -> bytes:
        if self._early:
            data, self._early = self._early[:size], self._early[size:]
            return data
        piece: bytes | None = b"" if self._ended else None
        while piece is None:
            piece = self._pipe.receive_now(size)
            if piece is None:
                await exchange.ready(self._wire, reading=True)
        if not piece and self._error is not None:
            raise self._error  # why sending stopped says more than the mere end
        return piece

    async def write(self, buffer: bytes, timeout: Any = None) -> None:
        """Send all bytes.

        Raises:
            Fault: A clock ran out, or the proxy left.
            httpcore2.WriteError: The peer has answered already or is gone: httpcore2 then reads what it said.
            httpcore2.ConnectionNotAvailable: A reused connection turned out dead before a byte was handed over; the pool
                takes another.
        """
        if not buffer:
            return
        exchange = self._begin(timeout)
        counts = self._reach(exchange)
        if self._http2 and self._error is not None:
            return
        error = await self._send(memoryview(buffer), exchange, counts)
        if error is None:
            return
        if not counts:
            raise self._fault(error, exchange)
        if not exchange.wrote and self._uses > 1:
            raise httpcore2.ConnectionNotAvailable
        self._error = self._error or error
        if not self._http2:
            raise httpcore2.WriteError

    async def _send(self, view: memoryview, exchange: Exchange, counts: bool) -> OSError | None:
        before, blocked, attentive = self._wire.sent, False, counts and not self._http2
        try:
            while view or not self._pipe.flush_now():
                exchange.check()
                listening = attentive and (blocked or exchange.uploaded >= PIECE) and self._listen()
                if blocked:
                    await exchange.ready(self._wire, reading=listening, writing=True)
                count = self._pipe.send_now(view[:PIECE]) if view else 0
                view, blocked = view[count:], not count
                exchange.uploaded += count if counts else 0
        except OSError as error:
            return error
        finally:
            if counts and self._wire.sent > before:
                exchange.wrote = True
        return None

    def _listen(self) -> bool:
        """Look whether the peer has answered before it has the whole request; True to be woken when it does.

        Only a refusal stops an upload: other answers may begin early and still want the rest.
        """
        if not self._ended and len(self._early) < MAX_EARLY:
            try:
                piece = self._pipe.receive_now(PIECE)
            except OSError as error:
                piece, self._error = b"", error
            if piece is not None:
                self._early += piece
                self._ended = not piece
        if self._ended or _is_refusal(self._early):
            raise httpcore2.WriteError
        return len(self._early) < MAX_EARLY

    async def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: Any = None) -> "Stream":
        """Return a stream with one TLS layer more.

        Raises:
            Fault: No secure connection could be made; the socket is closed.
        """
        exchange = self._begin(timeout)
        hostname = None if server_hostname is None else server_hostname.strip("[]")
        pipe = await secure(self._wire, self._pipe, ssl_context, hostname, exchange)
        http2 = pipe.object.selected_alpn_protocol() == "h2"
        greetings = 1 if http2 else 0  # the preface of HTTP/2
        return Stream(self._wire, pipe, self._layers + 1, greetings, exchange, http2=http2, max_age=self._max_age)

    async def aclose(self) -> None:
        """Close the connection."""
        self._wire.close()

    def get_extra_info(self, info: str) -> Any:
        """Answer what httpcore2 asks: the TLS object, and whether an idle connection is no longer to be trusted."""
        if info == "ssl_object":
            return self._pipe.object if isinstance(self._pipe, TlsPipe) else None
        if info == "is_readable":
            return self.poisoned or self._has_news()
        return None

    def _has_news(self) -> bool:
        """Whether the peer closed, or sent what nobody asked for. TLS's own messages are taken in on the way."""
        try:
            return bool(self._early) or self._ended or self._pipe.receive_now(1) is not None
        except (OSError, ValueError):
            return True

    def _begin(self, timeout: Any) -> Exchange:
        exchange = timeout if isinstance(timeout, Exchange) else self._maker
        if exchange is None:
            raise UsageError("a stream of this transport serves its own requests only")
        exchange.serve(self._wire)
        exchange.check()
        return exchange

    def _reach(self, exchange: Exchange) -> bool:
        """Whether what is written now is the request itself."""
        if self._layers < exchange.layers:
            return False
        if self._greetings:
            self._greetings -= 1
            return False
        if exchange.stream is not self:
            self._uses += 1
            if self._uses > 1 and (self._is_old(exchange) or self._has_news()):
                raise httpcore2.ConnectionNotAvailable
            exchange.stream, exchange.reached, exchange.head = self, True, 0
            self._maker = None
        return True

    def _is_old(self, exchange: Exchange) -> bool:
        return self._max_age is not None and exchange.clocks.now() - self._born > self._max_age

    def _fault(self, error: OSError, exchange: Exchange) -> Fault:
        if not exchange.reached:
            return Fault(ProxyProblem, error)
        return Fault(TlsProblem if isinstance(error, ssl.SSLError) else DisconnectProblem, error)


def _is_refusal(early: bytes) -> bool:
    while _INTERIM(early):
        _, mark, early = early.partition(b"\r\n\r\n")
        if not mark:
            return False
    return _REFUSAL(early) is not None


class BlockingStream(httpcore2.NetworkStream):
    """The face of a `Stream` in the blocking world, where nothing suspends."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        """See `Stream.read`."""
        return drive(self._stream.read(max_bytes, timeout))

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        """See `Stream.write`."""
        drive(self._stream.write(buffer, timeout))

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: Any = None) -> "BlockingStream":
        """See `Stream.start_tls`."""
        return BlockingStream(drive(self._stream.start_tls(ssl_context, server_hostname, timeout)))

    def close(self) -> None:
        """See `Stream.aclose`."""
        drive(self._stream.aclose())

    def get_extra_info(self, info: str) -> Any:
        """See `Stream.get_extra_info`."""
        return self._stream.get_extra_info(info)
