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
from ._reader import Phase, ResponseReader

__all__ = ["Connection", "StaleError", "State"]

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
        self._uses = 0
        self._ended = False
        self._error: OSError | None = None

    @property
    def label(self) -> str:
        """Which connection this is, for the timeline."""
        return f"{'new' if self._uses <= 1 else 'reused'} connection {self._serial}"

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
            if self.pipe is self.wire and self.wire.is_quiet:
                return False
            return self.pipe.receive_now(1) is not None  # TLS may hold what the socket brought before, and shows no more
        except (OSError, ValueError):
            return True

    # -- sending ---------------------------------------------------------------------------------------------------------
    def begin(self, exchange: Exchange) -> None:
        """Serve an exchange from here on."""
        self._uses += 1
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
        try:
            while view or not pipe.flush_now():
                if blocked or attentive:
                    exchange.check()
                    listening = attentive and self._listen(exchange, reader)
                    if attentive and (self._ended or _is_refusal(reader)):
                        return False
                    if blocked:
                        await exchange.ready(self.wire, reading=listening, writing=True)
                count = pipe.send_now(view[:PIECE]) if view else 0
                if count:
                    exchange.wrote = exchange.reached  # what greets a proxy is not the request
                    view = view[count:]
                    exchange.uploaded += count
                blocked = not count
        except OSError as error:
            if self.wire.sent > before:  # TLS may fail half-way through a piece
                exchange.wrote = exchange.reached
            if not exchange.wrote and self._uses > 1:
                raise StaleError from None
            self._error = error
            return False
        return True

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
        while True:
            piece = pipe.receive_now(size)
            if piece is not None:
                return piece
            await exchange.ready(self.wire, reading=True)

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
