"""No slot and no place is lost, whatever comes between: Ctrl+C at any moment, and event loops that are closed."""

import gc
from collections.abc import Callable, Coroutine, Generator
from types import coroutine
from typing import Any

import pytest

from seawall.chain import drive
from seawall.chain.runtimes import BlockingRuntime
from seawall.model import Clocks, Origin
from seawall.testing import FaultServer, Reply
from seawall.transport import WireTransport
from seawall.transport.sockets import Exchange, OriginSlots, Slots, wait_blocking
from tests.unit.transport.interrupts import every_chance
from tests.unit.transport.network_worlds import SECONDS, World

BLUE, RED = (Origin("https", f"{name}.test", 443) for name in ("blue", "red"))
KINDS: dict[str, Callable[[], Slots]] = {
    "slots": lambda: Slots(1),
    "origin slots": lambda: OriginSlots(1, 1),
    "a wide door": lambda: OriginSlots(1, 5),
    "a narrow door": lambda: OriginSlots(5, 1),
}
# What was interrupted is thrown away: coroutines before they began, sockets that the collector has to close.
interrupting = pytest.mark.filterwarnings(
    "ignore:coroutine:RuntimeWarning", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@coroutine
def _pause() -> Generator[None]:
    yield


class _Waiter:
    """Waits until its test goes on with it; its loop may be gone."""

    def __init__(self, is_alive: bool) -> None:
        self._is_alive = is_alive
        self._woken = False

    def wake(self) -> bool:
        self._woken = True
        return self._is_alive

    async def wait(self, deadline: float | None, cancel: object = None) -> bool:
        await _pause()
        return self._woken


class _Runtime(BlockingRuntime):
    def __init__(self, is_alive: bool) -> None:
        super().__init__()
        self._is_alive = is_alive

    def waiter(self) -> Any:
        return _Waiter(self._is_alive)


class _Caller:
    """Somebody who wants a slot."""

    def __init__(self, slots: Slots, origin: Origin = BLUE, *, is_alive: bool = True) -> None:
        runtime = _Runtime(is_alive)
        self.exchange = Exchange(runtime, Clocks(runtime.monotonic), wait_blocking)
        self.taking: Coroutine[Any, Any, None] = slots.take(self.exchange, origin)

    def has_it(self) -> bool:
        """Go on; True with a slot, False for who waits on."""
        try:
            self.taking.send(None)
        except StopIteration:
            return True
        return False

    def leave(self) -> None:
        """Do what a transport does at the end of a call, or when it has failed."""
        self.taking.close()
        self.exchange.finish()


def _come(slots: Slots, *callers: _Caller) -> None:
    assert [caller.has_it() for caller in callers] == [False] * len(callers)


def _is_whole(slots: Slots) -> bool:
    """Whether one caller gets in and the next one waits for it."""
    first, second = _Caller(slots), _Caller(slots)
    whole = first.has_it() and not second.has_it()
    first.leave()
    whole = whole and second.has_it()
    second.leave()
    return whole


@pytest.mark.parametrize("kind", KINDS)
def test_an_interrupt_while_a_slot_is_taken(kind: str) -> None:
    """Ctrl+C at any moment of taking a free slot leaves it for the next one."""
    slots = KINDS[kind]()
    for run in every_chance():
        caller = _Caller(slots)
        run(caller.has_it)
        caller.leave()
        assert _is_whole(slots)


@pytest.mark.parametrize("kind", KINDS)
def test_an_interrupt_while_a_slot_is_given_back(kind: str) -> None:
    """Ctrl+C at any moment of giving a slot back loses nothing: the call's end goes on with it, and those who wait have it."""
    for run in every_chance():
        slots = KINDS[kind]()
        holder, second, third = (_Caller(slots) for _ in range(3))
        assert holder.has_it()
        _come(slots, second, third)
        run(holder.exchange.finish)
        holder.leave()
        assert second.has_it()
        second.leave()
        assert third.has_it()
        third.leave()
        assert _is_whole(slots)


@pytest.mark.parametrize("kind", KINDS)
def test_an_interrupt_of_who_waits(kind: str) -> None:
    """Ctrl+C at any moment of queueing, or of what follows when the turn has come, leaves the slot for the others."""
    slots = KINDS[kind]()
    for has_turn in (False, True):
        for run in every_chance():
            holder, caller = _Caller(slots), _Caller(slots)
            assert holder.has_it()
            if has_turn:
                _come(slots, caller)
                holder.leave()
            run(caller.has_it)
            caller.leave()
            holder.leave()
            assert _is_whole(slots)


@interrupting
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("per_origin", [None, 1])
def test_an_interrupt_at_any_moment_of_a_call(per_origin: int | None, stream: bool) -> None:
    """Wherever Ctrl+C meets a call, the only slot is there for the next one; at the latest when nobody holds the response."""
    world = World("wire blocking")
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        transport = WireTransport(max_connections=1, max_connections_per_origin=per_origin)

        def call() -> bytes:
            now = world.runtime.monotonic
            clocks = Clocks(now, SECONDS, SECONDS, now() + SECONDS, pool=0.0)
            return drive(world.send(transport, world.request(f"{server.url}/", stream=stream), clocks))[1]

        gc.freeze()
        for run in every_chance():
            run(call)
            gc.collect()
            assert call() == b"fine"
        gc.unfreeze()
        drive(transport.aclose())


@interrupting
@pytest.mark.parametrize("content", ["fine", "long" * 100_000])
def test_an_interrupt_while_a_response_is_closed(content: str) -> None:
    """Ctrl+C at any moment of closing a response, read or unread, costs no slot once nobody holds the response."""
    world = World("wire blocking")
    with FaultServer() as server:
        server.route("GET", "/", Reply(text=content))
        transport = WireTransport(max_connections=1)
        for run in every_chance():
            now = world.runtime.monotonic
            clocks = Clocks(now, SECONDS, SECONDS, now() + SECONDS, pool=0.0)
            response = drive(transport.send(world.request(f"{server.url}/", stream=True), clocks))
            run(response.close)
            del response
        drive(transport.aclose())
    gc.collect()


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_gone_takes_nothing_along(kind: str) -> None:
    """Callers whose event loops were closed are passed over wherever they stood, and the others have their turns."""
    slots = KINDS[kind]()
    holder, *gone = _Caller(slots), *(_Caller(slots, is_alive=False) for _ in range(3))
    last = _Caller(slots)
    assert holder.has_it()
    _come(slots, *gone, last)
    holder.leave()
    assert last.has_it()
    last.leave()
    assert _is_whole(slots)


def test_who_is_gone_leaves_its_place_at_its_origin() -> None:
    """Where a caller was let in at its origin, and its event loop was closed while it queued for a slot, its place is free."""
    slots = OriginSlots(1, 1)
    holder, gone, next_one = _Caller(slots, RED), _Caller(slots, is_alive=False), _Caller(slots)
    assert holder.has_it()
    _come(slots, gone, next_one)
    holder.leave()
    assert next_one.has_it()
    next_one.leave()
    assert _is_whole(slots)


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_gone_gives_back_nothing_that_it_never_had(kind: str) -> None:
    """When the task of a closed event loop is thrown away at last, no slot comes from it."""
    slots = KINDS[kind]()
    holder, gone = _Caller(slots), _Caller(slots, is_alive=False)
    assert holder.has_it()
    _come(slots, gone)
    holder.leave()
    gone.leave()
    assert _is_whole(slots)


def test_many_who_are_gone() -> None:
    """However many closed event loops left somebody in the queue, the next who lives is found."""
    slots = OriginSlots(1, 1)
    holder, last = _Caller(slots, RED), _Caller(slots)
    assert holder.has_it()
    _come(slots, *(_Caller(slots, is_alive=False) for _ in range(3000)), last)
    holder.leave()
    assert last.has_it()
    last.leave()
