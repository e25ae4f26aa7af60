"""Calls on a fake clock: their pauses, their deadlines, and their queue for a connection."""

import asyncio
from typing import Any

import seawall
from seawall import Retry, StopReason, Timeout
from seawall.testing import FakeClock, FaultServer, Gate
from tests.behaviours.kit import URL, Script, outcome, reply
from tests.worlds import World


async def test_retries_of_many_calls_are_sent_in_order(world: World) -> None:
    """Calls that share a clock send again in the order in which their pauses end, each at its own time."""
    clock, sent = FakeClock(chance=0.0, auto_advance=False), list[tuple[str, float]]()

    def answer(request: seawall.Request) -> seawall.Response:
        seconds = request.url.rpartition("/")[2]
        sent.append((seconds, clock.monotonic() - 1000.0))
        return reply(503, Retry_After=seconds) if len(request.call.attempts) == 1 else reply(200)

    async with world.client(URL, transport=Script(answer), clock=clock) as api:
        ends = [await world.start(lambda path=path: api.get(path)) for path in ("/3", "/1", "/2")]
        await world.until(lambda: clock.wait_for_waiters(3))
        await world.until(lambda: clock.advance(10.0))
        assert [(await end()).status for end in ends] == [200, 200, 200]
    assert sorted(sent[:3]) == [("1", 0.0), ("2", 0.0), ("3", 0.0)]
    assert sent[3:] == [("1", 1.0), ("2", 2.0), ("3", 3.0)]
    assert clock.sleeps == [1.0, 2.0, 3.0]


def test_a_deadline_may_pass_during_a_pause() -> None:
    """A call that wakes so late from a pause that its total is over ends with that, and sends nothing more."""
    clock, transport = FakeClock(auto_advance=False), Script(503, 200)

    async def main() -> Any:
        async with seawall.AsyncClient(URL, transport=transport, clock=clock, timeout=10.0, retry=Retry(backoff=8.0)) as api:
            call = asyncio.create_task(outcome(api.get("/agents")))
            await asyncio.to_thread(clock.wait_for_waiters, 1)
            clock.advance(20.0)  # in the loop: the task cannot read the time at which it was due
            return await call

    problem = asyncio.run(main())
    assert isinstance(problem, seawall.DeadlineProblem)
    assert problem.stopped is StopReason.DEADLINE
    assert [attempt.waited for attempt in problem.attempts] == [0.0, 4.0]
    assert len(transport.calls) == 1


async def test_an_attempt_may_be_too_long(world: World, clock: FakeClock) -> None:
    """What takes the mock's answer its time, on the clock, counts against the attempt, which is given up and sent again."""

    async def slow(request: seawall.Request) -> seawall.Response:
        await request.call.runtime.sleep(5.0)
        return reply(200)

    transport = Script(slow, 200)
    async with world.client(URL, transport=transport, clock=clock, timeout=Timeout(attempt=3.0), retry=Retry(backoff=0)) as api:
        response = await api.get("/agents")
    assert [attempt.problem for attempt in response.attempts] == ["AttemptTimeoutProblem", None]
    assert clock.sleeps == [5.0]


async def test_the_queue_for_a_connection_ends_in_time(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """A call that waits for a connection waits on the clock: its total passes there, while the real sockets take their time."""
    gate = Gate()
    fault_server.route("GET", "/busy", gate)
    async with world.client(fault_server.url, clock=clock, max_connections=1, retry=False) as api:
        busy = await world.start(lambda: api.get("/busy", timeout=3600.0))
        await world.until(gate.reached.wait)
        queued = await world.start(lambda: outcome(api.get("/agents", timeout=30.0)))
        await world.until(lambda: clock.wait_for_waiters(1))
        clock.advance(30.0)
        assert isinstance(await queued(), seawall.PoolTimeoutProblem)
        gate.open()
        assert (await busy()).status == 200
