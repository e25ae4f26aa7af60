"""The brake on retries: per origin, a share of recent calls plus a free floor.

A dead backend must not be hit harder than a living one: with every call failing, it sees at most `1 + share` times the load,
plus the floor.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from math import ceil, inf
from typing import Any

from seawall.model import Origin

from ._options import RetryBudget

__all__ = ["Budgets"]

WINDOW = 10  # seconds over which calls count
MAX_ORIGINS = 1024  # the least recently used origin is forgotten beyond this


class _OriginBudget:
    """Calls and paid retries by whole seconds, and the bucket of free ones."""

    __slots__ = ("free", "refilled", "seconds")

    def __init__(self, now: float) -> None:
        self.seconds: deque[list[int]] = deque(maxlen=WINDOW)  # [second, calls, paid retries]
        self.free = inf  # full; the first to spend knows how much that is
        self.refilled = now

    def second(self, now: float) -> list[int]:
        number = int(now)
        if not self.seconds or self.seconds[-1][0] < number:  # threads may come here in another order than they read the clock
            self.seconds.append([number, 0, 0])
        return self.seconds[-1]

    def spend(self, budget: RetryBudget, now: float) -> bool:
        self.free = min(ceil(budget.floor), self.free + max(0.0, now - self.refilled) * budget.floor)
        self.refilled = max(now, self.refilled)
        if self.free >= 1:
            self.free -= 1
            return True
        current = self.second(now)
        recent = [second for second in self.seconds if second[0] > int(now) - WINDOW]
        if sum(second[2] for second in recent) + 1 > budget.share * sum(second[1] for second in recent):
            return False
        current[2] += 1
        return True


class Budgets:
    """The budgets of all origins that a client and its `with_options` copies talk to.

    Args:
        mutex: Makes the lock that guards them.
    """

    def __init__(self, mutex: Callable[[], AbstractContextManager[Any]]) -> None:
        self._make_mutex = mutex
        self._mutex = mutex()
        self._origins: OrderedDict[Origin, _OriginBudget] = OrderedDict()

    def count_call(self, origin: Origin, now: float) -> None:
        """Note that a call goes to an origin; once per call, not per attempt."""
        with self._mutex:
            known = self._origins.get(origin)
            if known is None:
                known = self._add(origin, now)
            self._origins.move_to_end(origin)
            known.second(now)[1] += 1

    def spend(self, origin: Origin, budget: RetryBudget, now: float) -> bool:
        """Take one retry out of an origin's budget; False when there is none."""
        with self._mutex:
            known = self._origins.get(origin) or self._add(origin, now)
            self._origins.move_to_end(origin)
            return known.spend(budget, now)

    def _add(self, origin: Origin, now: float) -> _OriginBudget:
        if len(self._origins) >= MAX_ORIGINS:
            self._origins.popitem(last=False)
        known = self._origins[origin] = _OriginBudget(now)
        return known

    def after_fork(self) -> None:
        """Replace the lock, which another thread of the parent may have held."""
        self._mutex = self._make_mutex()
