"""What is sent again, and what is not."""

from typing import Any

import pytest

import seawall
from seawall import Retry, Sent, StopReason
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, fail, outcome, reply
from tests.worlds import World

IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]
PASSING_FAILURES = [
    pytest.param(fail(seawall.ConnectProblem, Sent.NO), id="connect"),
    pytest.param(fail(seawall.ResolveProblem, Sent.NO), id="resolve"),
    pytest.param(fail(seawall.ConnectTimeoutProblem, Sent.NO), id="connect-timeout"),
    pytest.param(fail(seawall.PoolTimeoutProblem, Sent.NO), id="pool-timeout"),
    pytest.param(fail(seawall.ReadTimeoutProblem), id="read-timeout"),
    pytest.param(fail(seawall.AttemptTimeoutProblem), id="attempt-timeout"),
    pytest.param(fail(seawall.DisconnectProblem), id="reset"),
    *[pytest.param(status, id=str(status)) for status in (408, 429, 502, 503, 504)],
]
LASTING_FAILURES = [
    *[pytest.param(status, id=str(status)) for status in (400, 401, 403, 404, 409, 410, 412, 422, 500, 501)],
    pytest.param(fail(seawall.CertificateProblem, Sent.NO), id="certificate"),
    pytest.param(fail(seawall.TooLargeProblem, Sent.YES), id="too-large"),
    pytest.param(fail(seawall.RedirectProblem, Sent.YES), id="redirect"),
]


@pytest.mark.parametrize("method", IDEMPOTENT)
@pytest.mark.parametrize("failure", PASSING_FAILURES)
async def test_passing_failures_are_retried(world: World, clock: FakeClock, failure: Any, method: str) -> None:
    """R1: connect failures, timeouts, resets and 408/429/502/503/504 of an idempotent method are sent again."""
    transport = Script(failure, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        response = await api.request(method, "/agents")
    assert response.status == 200
    assert [call.request.method for call in transport.calls] == [method, method]
    assert len(clock.sleeps) == 1


@pytest.mark.parametrize("failure", LASTING_FAILURES)
async def test_lasting_failures_are_not_retried(world: World, clock: FakeClock, failure: Any) -> None:
    """R1: what would not go away by itself is sent once and says so."""
    transport = Script(failure, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.get("/agents"))
    assert len(transport.calls) == 1
    assert problem.stopped is StopReason.NOT_RETRYABLE
    assert clock.sleeps == []


async def test_a_decode_error_is_not_retried(world: World, clock: FakeClock) -> None:
    """R1: a body of the wrong type comes again, so it is not asked for again."""
    transport = Script(reply(200, b'{"id": "x"}', content_type="application/json"))
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.get("/agents", response_model=list[int]))
    assert isinstance(problem, seawall.DecodeProblem)
    assert len(transport.calls) == 1


async def test_a_cancelled_call_is_not_retried(world: World, clock: FakeClock) -> None:
    """R1: a call that was cancelled while it was on the wire is not sent again."""
    cancel = seawall.Cancel()

    def answer(request: seawall.Request) -> seawall.Response:
        cancel.cancel()
        raise seawall.CancelledProblem(method=request.method)

    transport = Script(answer, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.get("/agents", cancel=cancel))
    assert isinstance(problem, seawall.CancelledProblem)
    assert problem.stopped is StopReason.CANCELLED
    assert len(transport.calls) == 1


@pytest.mark.parametrize(
    ("failure", "sendings"),
    [
        pytest.param(fail(seawall.ConnectProblem, Sent.NO), 2, id="connect"),
        pytest.param(fail(seawall.DisconnectProblem), 2, id="reset"),
        pytest.param(fail(seawall.ReadTimeoutProblem), 2, id="timeout"),
        pytest.param(503, 1, id="503"),
        pytest.param(429, 1, id="429"),
        pytest.param(reply(503, Retry_After="1"), 1, id="503 with Retry-After"),
    ],
)
async def test_the_strict_mode_retries_no_status(world: World, clock: FakeClock, failure: Any, sendings: int) -> None:
    """R1: a strict mode retries only network errors and timeouts."""
    transport = Script(failure, 200)
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(strict=True)) as api:
        await outcome(api.get("/agents"))
    assert len(transport.calls) == sendings


async def test_other_statuses_are_retried_when_named(world: World, clock: FakeClock) -> None:
    """R1: 500 is retried where the options name it, and then 503 is not."""
    transport, other = Script(500, 200), Script(503, 200)
    retry = Retry(statuses={500})
    async with world.client(URL, transport=transport, clock=clock, retry=retry) as api:
        assert (await api.get("/agents")).status == 200
    async with world.client(URL, transport=other, clock=clock, retry=retry) as api:
        assert (await outcome(api.get("/agents"))).stopped is StopReason.NOT_RETRYABLE


@pytest.mark.parametrize(
    ("retry", "sendings", "reason"),
    [
        pytest.param(Retry(attempts=4), 4, StopReason.ATTEMPTS_USED, id="Retry"),
        pytest.param(2, 2, StopReason.ATTEMPTS_USED, id="number"),
        pytest.param(1, 1, StopReason.RETRY_OFF, id="one"),
        pytest.param(False, 1, StopReason.RETRY_OFF, id="False"),
        pytest.param(True, 3, StopReason.ATTEMPTS_USED, id="True"),
    ],
)
@pytest.mark.parametrize("of_the_call", [True, False])
async def test_attempts_are_counted(
    world: World, clock: FakeClock, retry: Any, sendings: int, reason: StopReason, of_the_call: bool
) -> None:
    """R1: `retry=` is the number of sends in all, for the client or for one call."""
    transport = Script(503)
    client, call = ({"retry": 7}, {"retry": retry}) if of_the_call else ({"retry": retry}, {})
    async with world.client(URL, transport=transport, clock=clock, **client) as api:
        problem = await outcome(api.get("/agents", **call))
    assert len(transport.calls) == sendings
    assert problem.stopped is reason


async def test_the_pauses_grow_and_are_random(world: World) -> None:
    """R5: the pause before retry n is the random part of a ceiling that doubles up to its maximum."""
    clock = FakeClock(chance=0.25)
    retry = Retry(attempts=6, backoff=1.0, max_backoff=4.0)
    async with world.client(URL, transport=Script(503), clock=clock, retry=retry) as api:
        await outcome(api.get("/agents"))
    assert clock.sleeps == [0.25, 0.5, 1.0, 1.0, 1.0]


async def test_the_servers_veto_is_honoured(world: World, clock: FakeClock) -> None:
    """R6: `x-should-retry: false` ends the retries, in any case."""
    transport = Script(reply(503, X_Should_Retry=" False "), 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.get("/agents"))
    assert problem.stopped is StopReason.SERVER_VETO
    assert len(transport.calls) == 1


async def test_the_attempts_number_travels_if_asked(world: World, clock: FakeClock) -> None:
    """R6: the number of the attempt is sent in the header that was asked for, and in none otherwise."""
    transport = Script(503, 503, 200, 503, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.get("/agents", retry=Retry(attempt_header="X-Attempt"))
        await api.get("/agents")
    assert transport.seen("x-attempt") == ["1", "2", "3", None, None]


async def test_the_request_id_is_one_for_all_attempts(world: World, clock: FakeClock) -> None:
    """R6: all attempts of a call carry one X-Request-Id, and the next call another."""
    transport = Script(503, 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.get("/agents")
        await api.get("/agents")
    first, second, third = transport.seen("x-request-id")
    assert first == second != third
