"""The world of threads: every wait blocks, nothing suspends."""

import contextvars
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, suppress
from typing import Any, TypeVar

from seawall.model import Cancel, Clock, Waiter

from .._drive import drive
from ._clock import SYSTEM_CLOCK
from ._virtual import VirtualWaiter

__all__ = ["BlockingRuntime"]

T = TypeVar("T")


class BlockingRuntime:
    """Runs coroutines to their end in the calling thread.

    Args:
        clock: Where time and chance come from.
    """

    is_blocking = True

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self.monotonic = clock.monotonic
        self.wall = clock.wall
        self.random = clock.random
        self._clock = clock

    async def sleep(self, seconds: float, cancel: Cancel | None = None) -> bool:
        """See `Runtime.sleep`."""
        if cancel is not None and cancel.cancelled:
            return False
        timers, waiter = self._clock.timers, BlockingWaiter(self._clock)
        if timers is not None:
            return await VirtualWaiter(waiter, timers).sleep(seconds, cancel)
        return not await waiter.wait(self.monotonic() + seconds, cancel) and not (cancel is not None and cancel.cancelled)

    def mutex(self) -> AbstractContextManager[Any]:
        """See `Runtime.mutex`."""
        return threading.Lock()

    def waiter(self) -> Waiter:
        """See `Runtime.waiter`."""
        timers, waiter = self._clock.timers, BlockingWaiter(self._clock)
        return waiter if timers is None else VirtualWaiter(waiter, timers)

    def spawn(self, work: Callable[[], Coroutine[Any, Any, object]]) -> "_Thread":
        """See `Runtime.spawn`: the work runs in a daemon thread of its own."""
        return _Thread(work)

    async def within(self, deadline: float, work: Coroutine[Any, Any, T]) -> T:
        """See `Runtime.within`: nobody can end what a thread does."""
        return await work

    async def blocking(self, work: Callable[[], T]) -> T:
        """See `Runtime.blocking`: this thread may block."""
        return work()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """See `Runtime.run`."""
        return drive(coroutine)


class BlockingWaiter:
    """See `Waiter`."""

    def __init__(self, clock: Clock) -> None:
        self._event = threading.Event()
        self._woken = False
        self._clock = clock

    def wake(self) -> bool:
        """See `Waiter.wake`."""
        self._woken = True
        self._event.set()
        return True

    async def wait(self, deadline: float | None, cancel: Cancel | None = None) -> bool:
        """See `Waiter.wait`."""
        unwatch = cancel.watch(self._event.set) if cancel is not None else None
        try:
            self._event.wait(None if deadline is None else max(0.0, deadline - self._clock.monotonic()))
        finally:
            if unwatch is not None:
                unwatch()
        return self._woken


class _Thread:
    def __init__(self, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        context = contextvars.Context()
        self._thread = threading.Thread(target=context.run, args=(self._run, work), name="seawall-spawned", daemon=True)
        self._thread.start()

    @staticmethod
    def _run(work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        with suppress(Exception):  # the work has told its waiters; a second report by the thread's hook helps nobody
            drive(work())

    async def aclose(self) -> None:
        """See `Spawned.aclose`."""
        self._thread.join()
