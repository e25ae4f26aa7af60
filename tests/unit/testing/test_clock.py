"""The fake clock: whose turn it is, what it tells those who wake, and what makes its time go on."""

import asyncio
import math
import threading

import pytest

from seawall.chain import drive
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Cancel, Runtime, UsageError, Waiter
from seawall.testing import FakeClock
from seawall.testing._stillness import PATIENCE
from tests.unit.testing.sleepers import Diary, new_diary, nobody_waits
from tests.worlds import World

MEMBERS = [("c", 3.0), ("a", 1.0), ("b", 2.0)]
IN_ORDER = [("a", 1.0), ("b", 2.0), ("c", 3.0)]


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock wait for nobody, so that what must not jump would jump at once."""
    monkeypatch.setattr("seawall.testing._stillness.CHANCE", 0.0)
    monkeypatch.setattr("seawall.testing._stillness.PATIENCE", 0.0)


async def test_pauses_are_jumped_over_and_noted(world: World, clock: FakeClock) -> None:
    """Pauses one after the other take their time on the clock, also those of no length, and are noted as they were asked for."""
    runtime, start, wall = world.runtime(clock), clock.monotonic(), clock.wall()
    for seconds in (0.1, 0.2, 0.0, -1.0, 3600):
        assert await runtime.sleep(seconds)
    assert clock.sleeps == [0.1, 0.2, 0.0, -1.0, 3600]
    assert clock.monotonic() == pytest.approx(start + 3600.3)
    assert clock.wall() == pytest.approx(wall + 3600.3)


def test_threads_wake_in_order() -> None:
    """Threads wake in the order in which they are due, whoever slept first, and each reads the time at which it was due."""
    diary = new_diary()
    diary.run(*(diary.in_thread(diary.sleeping(*member)) for member in MEMBERS))
    assert diary.lines == IN_ORDER


def test_tasks_wake_in_order() -> None:
    """Tasks of one loop wake in the order in which they are due, and those that are due together as they began."""
    diary = new_diary()
    diary.run(diary.in_loop(*(diary.sleeping(*member) for member in [*MEMBERS, ("d", 2.0), ("e", 2.0)])))
    assert diary.lines == [("a", 1.0), ("b", 2.0), ("d", 2.0), ("e", 2.0), ("c", 3.0)]


def test_threads_and_loops_share_one_time() -> None:
    """Threads and several loops wake as one crowd, in the order in which they are due, each at its own time."""
    diary = new_diary()
    diary.run(
        diary.in_loop(diary.sleeping("loop 1", 4.0), diary.sleeping("loop 1", 1.0)),
        diary.in_thread(diary.sleeping("thread", 5.0)),
        diary.in_loop(diary.sleeping("loop 2", 2.0), diary.sleeping("loop 2", 6.0)),
        diary.in_thread(diary.sleeping("thread", 3.0)),
    )
    assert diary.lines == [("loop 1", 1.0), ("loop 2", 2.0), ("thread", 3.0), ("loop 1", 4.0), ("thread", 5.0), ("loop 2", 6.0)]


@pytest.mark.parametrize("place", ["threads", "one loop", "two loops", "a thread and a loop"])
def test_who_wakes_may_sleep_again_before_time_goes_on(place: str) -> None:
    """Time waits for those who woke: their next pauses take their places among those of the others."""
    diary = new_diary()
    often, seldom = diary.sleeping("often", 1.0, 1.0, 1.0, 1.0), diary.sleeping("seldom", 1.5, 2.0)
    crowds: dict[str, list[threading.Thread]] = {
        "threads": [diary.in_thread(often), diary.in_thread(seldom)],
        "one loop": [diary.in_loop(often, seldom)],
        "two loops": [diary.in_loop(often), diary.in_loop(seldom)],
        "a thread and a loop": [diary.in_thread(often), diary.in_loop(seldom)],
    }
    diary.run(*crowds[place])
    assert diary.lines == [("often", 1.0), ("seldom", 1.5), ("often", 2.0), ("often", 3.0), ("seldom", 3.5), ("often", 4.0)]


def test_a_loop_settles_before_its_time_goes_on() -> None:
    """What is ready in a loop gets to its pauses before the clock jumps to the end of an earlier one."""
    diary = Diary(FakeClock())

    async def late(runtime: Runtime) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        await diary.sleeping("late", 1.0)(runtime)

    async def main() -> None:
        runtime = AsyncioRuntime(diary.clock)
        await asyncio.gather(diary.sleeping("early", 2.0)(runtime), late(runtime))

    asyncio.run(main())
    assert diary.lines == [("late", 1.0), ("early", 2.0)]


def test_a_new_thread_gets_a_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time does not jump while a thread that the clock has not met may be about to wait."""
    monkeypatch.setattr("seawall.testing._stillness.CHANCE", math.inf)
    diaries: list[Diary] = []

    def starts_two() -> None:
        diary = Diary(FakeClock())
        diaries.append(diary)
        diary.in_thread(diary.sleeping("first", 3.0)).start()
        diary.clock.wait_for_waiters(1)
        diary.in_thread(diary.sleeping("second", 1.0)).start()
        diary.clock.wait_for_waiters(2)

    before = set(threading.enumerate())
    starter = threading.Thread(target=starts_two, daemon=True)
    starter.start()
    starter.join()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    assert diaries[0].lines == [("second", 1.0), ("first", 3.0)]


def test_time_stands_still_until_enough_are_there() -> None:
    """Time does not jump while somebody waits for others to wait, however late they come."""
    diary = new_diary()
    stillness = diary.clock.timers._stillness  # type: ignore[union-attr]

    async def comes_late(runtime: Runtime) -> None:
        while stillness._looks < PATIENCE + 10:
            await asyncio.sleep(0)
        await diary.sleeping("late", 1.0)(runtime)

    diary.run(diary.in_thread(diary.sleeping("early", 3.0)), diary.in_loop(comes_late))
    assert diary.lines == [("late", 1.0), ("early", 3.0)]


@pytest.mark.parametrize("place", ["threads", "one loop", "a thread and a loop"])
def test_a_deadline_comes_when_time_reaches_it(place: str) -> None:
    """A pause of somebody else takes time past a deadline, which comes at its own time, and first; a later one does not come."""
    diary = new_diary()
    cancel = Cancel()

    async def waits_on(runtime: Runtime) -> None:
        assert not await runtime.waiter().wait(diary.clock.monotonic() + 100.0, cancel)
        diary.note("cancelled")

    async def sleeps(runtime: Runtime) -> None:
        await diary.sleeping("sleeper", 7.0)(runtime)
        cancel.cancel()

    deadline = diary.waiting("deadline", 5.0)
    crowds: dict[str, list[threading.Thread]] = {
        "threads": [diary.in_thread(deadline), diary.in_thread(waits_on), diary.in_thread(sleeps)],
        "one loop": [diary.in_loop(sleeps, deadline, waits_on)],
        "a thread and a loop": [diary.in_thread(deadline), diary.in_loop(sleeps, waits_on)],
    }
    diary.run(*crowds[place])
    assert diary.lines == [("deadline", 5.0), ("sleeper", 7.0), ("cancelled", 7.0)]
    assert nobody_waits(diary.clock)


@pytest.mark.parametrize("by", ["wake", "cancel"])
@pytest.mark.parametrize("place", ["threads", "one loop", "loops"])
@pytest.mark.parametrize("deadline", [1e6, None])
def test_time_waits_for_those_whom_others_wake(by: str, place: str, deadline: float | None) -> None:
    """A wait that somebody ends is over for the clock at once: its owner's next pause comes before a later one of others."""
    diary, cancel, waiters = new_diary(), Cancel(), list[Waiter]()

    async def woken(runtime: Runtime) -> None:
        waiters.append(runtime.waiter())
        assert await waiters[0].wait(deadline, cancel) is (by == "wake")
        await diary.sleeping("woken", 2.0)(runtime)

    async def wakes(runtime: Runtime) -> None:
        await diary.sleeping("wakes", 1.0)(runtime)
        waiters[0].wake() if by == "wake" else cancel.cancel()
        await diary.sleeping("wakes", 5.0)(runtime)

    other = diary.sleeping("other", 4.0)
    crowds: dict[str, list[threading.Thread]] = {
        "threads": [diary.in_thread(woken), diary.in_thread(wakes), diary.in_thread(other)],
        "one loop": [diary.in_loop(woken, wakes, other)],
        "loops": [diary.in_loop(woken), diary.in_loop(wakes), diary.in_loop(other)],
    }
    diary.run(*crowds[place])
    assert diary.lines == [("wakes", 1.0), ("woken", 3.0), ("other", 4.0), ("wakes", 6.0)]


def test_a_deadline_does_not_come_by_itself(monkeypatch: pytest.MonkeyPatch, clock: FakeClock) -> None:
    """As long as nobody lets time pass, who waits before a deadline waits for what it waits for, also beside an endless pause."""
    hurry(monkeypatch)
    woken, cancel, runtime = list[bool](), Cancel(), BlockingRuntime(clock)
    waiter = runtime.waiter()
    threads = [
        threading.Thread(target=lambda: woken.append(drive(runtime.sleep(math.inf, cancel))), daemon=True),
        threading.Thread(target=lambda: woken.append(drive(waiter.wait(clock.monotonic() + 2.0))), daemon=True),
    ]
    for count, thread in enumerate(threads, 1):
        thread.start()
        clock.wait_for_waiters(count)
    clock.advance(1.0)
    clock.wait_for_waiters(2)
    waiter.wake()
    threads[1].join()
    cancel.cancel()
    threads[0].join()
    assert woken == [True, False]
    assert nobody_waits(clock)


def test_a_deadline_comes_with_a_pause() -> None:
    """A deadline at the very end of a pause comes, though nobody else lets time pass, before it or after it as they began."""
    diary = new_diary()
    diary.run(diary.in_loop(diary.waiting("a", 2.0), diary.sleeping("b", 2.0), diary.waiting("c", 2.0)))
    assert diary.lines == [("a", 2.0), ("b", 2.0), ("c", 2.0)]


@pytest.mark.parametrize("place", ["threads", "one loop", "two loops and a thread"])
def test_advance_wakes_in_order(place: str) -> None:
    """Advancing ends pauses and deadlines in order, each at its own time, and further pauses of those who woke, too."""
    diary = Diary(FakeClock(auto_advance=False))
    pages = [diary.sleeping("pauses", 3.0, 3.0), diary.waiting("deadline", 2.0), diary.sleeping("pause", 4.0)]
    crowds: dict[str, list[threading.Thread]] = {
        "threads": [diary.in_thread(page) for page in pages],
        "one loop": [diary.in_loop(*pages)],
        "two loops and a thread": [diary.in_loop(pages[0]), diary.in_loop(pages[1]), diary.in_thread(pages[2])],
    }
    for thread in crowds[place]:
        thread.start()
    diary.clock.wait_for_waiters(3)
    diary.clock.advance(1.0)
    assert diary.lines == []
    diary.clock.advance(9.0)
    for thread in crowds[place]:
        thread.join()
    assert diary.lines == [("deadline", 2.0), ("pauses", 3.0), ("pause", 4.0), ("pauses", 6.0)]
    assert diary.clock.monotonic() == 1010.0
    assert diary.clock.sleeps == [3.0, 4.0, 3.0]


def test_advance_in_a_loop_wakes_its_tasks_in_order() -> None:
    """Where the clock cannot wait for tasks, because it is advanced in their loop, it wakes them in order all the same."""
    diary = Diary(FakeClock(auto_advance=False))

    async def main() -> None:
        runtime = AsyncioRuntime(diary.clock)
        tasks = [asyncio.create_task(diary.sleeping(*member)(runtime)) for member in MEMBERS]
        await asyncio.to_thread(diary.clock.wait_for_waiters, 3)
        diary.clock.advance(2.5)
        assert diary.clock.monotonic() == 1002.5
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.to_thread(diary.clock.advance, 0.5)
        await asyncio.wait(tasks)

    asyncio.run(main())
    assert diary.lines == [("a", 2.5), ("b", 2.5), ("c", 3.0)]


async def test_pauses_may_wait_to_be_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `auto_advance=False` a pause ends when time is advanced to its end, and not before."""
    hurry(monkeypatch)
    clock = FakeClock(auto_advance=False)
    runtime = world.runtime(clock)
    end = await world.start(lambda: runtime.sleep(10.0))
    await world.until(lambda: clock.wait_for_waiters(1))
    clock.advance(9.0)
    await world.until(lambda: clock.wait_for_waiters(1))
    assert clock.sleeps == []
    clock.advance(1.0)
    assert await end() is True
    assert clock.sleeps == [10.0]


async def test_deadlines_come_after_silence(world: World) -> None:
    """With `auto_advance_after` time jumps to deadlines, and to pauses that wait to be told, when nothing happens for so long."""
    clock = FakeClock(auto_advance_after=0)
    assert not await world.runtime(clock).waiter().wait(clock.monotonic() + 3600.0)
    assert clock.monotonic() == 4600.0
    clock = FakeClock(auto_advance=False, auto_advance_after=0.001)
    assert await world.runtime(clock).sleep(60.0)
    assert clock.monotonic() == 1060.0


def test_after_silence_all_waits_come_in_order() -> None:
    """With `auto_advance_after` deadlines and pauses come as one row, each at its own time."""
    diary = Diary(FakeClock(auto_advance=False, auto_advance_after=0))
    thread = diary.in_loop(diary.waiting("late", 4.0), diary.sleeping("pauses", 2.0, 3.0), diary.waiting("early", 1.0))
    thread.start()
    thread.join()
    assert diary.lines == [("early", 1.0), ("pauses", 2.0), ("late", 4.0), ("pauses", 5.0)]


def test_too_few_waiters_are_an_error(clock: FakeClock) -> None:
    """Who waits in vain for others to wait is told how many there are."""
    with pytest.raises(AssertionError, match="0 of 2 waits"):
        clock.wait_for_waiters(2, timeout=0.001)


@pytest.mark.parametrize("seconds", [-1, -0.001, math.nan])
def test_time_does_not_go_back(clock: FakeClock, seconds: float) -> None:
    """Time is not advanced by less than nothing, nor after it."""
    with pytest.raises(UsageError, match="advance: seconds"):
        clock.advance(seconds)
    with pytest.raises(UsageError, match="auto_advance_after: real seconds"):
        FakeClock(auto_advance_after=seconds)
    assert clock.monotonic() == 1000.0
