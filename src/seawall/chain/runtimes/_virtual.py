"""Waiting in a time that is not real: one text for both worlds."""

import asyncio
import math
from collections.abc import Callable

from seawall.model import Cancel, Timers, Waiter

__all__ = ["VirtualWaiter"]


class VirtualWaiter:
    """See `Waiter`. It lets a waiter of its world wait without end, and the clock ends that.

    Args:
        inner: A fresh waiter of its world.
        timers: The clock's.
        loop: Where the waiting task runs; None for a thread.
    """

    def __init__(self, inner: Waiter, timers: Timers, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._inner = inner
        self._timers = timers
        self._loop = loop
        self._woken = False
        self._over: Callable[[], object] | None = None

    def wake(self) -> bool:
        """See `Waiter.wake`."""
        self._woken = True
        if self._over is not None:
            self._over()  # told to the clock by the one who wakes: it would jump before the other one could
        return self._inner.wake()

    async def wait(self, deadline: float | None, cancel: Cancel | None = None) -> bool:
        """See `Waiter.wait`."""
        if not self._woken:
            due = math.inf if deadline is None else deadline
            await self._wait(self._timers.limit(due, self._inner.wake, self._loop), cancel)
        return self._woken

    async def sleep(self, seconds: float, cancel: Cancel | None = None) -> bool:
        """See `Runtime.sleep`."""
        return await self._wait(self._timers.sleep(seconds, self._inner.wake, self._loop), cancel)

    async def _wait(self, over: Callable[[], object], cancel: Cancel | None) -> bool:
        self._over = over
        unwatch = over if cancel is None else cancel.watch(over)
        try:
            return await self._inner.wait(None, cancel)
        finally:
            unwatch()
            over()
