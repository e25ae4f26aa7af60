"""The one clock of a call, and the small ones below it."""

from typing import Any

import pytest

import seawall
from seawall import Retry, Sent, StopReason, Timeout
from seawall.testing import Drip, FakeClock, FaultServer, Hang, Reply
from tests.behaviours.kit import URL, Script, outcome, reply
from tests.worlds import World


def _slow(clock: FakeClock, seconds: float, status: int = 503) -> Any:
    def answer(request: seawall.Request) -> seawall.Response:
        clock.advance(seconds)
        return seawall.Response(status)

    return answer


async def test_it_covers_attempts_and_waits(world: World, clock: FakeClock) -> None:
    """R7: attempts and pauses together stay within the total, and the last attempt fails on it."""
    transport = Script(_slow(clock, 4.0))
    begin = clock.monotonic()
    retry = Retry(attempts=10, backoff=1.0)
    async with world.client(URL, transport=transport, clock=clock, timeout=10.0, retry=retry) as api:
        problem = await outcome(api.get("/agents"))
    assert isinstance(problem, seawall.DeadlineProblem)
    assert problem.stopped is StopReason.DEADLINE
    assert clock.sleeps == [0.5, 1.0]
    assert begin + 10 <= clock.monotonic() <= begin + 15  # the mock's last answer comes when it comes
    assert len(transport.calls) == 3


async def test_it_never_sleeps_past_it(world: World, clock: FakeClock) -> None:
    """R7: a pause that would end at the deadline or later is not begun, and the failure stands as it is."""
    transport = Script(503)
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(attempts=9, backoff=8.0)) as api:
        problem = await outcome(api.get("/agents", timeout=4.0))
    assert isinstance(problem, seawall.UnavailableProblem)
    assert problem.stopped is StopReason.DEADLINE
    assert clock.sleeps == []


async def test_it_covers_redirects(world: World, clock: FakeClock) -> None:
    """R7: hops count against the total, one after the other."""

    def hop(request: seawall.Request) -> seawall.Response:
        clock.advance(4.0)
        return reply(302, Location="/agents")

    transport = Script(hop)
    async with world.client(URL, transport=transport, clock=clock, timeout=10.0) as api:
        problem = await outcome(api.get("/agents"))
    assert isinstance(problem, seawall.DeadlineProblem)
    assert len(transport.calls) == 3


async def test_it_covers_nested_calls(world: World, clock: FakeClock) -> None:
    """R7: a call that an interceptor makes through `request.call.send` has what is left of the outer one."""
    limits: list[float] = []

    async def probing(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        if request.url.endswith("/agents"):
            clock.advance(4.0)
            await request.call.send(seawall.Request("GET", f"{URL}/token"))
        return await call_next(request)

    def answer(request: seawall.Request) -> seawall.Response:
        limits.append(request.call.clocks.left() or 0.0)
        return seawall.Response(200)

    async with world.client(URL, transport=Script(answer), clock=clock, timeout=10.0, interceptors=[probing]) as api:
        await api.get("/agents")
    assert limits == [pytest.approx(6.0), pytest.approx(6.0)]


@pytest.mark.parametrize("total", [0, 0.0])
async def test_no_time_sends_nothing(world: World, clock: FakeClock, total: float) -> None:
    """R7: a call without time is refused before it is sent."""
    transport = Script(200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problem = await outcome(api.get("/agents", timeout=total))
    assert isinstance(problem, seawall.DeadlineProblem)
    assert isinstance(problem, TimeoutError)
    assert problem.sent is Sent.NO
    assert transport.calls == []


@pytest.mark.parametrize("part", ["head", "body"])
async def test_a_drip_ends_at_the_deadline(world: World, fault_server: FaultServer, part: Any) -> None:
    """R7: a server that drips a byte at a time satisfies the read clock and still meets the total."""
    answer = Reply(text="x" * 100_000, headers={"X-Long": "y" * 10_000})
    fault_server.route("GET", "/agents", Drip(answer, interval=0.05, part=part))
    async with world.client(fault_server.url, timeout=Timeout(total=0.4, read=10.0), retry=Retry(attempts=9, backoff=0)) as api:
        problem = await outcome(api.get("/agents"))
    assert isinstance(problem, seawall.DeadlineProblem)
    assert len(problem.attempts) == len(fault_server.calls) == 1


async def test_an_attempt_has_its_own_clock(world: World, fault_server: FaultServer) -> None:
    """R7: an attempt that takes too long is given up and sent again, within the total."""
    fault_server.route("GET", "/agents", Hang(), Reply(json=[]))
    async with world.client(fault_server.url, timeout=Timeout(attempt=0.3), retry=Retry(backoff=0)) as api:
        response = await api.get("/agents")
    assert response.json() == []
    assert [attempt.problem for attempt in response.attempts] == ["AttemptTimeoutProblem", None]


async def test_the_attempts_clock_starts_anew(world: World, clock: FakeClock) -> None:
    """R7: each attempt has its full time, and the last one only what is left of the total."""
    limits: list[float] = []

    def answer(request: seawall.Request) -> seawall.Response:
        limits.append(request.call.clocks.left() or 0.0)
        clock.advance(3.0)
        return seawall.Response(503)

    retry, timeout = Retry(attempts=4, backoff=0), Timeout(total=10.0, attempt=4.0)
    async with world.client(URL, transport=Script(answer), clock=clock, retry=retry, timeout=timeout) as api:
        await outcome(api.get("/agents"))
    assert limits == [pytest.approx(left) for left in (4.0, 4.0, 4.0, 1.0)]


async def test_the_server_is_told_what_is_left(world: World, clock: FakeClock) -> None:
    """R7: asked to, each attempt says how many milliseconds are left for it."""
    transport = Script(_slow(clock, 2.5), 200)
    timeout = Timeout(total=10.0, attempt=8.0, header="X-Timeout-Ms")
    async with world.client(URL, transport=transport, clock=clock, timeout=timeout, retry=Retry(backoff=0)) as api:
        await api.get("/agents")
    assert transport.seen("x-timeout-ms") == ["8000", "7500"]


async def test_a_calls_seconds_keep_the_other_clocks(world: World, clock: FakeClock) -> None:
    """R7: `timeout=5` for a call changes the total and leaves the client's other clocks as they are."""
    limits: list[Any] = []

    def answer(request: seawall.Request) -> seawall.Response:
        clocks = request.call.clocks
        limits.append((clocks.left(), clocks.connect, clocks.read))
        return seawall.Response(200)

    async with world.client(URL, transport=Script(answer), clock=clock, timeout=Timeout(connect=1.0, read=2.0)) as api:
        await api.get("/agents")
        await api.get("/agents", timeout=5)
        await api.get("/agents", timeout=None)
    assert limits == [(30.0, 1.0, 2.0), (5.0, 1.0, 2.0), (None, 1.0, 2.0)]


async def test_an_ambient_deadline_holds_for_all_calls_inside(world: World, clock: FakeClock) -> None:
    """R7: `with seawall.deadline(...)` limits each call inside it, also one that asks for more, and none after it."""
    limits: list[float | None] = []

    def answer(request: seawall.Request) -> seawall.Response:
        limits.append(request.call.clocks.left())
        return seawall.Response(200)

    async with world.client(URL, transport=Script(answer), clock=clock) as api:
        with seawall.deadline(20.0):
            with seawall.deadline(25.0):
                await api.get("/agents")
            with seawall.deadline(2.0):
                await api.get("/agents", timeout=10.0)
                await api.get("/agents", timeout=1.0)
        await api.get("/agents")
    first, second, third, fourth = (left or 0.0 for left in limits)
    assert first <= 20.0
    assert second <= 2.0
    assert (third, fourth) == (1.0, 30.0)


@pytest.mark.parametrize("seconds", [-1, float("nan"), "5", True, None])
def test_a_wrong_ambient_deadline_fails(seconds: Any) -> None:
    """R7: an ambient deadline of anything but seconds is refused."""
    with pytest.raises(seawall.UsageError, match="deadline"), seawall.deadline(seconds):
        pass


@pytest.mark.parametrize("name", ["total", "connect", "read", "attempt"])
@pytest.mark.parametrize("seconds", [-1, float("nan"), "5", True])
def test_a_wrong_clock_fails_by_name(name: str, seconds: Any) -> None:
    """R7: a clock of anything but seconds is refused by its name."""
    with pytest.raises(seawall.UsageError, match=f"timeout: {name}"):
        Timeout(**{name: seconds})
