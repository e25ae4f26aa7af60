"""The world a call runs in: its clock, its waits, its threads or tasks. The two kinds live in `chain/runtimes`."""

from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

import msgspec

from ._cancel import Cancel

__all__ = ["Clock", "Clocks", "Runtime", "Spawned", "Waiter"]

T = TypeVar("T")


class Clock(Protocol):
    """Where time and chance come from; tests inject their own (`seawall.testing.FakeClock`)."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean something."""
        ...

    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        ...

    def random(self) -> float:
        """A number from 0 up to but without 1."""
        ...

    def skip(self, seconds: float) -> bool:
        """Jump over a wait of this many seconds and return True; real clocks return False and the caller waits."""
        ...


class Waiter(Protocol):
    """One caller's place in a queue: it waits in its own world and can be woken from any thread."""

    def wake(self) -> None:
        """End the wait; safe from any thread, twice, and after the waiter's event loop has closed."""
        ...

    async def wait(self, deadline: float | None, cancel: Cancel | None = None) -> bool:
        """Wait until woken.

        Args:
            deadline: Monotonic time in seconds after which to give up; None waits as long as it takes.
            cancel: Ends the wait from outside.

        Returns:
            True when woken, False when the deadline passed or `cancel` was used.
        """
        ...


class Spawned(Protocol):
    """Work that goes on beside its caller."""

    async def aclose(self) -> None:
        """Wait for the end of the work; its errors are not raised here."""
        ...


class Runtime(Protocol):
    """What policies use instead of asyncio, threading, time and random.

    Every wait takes a deadline in seconds on `monotonic`. In the blocking runtime no method suspends.
    """

    is_blocking: bool

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        ...

    def wall(self) -> float:
        """See `Clock.wall`."""
        ...

    def random(self) -> float:
        """See `Clock.random`."""
        ...

    async def sleep(self, seconds: float, cancel: Cancel | None = None) -> bool:
        """Sleep; return False when `cancel` ended it early."""
        ...

    def mutex(self) -> AbstractContextManager[Any]:
        """Return a plain lock, used with plain `with` and never held across an await."""
        ...

    def waiter(self) -> Waiter:
        """Return a fresh place to wait."""
        ...

    def spawn(self, work: Callable[[], Coroutine[Any, Any, object]]) -> Spawned:
        """Start work that outlives its caller, in an empty context (no context variable of the caller leaks in)."""
        ...

    async def blocking(self, work: Callable[[], T]) -> T:
        """Run a function that may block: key-rings, file locks, users' own I/O."""
        ...

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Finish a coroutine here and now; only the blocking runtime can.

        Raises:
            UsageError: This is the asyncio runtime: use the `a...` form of the method.
        """
        ...


class Clocks(msgspec.Struct, eq=False):
    """The limits of one attempt, as a transport must keep them.

    Attributes:
        now: The monotonic clock, in seconds.
        connect: Seconds for resolving, connecting and TLS; None without limit.
        read: Seconds of silence allowed while sending or receiving; None without limit.
        deadline: Monotonic time after which all must have ended; None without limit. It may be moved while a body streams.
        cancel: Ends the attempt from any thread.
    """

    now: Callable[[], float]
    connect: float | None = None
    read: float | None = None
    deadline: float | None = None
    cancel: Cancel | None = None

    def left(self) -> float | None:
        """Seconds until the deadline, never negative; None without one."""
        return None if self.deadline is None else max(0.0, self.deadline - self.now())

    def limit(self, seconds: float | None) -> float | None:
        """The smaller of a limit of its own and what is left until the deadline; None when neither exists."""
        left = self.left()
        if seconds is None or left is None:
            return left if seconds is None else seconds
        return min(seconds, left)
