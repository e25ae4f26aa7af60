"""The queue for a slot."""

import asyncio

from seawall.chain.runtimes import AsyncioRuntime
from seawall.model import Cancel, Clocks, Waiter
from seawall.transport.sockets import Exchange, Fault, Slots, wait_asyncio

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
        assert last.holds_slot
        return [call.exception() for call in calls]

    *stopped, fine = asyncio.run(work())
    assert {type(error) for error in stopped} == {Fault}
    assert (fine, compared) == (None, [])
