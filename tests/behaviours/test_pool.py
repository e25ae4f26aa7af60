"""Connections come back, whatever a response was good for."""

from typing import Any

import pytest

import seawall
from seawall import Retry
from seawall.testing import FakeClock, FaultServer, Gate, Reply, Reset, Truncate
from tests.behaviours.kit import outcome
from tests.worlds import World

KEEN = Retry(attempts=100, backoff=0, budget=None)
ALL_TIME = {"timeout": seawall.Timeout(total=None, connect=5.0, read=5.0)}


@pytest.mark.parametrize(
    ("answer", "retried", "is_kept"),
    [
        pytest.param(Reply(503, text="busy"), 1000, True, id="short body"),
        pytest.param(Reply(503, text="busy", chunked=True), 200, True, id="chunked body"),
        pytest.param(Reply(503, body=b"x" * 30_000), 200, True, id="body under 64 KiB"),
        pytest.param(Reset(), 1000, False, id="reset"),
        pytest.param(Truncate(Reply(503, text="busy")), 200, False, id="truncated"),
    ],
)
async def test_a_pool_of_one_never_runs_dry(
    world: World, fault_server: FaultServer, answer: Any, retried: int, is_kept: bool
) -> None:
    """R8: hundreds of retried responses, or a thousand, leave the only connection free each time."""
    fault_server.route("GET", "/agents", *[answer] * retried, Reply(json=[]))
    async with world.client(fault_server.url, max_connections=1, retry=KEEN, **ALL_TIME) as api:
        for _ in range(retried // 100):
            await outcome(api.get("/agents"))
        assert (await api.get("/agents")).json() == []
    assert len(fault_server.calls) == retried + 1
    connections = 1 if is_kept else retried
    assert connections <= fault_server.connections <= connections + 1


async def test_streams_give_their_connection_back(world: World, fault_server: FaultServer) -> None:
    """R8: retries of streamed calls, small and large, free the only connection as well."""
    large = Reply(503, body=b"x" * 2_000_000)
    fault_server.route("GET", "/agents", *[large, Reply(503, text="busy")] * 10, Reply(body=b"whole"))
    async with (
        world.client(fault_server.url, max_connections=1, retry=KEEN, **ALL_TIME) as api,
        api.stream("GET", "/agents") as response,
    ):
        assert await world.read(response) == b"whole"
        assert len(response.attempts) == 21


async def test_a_failure_found_by_an_interceptor_frees_its_connection(world: World, fault_server: FaultServer) -> None:
    """R8: a streamed 200 that an interceptor declares a failure is let go of before it is sent again."""

    async def judging(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        response = await call_next(request)
        if response.headers.get("x-failed"):
            response.problem = seawall.UnavailableProblem(status=503, sent=seawall.Sent.YES, response=response)
        return response

    failed = [Reply(body=body, headers={"X-Failed": "1"}) for body in (b"short", b"x" * 2_000_000)]
    fault_server.route("GET", "/agents", *failed * 5, Reply(body=b"whole"))
    options: dict[str, Any] = {"attempt_interceptors": [judging], "max_connections": 1, "retry": KEEN, **ALL_TIME}
    async with world.client(fault_server.url, **options) as api, api.stream("GET", "/agents") as response:
        assert await world.read(response) == b"whole"


async def test_redirects_give_their_connection_back(world: World, fault_server: FaultServer) -> None:
    """R8: the answers on the way, short and long, do not hold the only connection."""
    bodies = [b"", b"moved", b"x" * 30_000, b"x" * 2_000_000]
    hops = [Reply(302, body=body, headers={"Location": "/agents"}) for body in bodies]
    fault_server.route("GET", "/agents", *hops * 4, Reply(json=[]))
    async with world.client(fault_server.url, max_connections=1) as api:
        for streamed in (False, True):
            if streamed:
                fault_server.route("GET", "/agents", *hops * 4, Reply(json=[]))
                async with api.stream("GET", "/agents") as response:
                    assert await world.read(response) == b"[]"
            else:
                assert (await api.get("/agents")).json() == []


@pytest.mark.parametrize("size", [0, 2_000_000])
async def test_an_error_response_of_a_stream_is_closed(world: World, fault_server: FaultServer, size: int) -> None:
    """R8: a stream that is refused frees the connection without the caller's help, however much is said about it."""
    fault_server.route("GET", "/agents", Reply(403, json={"code": "AGENT_FORBIDDEN", "detail": "x" * size}))
    async with world.client(fault_server.url, max_connections=1) as api:
        for _ in range(5):
            with pytest.raises(seawall.ForbiddenProblem) as caught:
                async with api.stream("GET", "/agents"):
                    pass
            assert caught.value.code == (None if size else "AGENT_FORBIDDEN")


async def test_waiting_for_a_connection_has_an_end(world: World, fault_server: FaultServer) -> None:
    """R8: while the only connection is busy another call waits no longer than its time, and was not sent."""
    gate = Gate()
    fault_server.route("GET", "/busy", gate)
    fault_server.route("GET", "/agents", Reply(json=[]))
    async with world.client(fault_server.url, max_connections=1) as api:
        end = await world.start(lambda: api.get("/busy"))
        await world.until(gate.reached.wait)
        problem = await outcome(api.get("/agents", timeout=0.2, retry=False))
        gate.open()
        assert (await end()).status == 200
        assert (await api.get("/agents")).json() == []
    assert isinstance(problem, TimeoutError)
    assert problem.sent is seawall.Sent.NO
    assert len(fault_server.calls) == 2


async def test_a_fake_clock_and_real_sockets_agree(world: World, fault_server: FaultServer, clock: FakeClock) -> None:
    """R8: pauses jump with the fake clock while the sockets go on in real time."""
    fault_server.route("GET", "/agents", Reply(503, headers={"Retry-After": "20"}), Reply(json=[]))
    async with world.client(fault_server.url, clock=clock, max_connections=1) as api:
        assert (await api.get("/agents")).json() == []
    assert clock.sleeps == [pytest.approx(20.125)]
