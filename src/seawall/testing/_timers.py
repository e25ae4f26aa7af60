"""The waits of a fake clock, in the order in which they are due, and the time that jumps from one to the next."""

import asyncio
import itertools
import math
import threading
from bisect import bisect_left, insort
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ._stillness import CERTAIN, LOOK, Party, Stillness

__all__ = ["FakeTimers"]


class Wait(NamedTuple):
    """One wait; the first two fields are its place in the order."""

    due: float
    number: int
    ring: Callable[[], object]
    party: Party
    seconds: float | None

    @property
    def invites(self) -> bool:
        """Whether time may jump for its sake: for a pause, unless it is endless."""
        return self.seconds is not None and self.due < math.inf


class FakeTimers:
    """See `Timers`. Time goes in steps: from one wait to the next, and on when those that the step woke rest again.

    Args:
        now: Monotonic seconds to begin with.
        sleeps: Where pauses are noted that were slept to their end.
        auto_advance: Jump to the end of pauses.
        auto_advance_after: Real seconds of quiet after which to jump to any wait; None for never.
    """

    def __init__(self, now: float, sleeps: list[float], auto_advance: bool, auto_advance_after: float | None) -> None:
        self.now = now
        self._sleeps = sleeps
        self._auto_advance = auto_advance
        self._auto_advance_after = auto_advance_after
        self._waits: list[Wait] = []
        self._invitations = 0
        self._numbers = itertools.count()
        # Reentrant: the collector may end an abandoned coroutine's wait at any allocation.
        self._changed = threading.Condition(threading.RLock())
        self._stillness = Stillness(self._changed, self._go_on)
        self._watcher: threading.Thread | None = None

    def sleep(
        self, seconds: float, ring: Callable[[], object], loop: asyncio.AbstractEventLoop | None = None
    ) -> Callable[[], object]:
        """See `Timers.sleep`."""
        with self._changed:
            return self._begin(self.now + max(0.0, seconds), ring, loop, seconds)

    def limit(
        self, deadline: float, ring: Callable[[], object], loop: asyncio.AbstractEventLoop | None = None
    ) -> Callable[[], object]:
        """See `Timers.limit`."""
        with self._changed:
            return self._begin(deadline, ring, loop, None)

    def advance(self, seconds: float) -> None:
        """See `FakeClock.advance`."""
        with self._changed:
            target = self.now + seconds
            while self._waits and self._waits[0].due <= target:
                self._step()
                self._hand_over()
            self.now = max(self.now, target)

    def wait_for_waiters(self, count: int, timeout: float) -> None:
        """See `FakeClock.wait_for_waiters`."""
        with self._changed, self._stillness.held():
            if not self._changed.wait_for(lambda: len(self._waits) >= count, timeout):
                raise AssertionError(f"{len(self._waits)} of {count} waits on the fake clock began within {timeout} s")

    def _begin(
        self, due: float, ring: Callable[[], object], loop: asyncio.AbstractEventLoop | None, seconds: float | None
    ) -> Callable[[], object]:
        wait = Wait(due, next(self._numbers), ring, Party(threading.current_thread(), loop), seconds)
        if due <= self.now:
            self._ring(wait)
            return _nothing  # nor has anything stirred: who polls without a pause must not hold up the others
        insort(self._waits, wait)
        self._invitations += wait.invites
        self._stillness.rest(wait.party)
        self._changed.notify_all()
        self._go_on()
        return partial(self._end, wait)

    def _end(self, wait: Wait) -> None:
        with self._changed:
            place = bisect_left(self._waits, wait)
            pending = place < len(self._waits) and self._waits[place] is wait
            if pending:
                self._take(place)
            if pending or wait.party.thread is threading.current_thread():  # who wakes it too late tells nothing of it
                self._stillness.rouse(wait.party)
                self._go_on()

    def _take(self, place: int) -> Wait:
        wait = self._waits.pop(place)
        self._invitations -= wait.invites
        return wait

    def _step(self) -> None:
        wait = self._take(0)
        self.now = max(self.now, wait.due)
        self._ring(wait)
        self._stillness.rouse(wait.party)

    def _ring(self, wait: Wait) -> None:
        if wait.seconds is not None:
            self._sleeps.append(wait.seconds)
        wait.ring()

    def _hand_over(self) -> None:
        """Let those who were woken do their work and come to rest, unless we are in the way: in an event loop."""
        if _in_event_loop():
            return
        here = Party(threading.current_thread())
        self._stillness.rest(here)
        for _ in range(CERTAIN):  # not for ever: somebody may begin one wait after the other
            if self._stillness.reached():
                break
            self._changed.wait(LOOK)
        self._stillness.rouse(here)

    def _go_on(self) -> None:
        """Jump as far as time goes by itself, and see to it that somebody looks again where it must not go yet."""
        with self._changed:
            while self._expected and self._may_jump():
                self._step()
            if self._expected and (self._watcher is None or not self._watcher.is_alive()):  # a fork leaves it behind
                self._watcher = threading.Thread(target=self._watch, name="seawall-fake-clock", daemon=True)
                self._watcher.start()

    @property
    def _expected(self) -> bool:
        """Whether time goes on by itself, sooner or later."""
        if not self._waits or self._waits[0].due == math.inf:
            return False
        return self._invited or self._auto_advance_after is not None

    @property
    def _invited(self) -> bool:
        return (self._auto_advance and self._invitations > 0) or self._waits[0].due <= self.now

    def _may_jump(self) -> bool:
        after = self._auto_advance_after
        silent = after is not None and self._stillness.quiet >= after
        return (silent or self._invited) and self._stillness.reached()

    def _watch(self) -> None:
        with self._changed:
            self._stillness.rest(Party(threading.current_thread()))
            while self._expected:
                if self._may_jump():
                    self._step()
                else:
                    self._changed.wait(LOOK)
            self._watcher = None


def _nothing() -> None:
    pass


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
