"""What the server asks for: how long to wait, in all the ways it can say so."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

import seawall
from seawall import Retry, StopReason
from seawall.testing import FakeClock, FaultServer, Reply, Truncate
from tests.behaviours.kit import URL, Script, outcome, reply
from tests.worlds import World

NOW = 1_700_000_000.0  # the wall clock of FakeClock: Tue, 14 Nov 2023 22:13:20 GMT
IN_7_SECONDS = datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=7)

UNDERSTOOD = [
    pytest.param(503, {"retry-after": "7"}, 7.0, id="seconds"),
    pytest.param(503, {"retry-after": " 7\t"}, 7.0, id="blanks"),
    pytest.param(503, {"retry-after": "0"}, 0.0, id="zero"),
    pytest.param(503, {"retry-after": format_datetime(IN_7_SECONDS, usegmt=True)}, 7.0, id="IMF-fixdate"),
    pytest.param(503, {"retry-after": IN_7_SECONDS.strftime("%A, %d-%b-%y %H:%M:%S GMT")}, 7.0, id="RFC 850"),
    pytest.param(503, {"retry-after": IN_7_SECONDS.strftime("%a %b %e %H:%M:%S %Y")}, 7.0, id="asctime"),
    pytest.param(503, {"retry-after": "Tue, 14 Nov 2023 22:00:00 GMT"}, 0.0, id="past date"),
    pytest.param(
        503,
        {"retry-after": "Tue, 14 Nov 2023 23:00:07 GMT", "date": "Tue, 14 Nov 2023 23:00:00 GMT"},
        7.0,
        id="the server's own clock",
    ),
    pytest.param(503, {"retry-after-ms": "7000"}, 7.0, id="milliseconds"),
    pytest.param(503, {"retry-after-ms": "7500.5"}, 7.5005, id="fraction of milliseconds"),
    pytest.param(503, {"retry-after": "7", "retry-after-ms": "100"}, 7.0, id="the standard field first"),
    pytest.param(503, {"retry-after": "soon", "retry-after-ms": "7000"}, 7.0, id="malformed first, then good"),
    pytest.param(429, {"ratelimit": '"default";r=0;t=7'}, 7.0, id="RateLimit"),
    pytest.param(429, {"ratelimit-reset": "7", "ratelimit-remaining": "0"}, 7.0, id="RateLimit-Reset"),
    pytest.param(429, {"x-ratelimit-reset": "7"}, 7.0, id="X-RateLimit-Reset as a span"),
    pytest.param(429, {"x-ratelimit-reset": "1700000007"}, 7.0, id="X-RateLimit-Reset as a moment"),
    pytest.param(503, {"x-ratelimit-reset": "7", "x-ratelimit-remaining": "0"}, 7.0, id="limit used up"),
]
IGNORED = [
    "", "-1", "+1", "1.0", "1e3", "0x7", "7s", "soon", "²", "\xb9", "٣", "nan", "inf", "9" * 5000,
    "Tue, 99 Nov 2023 22:13:27 GMT", "Tue, 14 Nov 2023 22:13:27 CET", "14 Nov 2023", "Tue, 14 Foo 2023 22:13:27 GMT", ";", ",7",
]  # fmt: skip


@pytest.mark.parametrize(("status", "headers", "seconds"), UNDERSTOOD)
async def test_the_wait_is_understood(world: World, status: int, headers: dict[str, str], seconds: float) -> None:
    """R4: seconds, the three forms of a date, milliseconds and the rate limit fields are all waited for."""
    clock = FakeClock(chance=0.0)
    transport = Script(seawall.Response(status, headers=headers), 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await api.get("/agents")
    assert clock.sleeps == ([pytest.approx(seconds)] if seconds else [])


@pytest.mark.parametrize("value", IGNORED)
async def test_a_malformed_wait_is_ignored(world: World, value: str) -> None:
    """R4: what cannot be understood is treated as if it were absent."""
    clock = FakeClock(chance=0.5)
    transport = Script(seawall.Response(503, headers={"retry-after": value}), 200)
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(backoff=1.0)) as api:
        response = await api.get("/agents")
    assert response.status == 200
    assert clock.sleeps == [0.5]


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.999])
async def test_never_earlier_than_asked(world: World, chance: float) -> None:
    """R4: the jitter comes on top of what the server asked for, and never takes from it."""
    clock = FakeClock(chance=chance)
    transport = Script(reply(429, Retry_After="3"), reply(503, Retry_After="5"), 200)
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(backoff=1.0)) as api:
        await api.get("/agents")
    first, second = clock.sleeps
    assert 3 <= first <= 4
    assert 5 <= second <= 7


@pytest.mark.parametrize(
    ("asked", "options", "reason"),
    [
        pytest.param("11", {"timeout": 10.0}, StopReason.DEADLINE, id="longer than the deadline"),
        pytest.param("31", {}, StopReason.DEADLINE, id="longer than the default deadline"),
        pytest.param("61", {"timeout": 1000.0}, StopReason.WAIT_TOO_LONG, id="longer than the default cap"),
        pytest.param("6", {"retry": Retry(max_retry_after=5)}, StopReason.WAIT_TOO_LONG, id="longer than the cap"),
        pytest.param("9999999999", {"timeout": None}, StopReason.WAIT_TOO_LONG, id="three centuries"),
    ],
)
async def test_too_long_a_wait_fails_at_once(
    world: World, clock: FakeClock, asked: str, options: dict[str, Any], reason: StopReason
) -> None:
    """R4: a wait longer than the deadline or the cap fails at once, and the problem tells the seconds."""
    transport = Script(reply(503, Retry_After=asked), 200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.get("/agents", **options))
    assert problem.stopped is reason
    assert problem.retry_after == float(asked)
    assert clock.sleeps == []
    assert len(transport.calls) == 1


async def test_good_answers_ask_for_nothing(world: World, clock: FakeClock) -> None:
    """R4: rate limit fields that come with room to spare do not delay the retry of another failure."""
    headers = {"x-ratelimit-reset": "50", "x-ratelimit-remaining": "12", "ratelimit": '"default";r=12;t=50'}
    transport = Script(seawall.Response(503, headers=headers), 200)
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(backoff=0)) as api:
        await api.get("/agents")
    assert clock.sleeps == []


async def test_an_error_whose_body_breaks_off_keeps_its_status(world: World, fault_server: FaultServer) -> None:
    """R4, E6: a 503 that breaks off in its body is still a 503 with its Retry-After."""
    fault_server.route("GET", "/", Truncate(Reply(503, text="x" * 1000, headers={"Retry-After": "90"})))
    async with world.client(fault_server.url) as api:
        problem = await outcome(api.get("/"))
    assert (problem.status, problem.retry_after, problem.stopped) == (503, 90.0, StopReason.WAIT_TOO_LONG)
