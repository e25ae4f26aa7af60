"""The queue for a slot."""

import asyncio

from seawall.chain.runtimes import AsyncioRuntime
from seawall.model import Cancel, Clocks, Origin, Waiter
from seawall.transport.sockets import Exchange, Fault, OriginSlots, Slots, wait_asyncio

CALLERS = 300
compared: list[object] = []


class _Place:
    """A waiter that notes with whom it is compared."""

    def __init__(self, waiter: Waiter) -> None:
        self.wake = waiter.wake
        self.wait = waiter.wait

    def __eq__(self, other: object) -> bool:
        compared.append(other)
        return self is other

    def __hash__(self) -> int:
        return id(self)


class _Runtime(AsyncioRuntime):
    def waiter(self) -> "_Place":  # type: ignore[override]
        return _Place(super().waiter())


def test_leaving_the_queue_looks_at_nobody_else() -> None:
    """However many wait for a slot, who gives up leaves without a search, and the slot goes to who is left."""
    runtime = _Runtime()

    def exchange(cancel: Cancel | None = None) -> Exchange:
        return Exchange(runtime, Clocks(runtime.monotonic, cancel=cancel), wait_asyncio)

    async def work() -> list[BaseException | None]:
        slots, holder, last = Slots(1), exchange(), exchange()
        await slots.take(holder)
        cancels = [Cancel() for _ in range(CALLERS)]
        calls = [asyncio.create_task(slots.take(exchange(cancel))) for cancel in cancels]
        calls.append(asyncio.create_task(slots.take(last)))
        await asyncio.sleep(0)
        for cancel in reversed(cancels):
            cancel.cancel()
        await asyncio.wait(calls[:-1])
        holder.finish()
        await calls[-1]
        assert (list(slots._inside), len(slots._queue)) == ([last], 0)
        return [call.exception() for call in calls]

    *stopped, fine = asyncio.run(work())
    assert {type(error) for error in stopped} == {Fault}
    assert (fine, compared) == (None, [])


BLUE, RED, GREEN = (Origin("https", f"{name}.test", 443) for name in ("blue", "red", "green"))


class _Crowd:
    """Callers of several origins over one queue, and the order in which they were let in.

    Args:
        size: Slots in all.
        per_origin: Slots per origin.
    """

    def __init__(self, size: int, per_origin: int) -> None:
        self.slots = OriginSlots(size, per_origin)
        self.runtime = AsyncioRuntime()
        self.served: list[str] = []
        self.exchanges: dict[str, Exchange] = {}
        self.cancels: dict[str, Cancel] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, *names: str) -> None:
        """Let callers come, one after the other; the origin is the first letter of a name."""
        for name in names:
            cancel = self.cancels[name] = Cancel()
            self.exchanges[name] = Exchange(self.runtime, Clocks(self.runtime.monotonic, cancel=cancel), wait_asyncio)
            self.tasks[name] = asyncio.create_task(self._call(name))
            await _settle()

    async def _call(self, name: str) -> None:
        await self.slots.take(self.exchanges[name], {"b": BLUE, "r": RED, "g": GREEN}[name[0]])
        self.served.append(name)

    async def go(self, *names: str) -> None:
        """Let callers go who were served."""
        for name in names:
            self.exchanges[name].finish()
            await _settle()

    async def give_up(self, *names: str) -> None:
        """Let callers go who still wait."""
        for name in names:
            self.cancels[name].cancel()
            await asyncio.wait([self.tasks[name]])
            assert isinstance(self.tasks[name].exception(), Fault)

    @property
    def is_empty(self) -> bool:
        slots, places = self.slots, self.slots._places.values()
        left = (slots._inside, slots._queue, slots._place_of, *(held for place in places for held in (place.inside, place.queue)))
        return not any(left)


async def _settle() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


def test_an_origins_queue_is_first_come_first_served() -> None:
    """Callers of a full origin are let in by turns, those of others go past them, and nothing is remembered in the end."""

    async def work() -> None:
        crowd = _Crowd(3, 1)
        await crowd.come("b1", "b2", "b3", "r1", "g1", "r2")
        assert crowd.served == ["b1", "r1", "g1"]
        await crowd.go("b1", "b2", "r1")
        assert crowd.served == ["b1", "r1", "g1", "b2", "b3", "r2"]
        await crowd.go("b3", "g1", "r2")
        assert crowd.is_empty

    asyncio.run(work())


def test_those_let_in_queue_for_a_slot_in_turn() -> None:
    """Where all slots are taken, who is let in at an origin stands behind those who came to the queue of all before."""

    async def work() -> None:
        crowd = _Crowd(2, 2)
        await crowd.come("b1", "b2", "b3", "r1", "b4", "g1")
        assert crowd.served == ["b1", "b2"]
        await crowd.go("b1", "b2", "r1", "g1")
        assert crowd.served == ["b1", "b2", "r1", "g1", "b3", "b4"]
        await crowd.go("b3", "b4")
        assert crowd.is_empty

    asyncio.run(work())


def test_who_gives_up_leaves_its_place() -> None:
    """A caller that gives up, at an origin's door or in the queue of all, makes room for who is behind it."""

    async def work() -> None:
        crowd = _Crowd(1, 1)
        await crowd.come("b1", "r1", "r2", "r3", "g1")
        await crowd.give_up("r2", "r1")
        await crowd.go("b1")
        assert crowd.served == ["b1", "g1"]
        await crowd.go("g1")
        assert crowd.served == ["b1", "g1", "r3"]
        await crowd.go("r3")
        assert crowd.is_empty

    asyncio.run(work())


def test_origins_that_nobody_uses_are_forgotten() -> None:
    """However many origins are called, no more than 1024 are remembered; those in use are, and keep their limit."""

    async def work() -> None:
        crowd = _Crowd(5, 1)
        await crowd.come("b1", "b2", "r1")
        remembered = []
        for number in range(3000):
            passer = Exchange(crowd.runtime, Clocks(crowd.runtime.monotonic), wait_asyncio)
            await crowd.slots.take(passer, Origin("https", f"{number}.test", 443))
            passer.finish()
            remembered.append(len(crowd.slots._places))
        assert max(remembered) == 1024
        await crowd.come("b3", "r2")
        assert crowd.served == ["b1", "r1"]
        await crowd.go("r1", "b1", "b2")
        assert crowd.served == ["b1", "r1", "r2", "b2", "b3"]

    asyncio.run(work())


def test_a_crowd_of_every_kind() -> None:
    """Whoever comes, gives up and goes, in whatever order, no limit is passed, nobody is forgotten, and nothing is left."""

    async def work() -> None:
        crowd = _Crowd(4, 2)
        names = [f"{'brg'[number * 7 % 3]}{number}" for number in range(120)]
        await crowd.come(*names)
        await crowd.give_up(*[name for name in names[::3] if not crowd.tasks[name].done()])
        inside = 0
        while inside < len(crowd.served):
            now = crowd.served[inside:]
            assert len(now) <= 4
            assert max(sum(name[0] == origin for name in now) for origin in "brg") <= 2
            await crowd.go(crowd.served[inside])
            inside += 1
        assert all(task.done() for task in crowd.tasks.values())
        assert crowd.is_empty

    asyncio.run(work())
