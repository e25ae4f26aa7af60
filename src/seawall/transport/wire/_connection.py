"""One connection: a request goes out, a response comes in, then perhaps the next.

FRESH ── begin ──> SENDING ── sent ──> WAITING ── head ──> READING ── end ──> IDLE ── begin ──> SENDING
any of them ── a fault, a cancel, a body that nobody reads to its end ──> CLOSED
"""

import itertools
import ssl
from enum import Enum
from typing import assert_never

from seawall.problems import DisconnectProblem, TlsProblem

from ..sockets import PIECE, Exchange, Fault, Pipe, Wire
from ._buffer import Buffer
from ._reader import Phase, ResponseReader

__all__ = ["Connection", "StaleError", "State"]

MOST = 1024 * 1024  # bytes handed to the kernel at once; between two such pieces a look is taken whether the server refuses
MAX_UNBROKEN = 16  # pieces read one after the other without a wait: then other tasks of the loop have their turn
MAX_EARLY = 4 * PIECE  # bytes of an answer kept while the request is still being sent
_serials = itertools.count(1)


class State(Enum):
    """Where a connection stands."""

    FRESH = "fresh"
    IDLE = "idle"
    SENDING = "sending"
    WAITING = "waiting"
    READING = "reading"
    CLOSED = "closed"


class StaleError(Exception):
    """A kept connection had ended before a byte of the request was handed over; another one will do."""


class Connection:
    """A socket, perhaps under TLS, that speaks HTTP/1.1 with one server or proxy.

    Args:
        wire: The socket.
        pipe: What bytes go through: the socket, or TLS over it.
        now: Monotonic time, in seconds.

    Attributes:
        label: Which connection this is, for the timeline.
        poisoned: Whether no other exchange may use it.
        state: Where it stands.
        born: Monotonic time when it was made.
        idle_since: Monotonic time since when nobody uses it.
    """

    __slots__ = (
        "__weakref__",
        "_ended",
        "_error",
        "_serial",
        "_uses",
        "born",
        "idle_since",
        "label",
        "pipe",
        "poisoned",
        "state",
        "wire",
    )  # fmt: skip

    def __init__(self, wire: Wire, pipe: Pipe, now: float) -> None:
        self.wire = wire
        self.pipe = pipe
        self.born = self.idle_since = now
        self.poisoned = False
        self.state = State.FRESH
        self._serial = next(_serials)
        self.label = f"new connection {self._serial}"
        self._uses = 0
        self._ended = False
        self._error: OSError | None = None

    @property
    def is_new(self) -> bool:
        """Whether it serves its first request."""
        return self._uses == 1

    @property
    def is_reusable(self) -> bool:
        """Whether another request may go through it, as far as anybody knows."""
        match self.state:
            case State.FRESH | State.IDLE:
                return not self.poisoned and not self._has_news()
            case State.SENDING | State.WAITING | State.READING | State.CLOSED:
                return False
            case _ as never:
                assert_never(never)

    def _has_news(self) -> bool:
        """Whether the peer closed, or sent what nobody asked for. TLS's own messages are taken in on the way."""
        try:
            if self.wire.is_quiet and self.pipe.is_empty:
                return False
            return self.pipe.receive_now(1) is not None
        except (OSError, ValueError):
            return True

    # -- sending ---------------------------------------------------------------------------------------------------------
    def begin(self, exchange: Exchange) -> None:
        """Serve an exchange from here on."""
        self._uses += 1
        if self._uses == 2:
            self.label = f"reused connection {self._serial}"
        self.state = State.SENDING
        exchange.stream, exchange.head, exchange.reached = self, 0, True
        exchange.serve(self.wire)
        exchange.check()

    async def send(self, data: bytes, exchange: Exchange, reader: ResponseReader, *, attentive: bool = False) -> bool:
        """Send bytes of a request.

        Args:
            data: The bytes.
            exchange: Whose they are.
            reader: Takes what comes meanwhile.
            attentive: Whether to look for an answer on the way: a server may refuse a long body before it has it.

        Returns:
            Whether the server wants more: False when it has refused, or is gone; what it said is there to be read.

        Raises:
            StaleError: The connection was kept, and is dead.
            Fault: A clock ran out, or the exchange was stopped.
        """
        view, blocked, pipe, before = memoryview(data), False, self.pipe, self.wire.sent
        piece = MOST if pipe is self.wire else PIECE  # what goes through TLS is held once more
        try:
            while view or not pipe.flush_now():
                if blocked or attentive:
                    exchange.check()
                    listening = attentive and self._listen(exchange, reader)
                    if attentive and (self._ended or _is_refusal(reader)):
                        return False
                    if blocked:
                        await exchange.ready(self.wire, reading=listening, writing=True)
                count = pipe.send_now(view[:piece]) if view else 0
                if count:
                    exchange.wrote = exchange.reached  # what greets a proxy is not the request
                    view = view[count:]
                    exchange.uploaded += count
                    if attentive:
                        await self._take_turns(exchange)
                blocked = not count
        except OSError as error:
            if self.wire.sent > before:  # TLS may fail half-way through a piece
                exchange.wrote = exchange.reached
            if not exchange.wrote and self._uses > 1:
                raise StaleError from None
            self._error = error
            return False
        return True

    async def may_continue(self, exchange: Exchange, reader: ResponseReader, seconds: float) -> bool:
        """Wait until the server wants the body, or says nothing for some seconds; False when it answered without it.

        Raises:
            Fault: The connection broke off, a clock ran out, or what came cannot be trusted.
        """
        until = exchange.clocks.now() + seconds
        while self._listen(exchange, reader) and reader.phase is Phase.HEAD and not reader.may_continue:
            if not await exchange.readable_until(self.wire, until):
                return True
        return reader.phase is Phase.HEAD and not self._ended

    def glance(self, exchange: Exchange, reader: ResponseReader) -> None:
        """Take what of the body is there already, without a wait: many servers send head and body in two packets."""
        self._listen(exchange, reader)

    def _listen(self, exchange: Exchange, reader: ResponseReader) -> bool:
        """Take what has come already; True to be woken when more does."""
        if self._ended or exchange.head > MAX_EARLY:
            return False
        try:
            piece = self.pipe.receive_now(exchange.room(PIECE))
        except OSError as error:
            piece, self._error = b"", error
        if piece:
            self._take(piece, exchange, reader)
        elif piece is not None:
            self._ended = True
        return not self._ended

    def _take(self, data: bytes, exchange: Exchange, reader: ResponseReader) -> None:
        exchange.head += len(data)
        try:
            reader.feed(data)
        except Fault as fault:
            if reader.phase is Phase.HEAD:
                raise
            reader.fault = fault  # the head stands, and what came of the body before it
        if reader.phase is not Phase.HEAD:
            exchange.answered = exchange.reached

    # -- receiving -------------------------------------------------------------------------------------------------------
    async def receive(self, exchange: Exchange, reader: ResponseReader) -> None:
        """Wait for more of the response, and hand it to the reader.

        Raises:
            Fault: It broke off, a clock ran out, or it cannot be trusted.
        """
        if reader.fault is not None:
            raise reader.fault
        try:
            data = b"" if self._ended else await self._read(exchange)
        except OSError as error:
            raise self._fault(error) from None
        if data:
            self._take(data, exchange, reader)
            return
        self._ended = exchange.ended = True
        if self._error is not None:
            raise self._fault(self._error)  # why sending stopped says more than the mere end
        if not reader.end():
            raise Fault(DisconnectProblem)

    async def _read(self, exchange: Exchange) -> bytes:
        pipe, size = self.pipe, exchange.room(PIECE)
        if pipe is self.wire and not exchange.head:
            await exchange.ready(self.wire, reading=True)  # a server takes its time: asking the kernel at once is in vain
        while True:
            piece = pipe.receive_now(size)
            if piece is not None:
                if exchange.head:
                    await self._take_turns(exchange)
                return piece
            await exchange.ready(self.wire, reading=True)

    async def _take_turns(self, exchange: Exchange) -> None:
        exchange.unbroken += 1
        if exchange.unbroken > MAX_UNBROKEN:
            await exchange.breathe()

    async def receive_whole(self, exchange: Exchange, reader: ResponseReader, size: int) -> bytes:
        """Wait for all the rest of a body whose length is known: straight into one buffer, past the reader.

        Args:
            exchange: Whose it is.
            reader: Has read what came before; its pieces go in front.
            size: Bytes that are missing.

        Raises:
            Fault: It broke off, or a clock ran out.
        """
        buffer, reader.pieces = Buffer(reader.pieces, size), []
        while room := buffer.room:
            try:
                count = 0 if self._ended else self.pipe.receive_into(room)
            except OSError as error:
                raise self._fault(error) from None
            if count is None:
                await exchange.ready(self.wire, reading=True)
            elif count:
                buffer.took(count)
                await self._take_turns(exchange)
            else:
                self._ended = exchange.ended = True
                raise self._fault(self._error) if self._error is not None else Fault(DisconnectProblem)
        room.release()
        reader.skip()
        return buffer.take()

    def _fault(self, error: OSError) -> Fault:
        return Fault(TlsProblem if isinstance(error, ssl.SSLError) else DisconnectProblem, error)

    # -- the end ---------------------------------------------------------------------------------------------------------
    def rest(self, now: float) -> None:
        """Nobody uses it for now."""
        self.state, self.idle_since = State.IDLE, now

    def close(self) -> None:
        """Close the socket; only its user may, or anyone while it is idle."""
        self.state = State.CLOSED
        self.wire.close()


def _is_refusal(reader: ResponseReader) -> bool:
    """Whether a final answer came that wants no more of the body; others may begin early and still want the rest."""
    return reader.phase is not Phase.HEAD and reader.status >= 400
