"""What a problem tells: every attempt, why it stopped, and a cause that quotes nothing."""

import contextvars
import socket
import traceback
from collections.abc import Callable
from typing import Any

import pytest

import seawall
from seawall import Retry, Sent, StopReason
from seawall.chain import FlightError, SingleFlight
from seawall.model import Runtime
from seawall.testing import FakeClock, FaultServer, Reset
from tests.behaviours.kit import URL, Script, Unplugged, fail, outcome, reply
from tests.worlds import World


async def test_a_problem_lists_its_attempts(world: World) -> None:
    """R9: each attempt is recorded with its number, outcome, wait, and why the next one followed or did not."""
    clock = FakeClock(chance=0.5)

    def slow(request: seawall.Request) -> seawall.Response:
        clock.advance(2.0)
        return seawall.Response(503)

    transport = Script(fail(seawall.DisconnectProblem), slow, reply(429, Retry_After="4"))
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(backoff=1.0)) as api:
        problem = await outcome(api.get("/agents"))
    first, second, third = problem.attempts
    assert [attempt.number for attempt in problem.attempts] == [1, 2, 3]
    assert (first.status, first.problem, first.sent) == (None, "DisconnectProblem", Sent.MAYBE)
    assert (second.status, second.problem, second.sent) == (503, "UnavailableProblem", Sent.YES)
    assert (third.status, third.problem, third.sent) == (429, "RateLimitedProblem", Sent.YES)
    assert [attempt.waited for attempt in problem.attempts] == [0.0, 0.5, 1.0]
    assert [attempt.started for attempt in problem.attempts] == [0.0, 0.5, 3.5]
    assert [attempt.duration for attempt in problem.attempts] == [0.0, 2.0, 0.0]
    assert [attempt.retried for attempt in problem.attempts] == ["network failure", "status 503", None]
    assert [attempt.stopped for attempt in problem.attempts] == [None, None, StopReason.ATTEMPTS_USED]
    assert problem.stopped is StopReason.ATTEMPTS_USED


async def test_a_response_lists_its_attempts_too(world: World, clock: FakeClock) -> None:
    """R9: a call that went well in the end explains what it took."""
    async with world.client(URL, transport=Script(503, 200), clock=clock) as api:
        response = await api.get("/agents")
    assert [attempt.status for attempt in response.attempts] == [503, 200]
    assert response.attempts[0].retried == "status 503"
    text = str(response.explain())
    assert text.startswith(f"GET {URL}/agents: 2 attempts")
    assert "attempt 1 at +0.000s: 503 UnavailableProblem" in text
    assert response.explain().to_dict()["attempts"][1]["status"] == 200


async def test_the_notes_hold_the_timeline(world: World, clock: FakeClock) -> None:
    """R9: a traceback shows the timeline once, and why it ended."""
    async with world.client(URL, transport=Script(503), clock=clock) as api:
        problem = await outcome(api.get("/agents"))
    text = "".join(traceback.format_exception(problem))
    assert text.count("attempt 1 at") == text.count("attempt 3 at") == 1
    assert StopReason.ATTEMPTS_USED.value in text


@pytest.mark.parametrize(
    ("transport", "options", "reason"),
    [
        pytest.param(lambda: Script(503), {}, StopReason.ATTEMPTS_USED, id="attempts"),
        pytest.param(lambda: Script(503), {"retry": False}, StopReason.RETRY_OFF, id="off"),
        pytest.param(lambda: Script(404), {}, StopReason.NOT_RETRYABLE, id="lasting"),
        pytest.param(lambda: Script(503), {"idempotent": False}, StopReason.NOT_IDEMPOTENT, id="not idempotent"),
        pytest.param(lambda: Script(503), {"content": iter([b"x"])}, StopReason.BODY_NOT_REPLAYABLE, id="body"),
        pytest.param(lambda: Script(reply(503, Retry_After="20")), {"timeout": 5}, StopReason.DEADLINE, id="deadline"),
        pytest.param(lambda: Script(reply(503, Retry_After="61")), {"timeout": None}, StopReason.WAIT_TOO_LONG, id="cap"),
        pytest.param(lambda: Script(reply(503, X_Should_Retry="false")), {}, StopReason.SERVER_VETO, id="veto"),
        pytest.param(lambda: Script(fail(seawall.DeadlineProblem)), {}, StopReason.DEADLINE, id="deadline in an attempt"),
    ],
)
async def test_each_problem_says_why_it_stopped(
    world: World, clock: FakeClock, transport: Callable[[], Any], options: dict[str, Any], reason: StopReason
) -> None:
    """R9: the reason is told by the problem, by its last attempt, and in its explanation."""
    if "content" in options:
        options = {**options, "content": iter([b"x"])}
    async with world.client(URL, transport=transport(), clock=clock) as api:
        problem = await outcome(api.put("/agents", **options))
    assert problem.stopped is reason
    assert problem.attempts[-1].stopped is reason
    assert reason.value in str(problem.explain())


async def test_the_cause_is_a_redacted_stand_in(world: World) -> None:
    """R9: `__cause__` tells the type and errno of what the system said, and the raw error hangs nowhere."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        async with world.client(url, retry=False) as api:
            problem = await outcome(api.get("/agents"))
    assert isinstance(problem, seawall.ConnectProblem)
    assert isinstance(problem.__cause__, seawall.OriginalError)
    assert str(problem.__cause__) == "ConnectionRefusedError ECONNREFUSED"
    assert problem.__context__ is None or problem.__context__ is problem.__cause__
    assert "httpcore" not in "".join(traceback.format_exception(problem.__cause__))


async def test_a_broken_connection_has_a_cause_as_well(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """R9: a reset is told by its errno, after every attempt that met one."""
    fault_server.route("GET", "/agents", Reset())
    async with world.client(fault_server.url, retry=Retry(attempts=2, backoff=0)) as api:
        problem = await outcome(api.get("/agents"))
    assert isinstance(problem, seawall.DisconnectProblem)
    assert str(problem.__cause__) == "ConnectionResetError ECONNRESET"
    assert len(problem.attempts) == 2


async def test_each_of_many_callers_gets_its_own_problem(world: World, clock: FakeClock) -> None:
    """R9: calls that fail at the same time share no exception, so that no traceback grows."""
    async with world.client(URL, transport=Script(503), clock=clock, retry=False) as api:
        problems = await world.gather(*[lambda: api.get("/agents") for _ in range(100)])
    assert len({id(problem) for problem in problems}) == 100
    lengths = {len(traceback.extract_tb(problem.__traceback__)) for problem in problems}
    assert max(lengths) < 60


async def test_each_of_many_waiters_gets_its_own_error(world: World) -> None:
    """R9: waiters of one failed flight share its cause, each in an exception of its own."""
    runtime = world.runtime()

    async def work(leader: Runtime) -> None:
        raise ValueError("lost")

    flight = SingleFlight(work)
    errors = await world.gather(*[lambda: flight.join(runtime) for _ in range(50)])
    assert all(isinstance(error, FlightError) and isinstance(error.cause, ValueError) for error in errors)
    assert len({id(error) for error in errors}) == 50
    assert all(len(traceback.extract_tb(error.cause.__traceback__)) < 5 for error in errors)


async def test_attempts_of_concurrent_calls_do_not_mix(world: World, clock: FakeClock) -> None:
    """R9: each call lists its own attempts and no others."""
    transport = Unplugged(40, 200)
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(attempts=3)) as api:
        results = await world.gather(*[lambda: api.get("/agents") for _ in range(20)])
    assert all(1 <= len(result.attempts) <= 3 for result in results)
    assert sum(len(result.attempts) for result in results) == transport.refused + len(transport.calls)
    assert all([attempt.number for attempt in result.attempts] == [*range(1, len(result.attempts) + 1)] for result in results)


def test_context_is_not_needed_to_explain() -> None:
    """R9: a problem that never ran in a call explains itself without failing."""
    problem = contextvars.copy_context().run(seawall.DisconnectProblem)
    assert str(problem.explain()) == "? ?: 0 attempts"
