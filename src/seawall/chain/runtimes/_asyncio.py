"""The world of asyncio tasks: one instance serves every loop and holds none."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, suppress
from typing import Any, TypeVar

from seawall.model import Cancel, Clock, Timers, UsageError, Waiter

from ._clock import SYSTEM_CLOCK
from ._virtual import VirtualWaiter

__all__ = ["AsyncioRuntime"]

T = TypeVar("T")


class AsyncioRuntime:
    """Waits by suspending the running task.

    Args:
        clock: Where time and chance come from.
    """

    is_blocking = False

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self.monotonic = clock.monotonic
        self.wall = clock.wall
        self.random = clock.random
        self._clock = clock

    async def sleep(self, seconds: float, cancel: Cancel | None = None) -> bool:
        """See `Runtime.sleep`."""
        if cancel is not None and cancel.cancelled:
            return False
        timers = self._clock.timers
        if timers is not None:
            return await self._virtual(timers).sleep(seconds, cancel)
        if cancel is None:
            await asyncio.sleep(seconds)
            return True
        await LoopWaiter(self._clock).wait(self.monotonic() + seconds, cancel)
        return not cancel.cancelled

    def mutex(self) -> AbstractContextManager[Any]:
        """See `Runtime.mutex`: a plain lock, because two loops may share what it guards."""
        return threading.Lock()

    def waiter(self) -> Waiter:
        """See `Runtime.waiter`."""
        timers = self._clock.timers
        return LoopWaiter(self._clock) if timers is None else self._virtual(timers)

    def _virtual(self, timers: Timers) -> VirtualWaiter:
        return VirtualWaiter(LoopWaiter(self._clock), timers, asyncio.get_running_loop())

    def spawn(self, work: Callable[[], Coroutine[Any, Any, object]]) -> "_Task":
        """See `Runtime.spawn`: the work runs in a task of this loop."""
        return _Task(work)

    async def within(self, deadline: float, work: Coroutine[Any, Any, T]) -> T:
        """See `Runtime.within`."""
        timers, loop = self._clock.timers, asyncio.get_running_loop()
        async with asyncio.timeout(None if timers else deadline - self.monotonic()) as limit:
            if timers is None:
                return await work
            over = timers.limit(deadline, lambda: _soon(loop, lambda: _expire(limit)), loop)
            try:
                return await work
            finally:
                over()

    async def blocking(self, work: Callable[[], T]) -> T:
        """See `Runtime.blocking`: the work runs in a thread of the loop's pool."""
        return await asyncio.get_running_loop().run_in_executor(None, work)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Refuse: see `Runtime.run`."""
        coroutine.close()
        raise UsageError("this response belongs to AsyncClient: use aread(), aclose() and the aiter_...() methods")


def _soon(loop: asyncio.AbstractEventLoop, work: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # that loop is closed; its tasks are gone
        loop.call_soon_threadsafe(work)


def _expire(limit: asyncio.Timeout) -> None:
    with suppress(RuntimeError):  # the work has just ended
        limit.reschedule(asyncio.get_running_loop().time())


class LoopWaiter:
    """See `Waiter`."""

    def __init__(self, clock: Clock) -> None:
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[None] = self._loop.create_future()
        self._clock = clock
        self._woken = False

    def wake(self) -> bool:
        """See `Waiter.wake`."""
        self._woken = True
        self._end()
        return not self._loop.is_closed()

    def _end(self) -> None:
        _soon(self._loop, self._settle)

    def _settle(self) -> None:
        if not self._future.done():
            self._future.set_result(None)

    async def wait(self, deadline: float | None, cancel: Cancel | None = None) -> bool:
        """See `Waiter.wait`."""
        unwatch = cancel.watch(self._end) if cancel is not None else None
        timer = None
        if deadline is not None:
            timer = self._loop.call_later(deadline - self._clock.monotonic(), self._settle)
        try:
            await self._future
        finally:
            if timer is not None:
                timer.cancel()
            if unwatch is not None:
                unwatch()
        return self._woken


_running: set["_Task"] = set()  # asyncio holds tasks weakly; an unwatched one could vanish in mid-flight


class _Task:
    def __init__(self, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        context = contextvars.Context()
        self._task = asyncio.get_running_loop().create_task(work(), name="seawall-spawned", context=context)
        _running.add(self)
        self._task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[object]") -> None:
        _running.discard(self)
        if not task.cancelled():
            task.exception()  # the work has told its waiters; mark it as seen

    async def aclose(self) -> None:
        """See `Spawned.aclose`."""
        await asyncio.wait([self._task])
