"""Who may hold a connection: a fair queue in front of the pool, for threads and for tasks of several event loops.

It knows the deadline and `cancel`, which the queues of pools do not; with as many slots as connections nobody waits in those.
"""

import threading
from collections import OrderedDict

from seawall.model import Waiter
from seawall.problems import PoolTimeoutProblem

from ._exchange import Exchange, Fault

__all__ = ["Slots"]


class Slots:
    """A fair semaphore.

    Args:
        size: Exchanges at a time.
    """

    def __init__(self, size: int) -> None:
        self._mutex = threading.Lock()
        self._free = size
        self._queue: OrderedDict[Waiter, None] = OrderedDict()  # whoever gives up leaves without a search

    async def take(self, exchange: Exchange) -> None:
        """Wait for a slot, until the exchange's deadline; `exchange.finish()` gives it back.

        Raises:
            Fault: No slot came free in time, or the call was cancelled.
        """
        with self._mutex:
            if self._free:
                self._free -= 1
                exchange.hold(self._give_back)
                return
            waiter = exchange.runtime.waiter()
            self._queue[waiter] = None
        clocks = exchange.clocks
        try:
            await waiter.wait(clocks.deadline, clocks.cancel)
        finally:
            if not self._leave(waiter):
                exchange.hold(self._give_back)
        if not exchange.holds_slot:
            raise Fault(exchange.stopped or PoolTimeoutProblem)

    def _leave(self, waiter: Waiter) -> bool:
        """True if the waiter still stood in the queue; False if a slot was handed to it."""
        with self._mutex:
            if waiter in self._queue:
                del self._queue[waiter]
                return True
            return False

    def _give_back(self) -> None:
        """Hand the slot to whoever waits longest, or keep it for the next."""
        with self._mutex:
            if self._queue:
                self._queue.popitem(last=False)[0].wake()
            else:
                self._free += 1
