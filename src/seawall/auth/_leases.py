"""The right to refresh, that one process has at a time, and what becomes of it when its leader does not come back.

Laws:
1. What was bought under a lease is written before the lease goes back, by whichever thread gives it back: who refreshed in
   between would use up a refresh token for the second time, which ends the session.
2. Nothing of that needs the event loop that began it. A loop may end at any await, and take its tasks along.
3. A leader that is long overdue (it hangs, or its loop is gone) has been written off, and who leads next takes the lease back.
   Should it come to its end all the same, it writes only where the store still holds what it has read.
"""

import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Self, TypeVar

from seawall.chain import mutex
from seawall.model import Runtime

from .stores import Lease, StoreError, TokenStore

__all__ = ["Leases", "Tenure"]

T = TypeVar("T")
POLL = 0.025  # seconds between two looks at a lease that another process holds
OVERDUE = 5.0  # seconds beyond a refresh's own time: as long as its flight is waited for
_all: "weakref.WeakSet[Leases]" = weakref.WeakSet()


class Leases:
    """The tenures of one machine.

    Args:
        store: Whose leases they have.
    """

    def __init__(self, store: TokenStore) -> None:
        self.store = store
        self.forget()
        _all.add(self)

    def forget(self) -> None:
        """Be as new: in a forked child, whose parent goes on with what was begun there."""
        self._mutex = mutex()
        self._tenures: set[Tenure] = set()

    def add(self, tenure: "Tenure") -> None:
        """Know of one that begins."""
        with self._mutex:
            self._tenures.add(tenure)

    def overdue(self, now: float) -> "list[Tenure]":
        """Return those whose leaders were written off, by the monotonic clock."""
        with self._mutex:
            self._tenures = {tenure for tenure in self._tenures if not tenure.over}
            return [tenure for tenure in self._tenures if now >= tenure.overdue]


class Tenure:
    """The time of one leader with the lease: an `async with` block, which waits for it, and holds it to its end at most.

    An async generator in its place was rejected: a loop that shuts those down would end it under its leader.

    Args:
        leases: Of the leader's machine.
        runtime: The leader's world.
        seconds: How long the lease lasts at most, if its process dies.
        ends: Monotonic time until which to wait for it, and until which the leader hopes to be through.

    Attributes:
        overdue: Monotonic time from when on the leader counts as written off.
    """

    def __init__(self, leases: Leases, runtime: Runtime, seconds: float, ends: float) -> None:
        self.overdue = ends + OVERDUE
        self._leases = leases
        self._runtime = runtime
        self._seconds = seconds
        self._ends = ends
        self._mutex = threading.Lock()  # held while a thread uses the store, and never by a task
        self._lease: Lease | None = None
        self._last: Callable[[], None] | None = None
        self._ended = False

    @property
    def over(self) -> bool:
        """Whether a thread has seen to its end, or does so now."""
        return self._ended and self._last is None

    async def __aenter__(self) -> Self:
        """Wait for the lease, and take it.

        Raises:
            StoreError: Somebody else has held it all the time.
        """
        self._leases.add(self)
        try:
            await self._wait()
        except BaseException:
            await self._finish()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Give the lease back, unless that was done."""
        await self._finish()

    async def conclude(self, work: Callable[[], T]) -> T:
        """Do the last piece of work and give the lease back, in one thread: one that is asked for that, or one that was faster.

        Args:
            work: It is done once, whatever becomes of who waits for it.
        """
        outcome: Future[T] = Future()
        self._last = lambda: _settle(outcome, work)
        await self._runtime.blocking(self.end)
        return outcome.result()

    def end(self) -> None:
        """Do what is left to do, and give the lease back; who comes second finds all done. It may block."""
        with self._mutex:
            self._ended = True
            last, self._last = self._last, None
            try:
                if last is not None:
                    last()
            finally:
                lease, self._lease = self._lease, None
                if lease is not None:
                    _release(lease)

    def _take(self) -> bool:
        with self._mutex:
            if not self._ended:  # or else nobody wants it any more
                self._lease = self._leases.store.try_lease(self._seconds)
            return self._lease is not None

    async def _wait(self) -> None:
        runtime = self._runtime
        while True:
            for other in self._leases.overdue(runtime.monotonic()):
                await runtime.blocking(other.end)
            if await runtime.blocking(self._take):
                return
            if runtime.monotonic() >= self._ends:
                raise StoreError("somebody else has held the right to refresh for too long")
            await runtime.sleep(POLL)

    async def _finish(self) -> None:
        """End in a thread of the loop's; where the loop has none any more, or ends before it begins, in one of our own."""
        if self.over:
            return
        try:
            await self._runtime.blocking(self.end)
        except BaseException:
            threading.Thread(target=self.end, name="seawall-release").start()
            raise


def _settle(outcome: "Future[T]", work: Callable[[], T]) -> None:
    try:
        outcome.set_result(work())
    except BaseException as error:
        outcome.set_exception(error)


def _release(lease: Lease) -> None:
    with suppress(StoreError):
        lease.release()


def _after_fork() -> None:
    for leases in list(_all):
        leases.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
