"""One piece of work for all who ask at the same time, whatever befalls its leader."""

import asyncio
import threading
from contextvars import ContextVar
from typing import Any

import pytest

from seawall.chain import FlightError, FlightTimeoutError, SingleFlight, drive
from seawall.chain._single_flight import MAX_FLIGHTS, FlightLostError
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Cancel, Runtime, Spawned
from seawall.testing import FakeClock
from tests.unit.chain.crowd import Gate, crowd
from tests.worlds import Job, World

CALLERS = {"threads": 40, "loops": 2, "tasks": 40}
EVERYONE = 120


class Work:
    """Work that counts its runs and goes on when a gate opens; what `ends` holds is returned or raised, the last for ever."""

    def __init__(self, gate: threading.Event | None, *ends: Any) -> None:
        self.runs = 0
        self._gate = gate
        self._ends = list(ends)

    async def __call__(self, runtime: Runtime) -> Any:
        self.runs += 1
        end = self._ends.pop(0) if len(self._ends) > 1 else self._ends[0]
        if self._gate is not None:
            await runtime.blocking(self._gate.wait)
        if isinstance(end, BaseException):
            raise end
        return end


deadly = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


def join_spawned() -> None:
    """Let the threads that died end inside the test that expects it."""
    for thread in threading.enumerate():
        if thread.name == "seawall-spawned":
            thread.join()


def death(world: World) -> BaseException:
    """What ends a leader without a word in its world."""
    return SystemExit() if world.is_blocking else asyncio.CancelledError()


def test_threads_and_loops_share_one_run() -> None:
    """Forty threads and two loops of forty tasks cause one run of the work and get the same object."""
    gate, token = Gate(EVERYONE), object()
    work = Work(gate.open, token)
    assert crowd(SingleFlight(work), gate, **CALLERS) == [token] * EVERYONE
    assert work.runs == 1


def test_a_failure_is_shared_as_a_cause_and_raised_apart() -> None:
    """Every waiter gets an exception of its own with the one cause, and that cause's traceback does not grow."""
    gate, error = Gate(EVERYONE), ValueError("no")
    work = Work(gate.open, error)
    outcomes = crowd(SingleFlight(work), gate, **CALLERS)
    assert work.runs == 1
    assert {type(outcome) for outcome in outcomes} == {FlightError}
    assert len({id(outcome) for outcome in outcomes}) == EVERYONE
    assert all(outcome.cause is error for outcome in outcomes)
    frames, trace = 0, error.__traceback__
    while trace is not None:
        frames, trace = frames + 1, trace.tb_next
    assert frames < 5


def test_ten_thousand_wait_for_one_run() -> None:
    """Ten thousand tasks of one loop are served by one run."""
    gate = Gate(10_000)
    work = Work(gate.open, "token")
    assert crowd(SingleFlight(work), gate, threads=0, loops=1, tasks=10_000) == ["token"] * 10_000
    assert work.runs == 1


async def test_a_later_caller_runs_the_work_again(world: World) -> None:
    """A flight that has landed, well or not, is over: the next caller starts another."""
    work = Work(None, None, ValueError(), "again")
    flight = SingleFlight(work)
    assert await flight.join(world.runtime()) is None
    with pytest.raises(FlightError):
        await flight.join(world.runtime())
    assert await flight.join(world.runtime()) == "again"
    assert work.runs == 3


async def test_a_leader_that_gives_up_does_not_take_the_work_along(world: World) -> None:
    """Whoever came first may be cancelled: the others get the result of the one run."""
    gate, cancel = Gate(3), Cancel()
    work = Work(gate.open, "token")
    flight = SingleFlight(work)
    runtime, hold = gate.at(world.runtime()), threading.Event()
    gate.open.wait = hold.wait  # type: ignore[method-assign]
    leader = await world.start(lambda: flight.join(runtime, cancel=cancel))
    others = [await world.start(lambda: flight.join(runtime)) for _ in range(2)]
    await world.until(threading.Event.wait.__get__(gate.open))
    cancel.cancel()
    assert isinstance(await leader(), FlightTimeoutError)
    hold.set()
    assert [await other() for other in others] == ["token"] * 2
    assert work.runs == 1


def test_a_cancelled_task_does_not_take_the_work_along() -> None:
    """A task that led and was cancelled by asyncio leaves the flight to the others."""

    async def main() -> None:
        gate = Gate(3)
        work = Work(gate.open, "token")
        flight = SingleFlight(work)
        tasks = [asyncio.create_task(flight.join(gate.at(AsyncioRuntime()))) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        assert await asyncio.gather(*tasks[1:]) == ["token"] * 2
        assert tasks[0].cancelled()
        assert work.runs == 1

    asyncio.run(main())


@deadly
async def test_a_leader_that_dies_hands_over(world: World) -> None:
    """Work that ends without a word is started afresh by one of those who wait, once for all of them."""
    first, second, runs = Gate(5), Gate(10), list[Runtime]()

    async def work(runtime: Runtime) -> str:
        runs.append(runtime)
        await runtime.blocking((first if len(runs) == 1 else second).open.wait)
        if len(runs) == 1:
            raise death(world)
        return "token"

    flight = SingleFlight(work)
    runtime = first.at(second.at(world.runtime()))
    assert await world.gather(*[lambda: flight.join(runtime)] * 5) == ["token"] * 5
    assert len(runs) == 2
    join_spawned()


@deadly
async def test_work_that_kills_every_leader_is_given_up(world: World) -> None:
    """Work that always ends without a word is not run without end."""
    work = Work(None, death(world))
    with pytest.raises(FlightError) as caught:
        await SingleFlight(work).join(world.runtime())
    assert isinstance(caught.value.cause, FlightLostError)
    assert work.runs == MAX_FLIGHTS
    join_spawned()


def test_a_loop_that_ends_hands_over_to_a_thread() -> None:
    """The leader's event loop may end in mid-flight: a thread that waits takes over."""
    gate, never = Gate(2), threading.Event()
    led_by: list[bool] = []

    async def work(runtime: Runtime) -> str:
        led_by.append(runtime.is_blocking)
        if not runtime.is_blocking:
            await asyncio.Event().wait()
        return "token"

    flight = SingleFlight(work)

    async def lead_and_leave() -> None:
        task = asyncio.create_task(flight.join(gate.at(AsyncioRuntime())))
        await asyncio.sleep(0)
        never.set()
        await asyncio.to_thread(gate.open.wait)
        task.cancel()

    loop = threading.Thread(target=asyncio.run, args=(lead_and_leave(),))
    loop.start()
    never.wait()
    assert drive(flight.join(gate.at(BlockingRuntime()))) == "token"
    loop.join()
    assert led_by == [False, True]


async def test_a_leader_that_overruns_hands_over(world: World, clock: FakeClock) -> None:
    """After its time a flight counts as lost: those who waited start another, and the late landing changes nothing."""
    runs, release, flown = list[int](), threading.Event(), list[Spawned]()
    runtime: Any = world.runtime(clock)
    spawn = runtime.spawn
    runtime.spawn = lambda work: flown.append(spawn(work))

    async def work(runtime: Runtime) -> int:
        runs.append(len(runs))
        mine = runs[-1]
        if mine == 0:
            await runtime.blocking(release.wait)
        return mine

    flight = SingleFlight(work, overrun=30.0)
    early = [await world.start(lambda: flight.join(runtime)) for _ in range(2)]
    await world.until(lambda: clock.wait_for_waiters(2))
    clock.advance(29.0)
    await world.until(lambda: clock.wait_for_waiters(2))
    clock.advance(1.0)
    assert {await end() for end in early} <= {1, 2}
    last = await flight.join(runtime)
    release.set()
    await flown[0].aclose()
    assert await flight.join(runtime) == last + 1


async def test_each_waiter_has_its_own_deadline(world: World, clock: FakeClock) -> None:
    """Of those who wait for one run each leaves when its own time is up, and who has time left gets the result."""
    hold = threading.Event()
    flight, runtime = SingleFlight(Work(hold, "token"), overrun=30.0), world.runtime(clock)

    def joining(seconds: float) -> Job:
        return lambda: flight.join(runtime, deadline=clock.monotonic() + seconds)

    ends = {seconds: await world.start(joining(seconds)) for seconds in (20.0, 5.0, 10.0)}
    await world.until(lambda: clock.wait_for_waiters(3))
    clock.advance(5.0)
    assert isinstance(await ends[5.0](), FlightTimeoutError)
    clock.advance(10.0)
    assert isinstance(await ends[10.0](), FlightTimeoutError)
    hold.set()
    assert await ends[20.0]() == "token"


async def test_who_has_given_up_starts_no_work(world: World, clock: FakeClock) -> None:
    """A caller whose deadline has passed or whose switch was used neither leads nor waits."""
    cancel, work = Cancel(), Work(None, "token")
    cancel.cancel()
    flight = SingleFlight(work)
    for limits in ({"cancel": cancel}, {"deadline": clock.monotonic()}):
        with pytest.raises(FlightTimeoutError):
            await flight.join(world.runtime(clock), **limits)  # type: ignore[arg-type]
    assert work.runs == 0


async def test_a_deadline_ends_the_wait_and_not_the_work(world: World) -> None:
    """A caller whose time is up leaves; the flight goes on and serves the next one."""
    hold = threading.Event()
    work = Work(hold, "token")
    flight, runtime = SingleFlight(work), world.runtime()
    with pytest.raises(FlightTimeoutError):
        await flight.join(runtime, deadline=runtime.monotonic() + 0.01)
    hold.set()
    assert await flight.join(runtime) == "token"
    assert work.runs <= 2


async def test_a_leader_that_cannot_start_wakes_the_others(world: World) -> None:
    """Where no thread or task can be started the caller hears why, and whoever boarded meanwhile takes over."""
    gate = Gate(1)
    work = Work(None, "token")
    flight = SingleFlight(work)
    runtime = world.runtime()

    class Exhausted:
        def __getattr__(self, name: str) -> Any:
            return getattr(runtime, name)

        def spawn(self, work: Any) -> Any:
            if world.is_blocking:
                other.append(threading.Thread(target=lambda: outcomes.append(drive(flight.join(gate.at(runtime))))))
                other[0].start()
                gate.open.wait()
            raise RuntimeError("can't start new thread")

    other: list[threading.Thread] = []
    outcomes: list[Any] = []
    with pytest.raises(RuntimeError, match="can't start"):
        await flight.join(Exhausted())  # type: ignore[arg-type]
    for thread in other:
        thread.join()
    assert outcomes == ["token"] * len(other)
    assert await flight.join(runtime) == "token"


async def test_the_work_sees_nothing_of_its_caller(world: World) -> None:
    """No context variable of the leader's caller leaks into the work, and none of the work's comes out."""
    variable: ContextVar[str] = ContextVar("variable", default="nothing")
    token = variable.set("the caller's")

    async def work(runtime: Runtime) -> str:
        seen = variable.get()
        variable.set("the work's")
        return seen

    try:
        assert await SingleFlight(work).join(world.runtime()) == "nothing"
        assert variable.get() == "the caller's"
    finally:
        variable.reset(token)
