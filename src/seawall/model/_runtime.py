"""The world a call runs in: its clock, its waits, its threads or tasks. The two kinds live in `chain/runtimes`."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

import msgspec

from ._cancel import Cancel

__all__ = ["Clock", "Clocks", "Runtime", "Spawned", "Timers", "Waiter"]

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

    @property
    def timers(self) -> "Timers | None":
        """Who ends the waits of this clock; None where time is real, and each world has timers of its own."""
        ...


class Timers(Protocol):
    """What a clock has whose time is not real: every wait is told to it, and it says when that is over.

    A ring may come from any thread, at once if the time has come already, and not after the wait was taken back.
    """

    def sleep(
        self, seconds: float, ring: Callable[[], object], loop: asyncio.AbstractEventLoop | None = None
    ) -> Callable[[], object]:
        """Begin a pause: it lasts its time, unless somebody gives up.

        Args:
            seconds: How long.
            ring: Called when the time has come.
            loop: The event loop of the task that waits; None if it is a thread.

        Returns:
            A function to call when the wait is over, for whatever reason; from any thread, and more than once if it so happens.
        """
        ...

    def limit(
        self, deadline: float, ring: Callable[[], object], loop: asyncio.AbstractEventLoop | None = None
    ) -> Callable[[], object]:
        """Begin a wait that is meant to end before its deadline, by something else than time.

        Args:
            deadline: Monotonic time in seconds; infinite without one.
            ring: Called when it has come.
            loop: The event loop of the task that waits; None if it is a thread.

        Returns:
            A function to call when the wait is over, for whatever reason; from any thread, and more than once if it so happens.
        """
        ...


class Waiter(Protocol):
    """One caller's place in a queue: it waits in its own world and can be woken from any thread."""

    def wake(self) -> bool:
        """End the wait; safe from any thread, twice, and after the waiter's event loop has closed.

        Returns:
            False when nobody can be woken any more, because that loop has closed.
        """
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

    async def within(self, deadline: float, work: Coroutine[Any, Any, T]) -> T:
        """Await others' work, and cancel it when its time is over; in a thread it takes as long as it takes.

        Args:
            deadline: Monotonic time in seconds.
            work: What may hang. It ends in this very task: nothing can come between its result and who waits for it.

        Raises:
            TimeoutError: It was cancelled.
        """
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
        read: Seconds of silence allowed while receiving, and while sending unless `write` is set; None without limit.
        deadline: Monotonic time after which all must have ended; None without limit. It may be moved while a body streams.
        cancel: Ends the attempt from any thread.
        pool: Seconds of waiting for a connection; None leaves it to the deadline.
        write: Seconds that the other side may take nothing of the request; None without limit. Clients of other libraries have
            such a clock, and their transports hand it on.
    """

    now: Callable[[], float]
    connect: float | None = None
    read: float | None = None
    deadline: float | None = None
    cancel: Cancel | None = None
    pool: float | None = None
    write: float | msgspec.UnsetType | None = msgspec.UNSET

    def left(self) -> float | None:
        """Seconds until the deadline, never negative; None without one."""
        return None if self.deadline is None else max(0.0, self.deadline - self.now())

    def limit(self, seconds: float | None) -> float | None:
        """The smaller of a limit of its own and what is left until the deadline; None when neither exists."""
        left = self.left()
        if seconds is None or left is None:
            return left if seconds is None else seconds
        return min(seconds, left)
