"""Those who use a fake clock and give up, go away, look too often, block their loop, or are left behind in a fork."""

import asyncio
import math
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from seawall.chain import drive
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Cancel, Runtime
from seawall.testing import FakeClock
from tests.unit.testing.sleepers import new_diary, nobody_waits
from tests.worlds import World


@pytest.mark.parametrize("kind", ["pause", "deadline", "endless pause"])
async def test_a_switch_leaves_no_wait_behind(world: World, kind: str) -> None:
    """A wait that is cancelled ends at once, is not noted as slept, and is forgotten by the clock."""
    clock, cancel = FakeClock(auto_advance=kind == "endless pause"), Cancel()
    runtime = world.runtime(clock)
    waits: dict[str, Callable[[], Any]] = {
        "pause": lambda: runtime.sleep(10.0, cancel),
        "deadline": lambda: runtime.waiter().wait(clock.monotonic() + 10.0, cancel),
        "endless pause": lambda: runtime.sleep(math.inf, cancel),
    }
    end = await world.start(waits[kind])
    await world.until(lambda: clock.wait_for_waiters(1))
    cancel.cancel()
    assert await end() is False
    assert nobody_waits(clock)
    clock.advance(20.0)
    assert clock.sleeps == []


def test_a_cancelled_task_leaves_no_wait_behind(clock: FakeClock) -> None:
    """A task that is cancelled while it sleeps or waits is forgotten by the clock, and its time does not come."""
    clock = FakeClock(auto_advance=False)

    async def main() -> None:
        runtime = AsyncioRuntime(clock)
        deadline, switch = clock.monotonic() + 5.0, Cancel()
        works = [runtime.sleep(5.0), runtime.sleep(5.0, switch), runtime.waiter().wait(deadline, switch)]
        tasks = [asyncio.create_task(work) for work in works]
        await asyncio.to_thread(clock.wait_for_waiters, 3)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    asyncio.run(main())
    assert nobody_waits(clock)
    clock.advance(10.0)
    assert clock.sleeps == []


def test_a_wait_that_was_over_before_is_none() -> None:
    """Who was woken before the wait begins does not rest in it: time does not go on without it."""
    diary = new_diary()
    other, runtime = diary.in_thread(diary.sleeping("other", 4.0)), BlockingRuntime(diary.clock)
    other.start()
    diary.clock.wait_for_waiters(1)
    waiter = runtime.waiter()
    waiter.wake()
    assert drive(waiter.wait(None))
    drive(diary.sleeping("we", 1.0)(runtime))
    other.join()
    assert diary.lines == [("we", 1.0), ("other", 4.0)]


def test_who_does_other_things_holds_nobody_up() -> None:
    """A thread that woke and went to wait for something else is waited for no longer than a moment."""
    diary, go_on = new_diary(), threading.Event()

    async def goes_away(runtime: Runtime) -> None:
        await diary.sleeping("goes away", 1.0)(runtime)
        go_on.wait()

    async def sets_free(runtime: Runtime) -> None:
        await diary.sleeping("sleeps", 2.0)(runtime)
        go_on.set()

    diary.run(diary.in_thread(goes_away), diary.in_thread(sets_free))
    assert diary.lines == [("goes away", 1.0), ("sleeps", 2.0)]


@pytest.mark.parametrize("in_loop", [False, True])
def test_who_looks_without_a_pause_holds_nobody_up(in_loop: bool) -> None:
    """Somebody who looks again and again, in pauses of no length, does not keep others from waking."""
    diary, done = new_diary(), threading.Event()

    async def looks(runtime: Runtime) -> None:
        while not done.is_set():
            assert await runtime.sleep(0.0)
            assert not await runtime.waiter().wait(0.0)

    async def sets_free(runtime: Runtime) -> None:
        await diary.sleeping("sleeps", 2.0)(runtime)
        done.set()

    diary.run(*([diary.in_loop(looks, sets_free)] if in_loop else [diary.in_thread(looks), diary.in_thread(sets_free)]), waits=1)
    assert diary.lines == [("sleeps", 2.0)]


def test_a_blocking_sleep_in_a_loop_is_no_deadlock(clock: FakeClock) -> None:
    """A thread that runs an event loop may sleep in it by blocking it, while tasks of the loop sleep too."""

    async def main() -> None:
        task = asyncio.create_task(AsyncioRuntime(clock).sleep(5.0))
        await asyncio.sleep(0)
        assert drive(BlockingRuntime(clock).sleep(1.0))
        assert clock.sleeps == [1.0]
        assert await task

    asyncio.run(main())
    assert clock.sleeps == [1.0, 5.0]


def test_one_loop_after_another(clock: FakeClock) -> None:
    """A clock serves one event loop after another; a wait that a closed one left behind disturbs nobody."""
    runtime = AsyncioRuntime(clock)

    async def leave() -> None:
        clock.timers.limit(clock.monotonic() + 5.0, lambda: None, asyncio.get_running_loop())  # type: ignore[union-attr]

    for _ in range(2):
        asyncio.run(runtime.sleep(1.0))  # type: ignore[arg-type]
        asyncio.run(leave())
    drive(BlockingRuntime(clock).sleep(10.0))
    asyncio.run(runtime.sleep(1.0))  # type: ignore[arg-type]
    assert clock.sleeps == [1.0, 1.0, 10.0, 1.0]
    assert nobody_waits(clock)


def test_a_fork_keeps_the_time() -> None:
    """A child process goes on with the clock, without the threads that wait in its parent."""
    clock = FakeClock(auto_advance=False)
    waiter = BlockingRuntime(clock).waiter()
    thread = threading.Thread(target=lambda: drive(waiter.wait(clock.monotonic() + 5.0)), daemon=True)
    thread.start()
    clock.wait_for_waiters(1)
    child = os.fork()
    if child == 0:
        clock.advance(10.0)
        os._exit(int(clock.monotonic() - 1000.0))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 10
    assert clock.monotonic() == 1000.0
    waiter.wake()
    thread.join()
