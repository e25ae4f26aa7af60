"""Who may hold a connection: a fair queue in front of the pool, for threads and for tasks of several event loops.

It knows the deadline and `cancel`, which the queues of pools do not; with as many slots as connections nobody waits in those.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from seawall.model import Origin, Waiter
from seawall.problems import DisconnectProblem, PoolTimeoutProblem

from ._exchange import Exchange, Fault

__all__ = ["OriginSlots", "Slots"]

Queue: TypeAlias = OrderedDict[Waiter, Exchange]  # whoever gives up leaves without a search


class Slots:
    """A fair semaphore.

    Args:
        size: Exchanges at a time.
    """

    def __init__(self, size: int) -> None:
        self._mutex = threading.RLock()  # a body that the garbage collector finds gives its slot back, at any moment
        self._free = size
        self._queue: Queue = OrderedDict()

    async def take(self, exchange: Exchange, origin: Origin | None = None) -> None:
        """Wait for a slot, until the exchange's `pool` clock or deadline ends; `exchange.finish()` gives it back.

        Args:
            exchange: Who waits.
            origin: Where it is going; it matters to `OriginSlots`.

        Raises:
            Fault: No slot came free in time, or the call was cancelled.
        """
        with self._mutex:
            if self._free:
                self._free -= 1
                exchange.hold(self._give_back)
                return
            waiter = exchange.runtime.waiter()
            self._queue[waiter] = exchange
        await _turn(waiter, exchange, self._leave, self._give_back)

    def end(self) -> None:
        """End the exchanges that wait: the transport closes."""
        with self._mutex:
            waiting = [place for queue in self._queues() for place in queue.items()]
        for waiter, exchange in waiting:
            exchange.abort(DisconnectProblem)
            waiter.wake()

    def _queues(self) -> list[Queue]:
        return [self._queue]

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
            while self._queue:
                if self._queue.popitem(last=False)[0].wake():
                    return
            self._free += 1


async def _turn(waiter: Waiter, exchange: Exchange, leave: Callable[[Waiter], bool], give_back: Callable[[], None]) -> None:
    clocks = exchange.clocks
    seconds = clocks.limit(clocks.pool)
    try:
        await waiter.wait(None if seconds is None else clocks.now() + seconds, clocks.cancel)
    finally:
        if not leave(waiter):
            exchange.hold(give_back)
    if not exchange.holds_slot:
        raise Fault(exchange.stopped or PoolTimeoutProblem)


class _Place:
    """One origin: who was let in, and who waits before its door."""

    __slots__ = ("inside", "queue")

    def __init__(self) -> None:
        self.inside = 0
        self.queue: Queue = OrderedDict()


class OriginSlots(Slots):
    """A fair semaphore with a limit for each origin, too.

    Whoever waits for a full origin waits at that origin's door, holds no slot meanwhile, and is in nobody's way. Who is let in
    takes a free slot, or joins the queue of all for one.

    Args:
        size: Exchanges at a time.
        per_origin: Exchanges with one origin at a time.
    """

    def __init__(self, size: int, per_origin: int) -> None:
        super().__init__(size)
        self._per_origin = per_origin
        self._places: dict[Origin | None, _Place] = {}

    async def take(self, exchange: Exchange, origin: Origin | None = None) -> None:
        """See `Slots.take`."""
        give_back = partial(self._give_back_of, origin)
        with self._mutex:
            place = self._places.setdefault(origin, _Place())
            is_in = place.inside < self._per_origin
            waiter = None if is_in and self._free else exchange.runtime.waiter()
            place.inside += is_in
            if waiter is None:
                self._free -= 1
                exchange.hold(give_back)
                return
            (self._queue if is_in else place.queue)[waiter] = exchange
        await _turn(waiter, exchange, partial(self._leave_from, origin), give_back)

    def _queues(self) -> list[Queue]:
        return [self._queue, *(place.queue for place in self._places.values())]

    def _leave_from(self, origin: Origin | None, waiter: Waiter) -> bool:
        with self._mutex:
            place = self._places.get(origin)
            if place is not None and waiter in place.queue:
                del place.queue[waiter]
                return True
            if waiter in self._queue:
                del self._queue[waiter]
                self._let_in(origin)
                return True
            return False

    def _give_back_of(self, origin: Origin | None) -> None:
        with self._mutex:
            self._let_in(origin)
        self._give_back()

    def _let_in(self, origin: Origin | None) -> None:
        """One of those inside goes: whoever waits longest at the door joins the queue of all."""
        place = self._places[origin]
        if place.queue:
            waiter, exchange = place.queue.popitem(last=False)
            self._queue[waiter] = exchange
            return
        place.inside -= 1
        if not place.inside:
            del self._places[origin]
