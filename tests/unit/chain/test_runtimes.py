"""The two worlds keep one contract: clocks, waits, wakes, and work beside the caller."""

import asyncio
import threading
from contextvars import ContextVar

import pytest

from seawall.chain.runtimes import SYSTEM_CLOCK, AsyncioRuntime, BlockingRuntime
from seawall.model import Cancel, UsageError
from seawall.testing import FakeClock
from tests.worlds import World


async def test_time_and_chance_come_from_the_clock(world: World, clock: FakeClock) -> None:
    """A runtime tells the time and the chance of the clock that it was given."""
    runtime = world.runtime(clock)
    assert (runtime.monotonic(), runtime.wall(), runtime.random()) == (clock.monotonic(), clock.wall(), clock.chance)
    assert runtime.is_blocking is world.is_blocking


async def test_the_system_clock_is_the_default(world: World) -> None:
    """Without a clock time goes on by itself, never back, and chance is from 0 up to 1."""
    runtime = world.runtime()
    assert runtime.monotonic() <= runtime.monotonic()
    assert 0 <= runtime.random() < 1
    assert SYSTEM_CLOCK.timers is None


async def test_a_sleep_is_jumped_over(world: World, clock: FakeClock) -> None:
    """With a clock that skips, an hour passes at once and is noted."""
    before = clock.monotonic()
    assert await world.runtime(clock).sleep(3600)
    assert clock.monotonic() == before + 3600
    assert clock.sleeps == [3600]


async def test_a_sleep_ends_by_itself(world: World) -> None:
    """A sleep that nobody ends is slept out, also when it is of no length."""
    for seconds in (0.0, -1.0, 0.001):
        for cancel in (None, Cancel()):
            assert await world.runtime().sleep(seconds, cancel)


async def test_a_switch_ends_a_sleep(world: World, clock: FakeClock) -> None:
    """A sleep without end is ended from another thread, and one that begins after the switch was used is none."""
    for runtime in (world.runtime(), world.runtime(FakeClock(auto_advance=False))):
        cancel = Cancel()
        threading.Timer(0.01, cancel.cancel).start()
        assert not await runtime.sleep(1e6, cancel)
    assert not await world.runtime().sleep(1e6, cancel)
    assert not await world.runtime(clock).sleep(1e6, cancel)
    assert clock.sleeps == []


@pytest.mark.parametrize("real", [True, False])
async def test_a_waiter_is_woken_from_another_thread(world: World, clock: FakeClock, real: bool) -> None:
    """A wake ends the wait, from any thread, before it begins or while it goes on, once or twice."""
    runtime = world.runtime(None if real else clock)
    for cancel in (None, Cancel()):
        waiter = runtime.waiter()
        waiter.wake()
        waiter.wake()
        assert await waiter.wait(None, cancel)
        waiter = runtime.waiter()
        threading.Timer(0.01, waiter.wake).start()
        assert await waiter.wait(runtime.monotonic() + 1e6, cancel)


@pytest.mark.parametrize("real", [True, False])
async def test_a_wait_ends_at_its_deadline_or_by_its_switch(world: World, real: bool) -> None:
    """Nobody woke it: the wait says so, whether its time was up, its switch was used, or had been used before."""
    runtime, cancel = world.runtime(None if real else FakeClock(auto_advance_after=0)), Cancel()
    assert not await runtime.waiter().wait(runtime.monotonic())
    assert not await runtime.waiter().wait(runtime.monotonic() + 0.01)
    assert not await runtime.waiter().wait(runtime.monotonic() - 5)
    threading.Timer(0.01, cancel.cancel).start()
    assert not await runtime.waiter().wait(None, cancel)
    assert not await runtime.waiter().wait(None, cancel)


async def test_work_beside_runs_in_an_empty_context(world: World) -> None:
    """Spawned work sees no context variable of its caller, and closing waits for its end."""
    variable: ContextVar[str] = ContextVar("variable", default="nothing")
    seen: list[str] = []
    token = variable.set("the caller's")

    async def work() -> None:
        seen.append(variable.get())

    try:
        spawned = world.runtime().spawn(work)
        await spawned.aclose()
        await spawned.aclose()
    finally:
        variable.reset(token)
    assert seen == ["nothing"]


async def test_an_error_beside_stays_there(world: World) -> None:
    """What spawned work raises reaches neither the caller nor a warning."""

    async def work() -> None:
        raise ValueError

    await world.runtime().spawn(work).aclose()


async def test_work_that_blocks_may_be_run(world: World) -> None:
    """A function that blocks gives its result or raises its error, and tasks do not stand still for it."""
    runtime = world.runtime()
    assert await runtime.blocking(lambda: 7) == 7
    with pytest.raises(KeyError):
        await runtime.blocking(lambda: {}["x"])
    assert (await runtime.blocking(threading.get_ident) == threading.get_ident()) is world.is_blocking


async def test_only_threads_finish_a_coroutine_here_and_now(world: World) -> None:
    """The blocking runtime runs a coroutine; the other refuses, says what to use, and leaves none unawaited."""

    async def work() -> int:
        return 7

    if world.is_blocking:
        assert world.runtime().run(work()) == 7
    else:
        with pytest.raises(UsageError, match="aread"):
            world.runtime().run(work())


async def test_a_mutex_is_plain(world: World) -> None:
    """A mutex is taken with plain `with`, and another is another."""
    runtime = world.runtime()
    with runtime.mutex(), runtime.mutex():
        pass


def test_a_closed_loop_is_tolerated() -> None:
    """Waking a waiter, or using a switch, after its loop has closed does nothing."""
    cancel, waiters = Cancel(), []

    async def leave_a_waiter() -> None:
        waiter = AsyncioRuntime().waiter()
        waiters.append(waiter)
        task = asyncio.create_task(waiter.wait(None, cancel))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(leave_a_waiter())
    waiters[0].wake()
    cancel.cancel()


def test_one_runtime_serves_several_loops() -> None:
    """The asyncio runtime holds no loop: it works in one after another."""
    runtime = AsyncioRuntime()

    async def use() -> bool:
        waiter = runtime.waiter()
        runtime.spawn(lambda: wake(waiter))
        return await waiter.wait(None)

    async def wake(waiter: object) -> None:
        waiter.wake()  # type: ignore[attr-defined]

    assert asyncio.run(use())
    assert asyncio.run(use())


@pytest.mark.parametrize("real", [True, False])
def test_a_cancelled_wait_forgets_its_switch(clock: FakeClock, real: bool) -> None:
    """A task cancelled in its wait leaves no action behind at the switch."""
    cancel, runtime = Cancel(), AsyncioRuntime() if real else AsyncioRuntime(clock)

    async def main() -> None:
        task = asyncio.create_task(runtime.waiter().wait(None, cancel))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(main())
    assert cancel._actions == {}


def test_a_thread_beside_is_no_reason_to_stay() -> None:
    """Spawned threads are daemons: a process may end while they run."""
    seen: list[bool] = []

    async def work() -> None:
        seen.append(threading.current_thread().daemon)

    runtime = BlockingRuntime()
    runtime.run(runtime.spawn(work).aclose())
    assert seen == [True]
