"""Who may hold a connection: a fair queue in front of the pool, for threads and for tasks of several event loops.

It knows the deadline and `cancel`, which the queues of pools do not; with as many slots as connections nobody waits in those.

Laws, because Ctrl+C may come at any call, and the garbage collector may end another exchange in the midst of all this:
1. Who holds what stands in one place, as a record under the exchange's own name. No counter could tell whose slot is missing.
2. An exchange knows how to leave before it is let in, and until it has left.
3. What is done twice does no harm: who was interrupted while leaving leaves again.
"""

import threading
from collections import OrderedDict
from typing import TypeAlias

from seawall.model import Origin, Waiter
from seawall.problems import DisconnectProblem, PoolTimeoutProblem

from ._exchange import Exchange, Fault

__all__ = ["OriginSlots", "Slots"]

Queue: TypeAlias = OrderedDict[Exchange, Waiter]  # whoever gives up leaves without a search
Holders: TypeAlias = dict[Exchange, None]
MAX_PLACES = 1024  # origins remembered although nobody uses them


class Slots:
    """A fair semaphore.

    Args:
        size: Exchanges at a time.
    """

    def __init__(self, size: int) -> None:
        self._mutex = threading.RLock()  # a body that the garbage collector finds gives its slot back, at any moment
        self._size = size
        self._inside: Holders = {}
        self._queue: Queue = OrderedDict()

    async def take(self, exchange: Exchange, origin: Origin | None = None) -> None:
        """Wait for a slot, until the exchange's `pool` clock or deadline ends; `exchange.finish()` gives it back.

        Args:
            exchange: Who waits.
            origin: Where it is going; it matters to `OriginSlots`.

        Raises:
            Fault: No slot came free in time, or the call was cancelled.
        """
        exchange.release = self._give_back
        with self._mutex:
            if not self._queue and len(self._inside) < self._size:
                self._inside[exchange] = None
                return
            waiter = self._queue[exchange] = exchange.runtime.waiter()
            self._hand_out()
        await self._turn(exchange, waiter)

    async def _turn(self, exchange: Exchange, waiter: Waiter) -> None:
        clocks = exchange.clocks
        seconds = clocks.limit(clocks.pool)
        try:
            await waiter.wait(None if seconds is None else clocks.now() + seconds, clocks.cancel)
            if exchange not in self._inside:
                raise Fault(exchange.stopped or PoolTimeoutProblem)
        except BaseException:
            exchange.give_back()
            raise

    def end(self) -> None:
        """End the exchanges that wait: the transport closes."""
        with self._mutex:
            waiting = [place for queue in self._queues() for place in queue.items()]
        for exchange, waiter in waiting:
            exchange.abort(DisconnectProblem)
            waiter.wake()

    def _queues(self) -> list[Queue]:
        return [self._queue]

    def _give_back(self, exchange: Exchange) -> None:
        """Let an exchange go, wherever it stands, and hand what it leaves to whoever waits longest."""
        with self._mutex:
            self._strike_out(exchange)
            if self._queue:
                self._hand_out()

    def _strike_out(self, exchange: Exchange) -> None:
        if exchange in self._inside:
            del self._inside[exchange]
        if self._queue:
            self._queue.pop(exchange, None)

    def _hand_out(self) -> None:
        """Let in those who wait longest, as many as there are slots. Who cannot be woken any more is struck out."""
        while self._queue:
            is_full = len(self._inside) >= self._size
            for exchange in self._queue:  # the first; neither signal nor collector comes from here to the end of its move
                if is_full and exchange not in self._inside:
                    return
                self._inside[exchange] = None
                if self._queue[exchange].wake():
                    self._queue.pop(exchange, None)
                else:
                    self._strike_out(exchange)
                break


class _Place:
    """One origin: who was let in, and who waits before its door."""

    __slots__ = ("inside", "queue")

    def __init__(self) -> None:
        self.inside: Holders = {}
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
        self._place_of: dict[Exchange, _Place] = {}

    async def take(self, exchange: Exchange, origin: Origin | None = None) -> None:
        """See `Slots.take`."""
        exchange.release = self._give_back
        with self._mutex:
            place = self._place_of[exchange] = self._places.get(origin) or self._open(origin)
            if not place.queue and len(place.inside) < self._per_origin:
                place.inside[exchange] = None
                if not self._queue and len(self._inside) < self._size:
                    self._inside[exchange] = None
                    return
            waiter = exchange.runtime.waiter()
            (self._queue if exchange in place.inside else place.queue)[exchange] = waiter
            self._let_in(place)
            self._hand_out()
        await self._turn(exchange, waiter)

    def _open(self, origin: Origin | None) -> _Place:
        """Make room for an origin. Those that nobody uses are forgotten here, and not as the last one leaves: it may be back."""
        if len(self._places) >= MAX_PLACES:
            self._places = {origin: place for origin, place in self._places.items() if place.inside or place.queue}
        place = self._places[origin] = _Place()
        return place

    def _queues(self) -> list[Queue]:
        return [self._queue, *(place.queue for place in self._places.values())]

    def _strike_out(self, exchange: Exchange) -> None:
        super()._strike_out(exchange)
        if exchange not in self._place_of:
            return
        place = self._place_of[exchange]
        if exchange in place.inside:
            del place.inside[exchange]
        if place.queue:
            place.queue.pop(exchange, None)
            self._let_in(place)
        del self._place_of[exchange]

    def _let_in(self, place: _Place) -> None:
        """Let those who wait longest at a door join the queue of all."""
        while place.queue and len(place.inside) < self._per_origin:
            for exchange in place.queue:  # see `_hand_out`
                place.inside[exchange] = None
                self._queue[exchange] = place.queue[exchange]
                del place.queue[exchange]
                break
