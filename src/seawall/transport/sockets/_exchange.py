"""One request on its way: its clocks, and the record of what left and what came.

Each socket operation knows for whom it is done. Laws:
1. Whatever waits, waits through `ready`, under the clock of the phase and the deadline.
2. `sent` follows from records (`wrote`, `answered`), never from the wording of an error.
3. `finish` gives the slot back, however often it is called, and also where Ctrl+C broke into an earlier one.
"""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import UNSET

from seawall.model import Clocks, Runtime, Sent
from seawall.problems import (
    ApiProblem,
    CancelledProblem,
    ConnectTimeoutProblem,
    DeadlineProblem,
    OriginalError,
    ReadTimeoutProblem,
    TooLargeProblem,
)

if TYPE_CHECKING:
    from ._wire import Wire

__all__ = ["MAX_HEAD", "Carrier", "Exchange", "Fault", "Wait"]

MAX_HEAD = 64 * 1024  # bytes of one response's head, with all interim heads before it
Wait = Callable[["Wire", bool, bool, float | None], Coroutine[Any, Any, bool]]


class Fault(Exception):
    """What one of our sockets met; the transport makes the problem of it.

    Args:
        kind: The problem to raise.
        error: The operating system's or the TLS library's error, or None.
        detail: Words for developers.
    """

    def __init__(self, kind: type[ApiProblem], error: BaseException | None = None, detail: str = "") -> None:
        super().__init__(kind.__name__)
        self.kind = kind
        self.original = None if error is None else _describe(error)
        self.detail = detail


def _describe(error: BaseException) -> OriginalError:
    """Tell the type and errno; of TLS errors the type alone, because their numbers would be read as the system's."""
    number = None if isinstance(error, ssl.SSLError) else getattr(error, "errno", None)
    return OriginalError(type(error).__qualname__, number)


class Carrier(Protocol):
    """A connection that carries a request.

    Attributes:
        poisoned: Whether no other exchange may use it.
    """

    poisoned: bool

    @property
    def label(self) -> str:
        """Which connection this is, for the timeline."""
        ...


class Exchange:
    """The state of one request and its response.

    Args:
        runtime: The world of the call.
        clocks: Its limits.
        wait: Waits until a socket can be read or written: the only line that differs between the worlds.
        layers: TLS layers between the socket and the origin; bytes below the last are not the request's.
        greetings: Writes that come before the request on the origin's own layer (the SOCKS handshake).
        proxied: Whether a proxy stands between.

    Attributes:
        reached: Whether the origin's own layer was written to: from then on the read clock runs, no longer the connect clock.
        wrote: Whether a byte of the request was handed to the kernel.
        answered: Whether a final response head was parsed.
        ended: Whether the peer closed its side.
        head: Bytes received before the final head was parsed.
        unbroken: How often something was read without a wait before it.
        uploaded: Bytes of the request handed over.
        release: Gives the slot back, or leaves the queue for one; None without either.
        stream: The connection that carries the request, or None before.
        wake: Ends a wait that is not for the socket; called by `abort`, from any thread.
    """

    __slots__ = (
        "_connect_by", "_stopped", "_unwatch", "_wait", "_wire", "answered", "clocks", "ended", "greetings", "head", "layers",
        "proxied", "reached", "release", "runtime", "stream", "unbroken", "uploaded", "wake", "wrote",
    )  # fmt: skip

    def __init__(
        self,
        runtime: Runtime,
        clocks: Clocks,
        wait: Wait,
        *,
        layers: int = 0,
        greetings: int = 0,
        proxied: bool = False,
    ) -> None:
        self.runtime = runtime
        self.clocks = clocks
        self.layers = layers
        self.greetings = greetings
        self.proxied = proxied
        self.reached = self.wrote = self.answered = self.ended = False
        self.head = self.uploaded = self.unbroken = 0
        self.stream: Carrier | None = None
        self.wake: Callable[[], object] | None = None
        self._wait = wait
        self.release: Callable[[Exchange], None] | None = None
        self._wire: Wire | None = None
        self._connect_by: float | None = None
        self._stopped: type[ApiProblem] | None = None
        self._unwatch = None if clocks.cancel is None else clocks.cancel.watch(self.abort)

    @property
    def sent(self) -> Sent:
        """Whether the server may have seen the request."""
        return Sent.YES if self.answered else Sent.MAYBE if self.wrote else Sent.NO

    @property
    def is_stopped(self) -> bool:
        """Whether it was ended from outside."""
        cancel = self.clocks.cancel
        return self._stopped is not None or (cancel is not None and cancel.cancelled)

    @property
    def stopped(self) -> type[ApiProblem] | None:
        """What to raise because the exchange was ended from outside; None while it was not."""
        return self._stopped or (CancelledProblem if self.is_stopped else None)

    # -- clocks ------------------------------------------------------------------------------------------------------

    def connecting(self) -> None:
        """Start the connect clock."""
        seconds = self.clocks.connect
        self._connect_by = None if seconds is None else self.clocks.now() + seconds

    def share(self, parts: int) -> float | None:
        """The monotonic time by which one of several addresses must have answered; None for the last, or without a limit."""
        seconds, _ = self.limit()
        return None if seconds is None or parts == 1 else self.clocks.now() + seconds / parts

    def limit(self) -> tuple[float | None, type[ApiProblem]]:
        """Seconds that the next wait may take, and the problem when they are over."""
        clocks = self.clocks
        deadline, now = clocks.deadline, clocks.now()
        kind: type[ApiProblem] = ReadTimeoutProblem if self.reached else ConnectTimeoutProblem
        seconds = clocks.read if self.reached else None if self._connect_by is None else self._connect_by - now
        if deadline is not None and (seconds is None or deadline - now <= seconds):
            return max(0.0, deadline - now), DeadlineProblem
        return seconds, kind

    def _write_limit(self) -> tuple[float | None, type[ApiProblem]]:
        """The same for a wait until the other side takes more."""
        clocks = self.clocks
        if clocks.write is UNSET or not self.reached:
            return self.limit()
        left = clocks.left()
        if left is None or (clocks.write is not None and clocks.write < left):
            return clocks.write, ReadTimeoutProblem
        return left, DeadlineProblem

    def check(self) -> None:
        """Raise a `Fault` if the exchange was stopped or its deadline passed, also when no wait was needed for long."""
        if self.is_stopped:
            raise Fault(self.stopped or CancelledProblem)
        deadline = self.clocks.deadline
        if deadline is not None and self.clocks.now() >= deadline:
            raise Fault(DeadlineProblem)

    async def ready(self, wire: "Wire", *, reading: bool = False, writing: bool = False, until: float | None = None) -> None:
        """Wait until the socket can be read or written.

        Args:
            wire: The socket.
            reading: Wake when it can be read.
            writing: Wake when it can be written.
            until: Monotonic time of a nearer limit, in seconds; the connect clock speaks when it passes.

        Raises:
            Fault: A clock ran out, or the exchange was stopped.
        """
        self.unbroken = 0
        seconds, kind = self._write_limit() if writing else self.limit()
        if until is not None:
            near = until - self.clocks.now()
            seconds, kind = (near, ConnectTimeoutProblem) if seconds is None or near < seconds else (seconds, kind)
        in_time = (seconds is None or seconds > 0) and not self.is_stopped and await self._wait(wire, reading, writing, seconds)
        if not in_time or self.is_stopped:
            raise Fault(self.stopped or kind)

    async def readable_until(self, wire: "Wire", until: float) -> bool:
        """Wait for something to read, until a time of its own below all clocks; False when nothing came.

        Raises:
            Fault: A clock ran out first, or the exchange was stopped.
        """
        try:
            await self.ready(wire, reading=True, until=until)
        except Fault as fault:
            # `until` speaks with the first; a read clock that is shorter ends this wait, and not the call.
            if fault.kind not in (ConnectTimeoutProblem, ReadTimeoutProblem):
                raise
            return False
        return True

    async def breathe(self) -> None:
        """Let other tasks of the event loop run: a peer faster than this machine would keep them waiting."""
        self.unbroken = 0
        self.check()
        if not self.runtime.is_blocking:
            await asyncio.sleep(0)

    # -- what came ---------------------------------------------------------------------------------------------------

    def room(self, size: int) -> int:
        """How many bytes may be read now: all before the final head are counted.

        Raises:
            Fault: The head is over its bound.
        """
        if self.answered:
            return size
        if self.head > MAX_HEAD:
            raise Fault(TooLargeProblem, detail=f"the head of the response is longer than {MAX_HEAD} bytes")
        return min(size, MAX_HEAD + 1 - self.head)

    # -- the slot, the socket, the end --------------------------------------------------------------------------------------

    def serve(self, wire: "Wire") -> None:
        """Note which socket works for this exchange, so that `abort` finds it."""
        if self._wire is not wire:
            self._wire = wire
            wire.serve(self)

    def abort(self, kind: type[ApiProblem] = CancelledProblem) -> None:
        """End the exchange from any thread: what waits, wakes."""
        self._stopped = kind
        wire, wake = self._wire, self.wake
        if wire is not None:
            wire.abort(self)
        if wake is not None:
            wake()

    def drop(self) -> None:
        """Close the connection: nobody may use it after this exchange."""
        if self.stream is not None:
            self.stream.poisoned = True
        if self._wire is not None:
            self._wire.close()

    def let_go(self) -> None:
        """Let go of socket and watch; from here on the socket may serve another."""
        wire, self._wire = self._wire, None
        unwatch, self._unwatch = self._unwatch, None
        if unwatch is not None:
            unwatch()
        if wire is not None:
            wire.serve(None)

    def finish(self) -> None:
        """Let go of socket, watch and slot; only the first call finds any."""
        if self._wire is not None or self._unwatch is not None:
            self.let_go()
        self.give_back()

    def give_back(self) -> None:
        """Give the slot back; safe at any moment, also for the garbage collector."""
        release = self.release
        if release is not None:
            release(self)
            self.release = None  # not before: Ctrl+C may come as it begins, and to do it twice does no harm
