"""Retries are not multiplied when one call is made inside another."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall import Retry, StopReason
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, outcome
from tests.worlds import World


def _asking(inner: Any, *, blocking: bool) -> Any:
    """An interceptor that asks another client first."""
    if blocking:

        def ask(request: seawall.Request, call_next: Any) -> seawall.Response:
            inner.client.get("/flags")
            return call_next(request)

        return ask

    async def ask_and_wait(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        await inner.get("/flags")
        return await call_next(request)

    return ask_and_wait


async def test_a_nested_client_leaves_retries_to_the_outer_one(world: World, clock: FakeClock) -> None:
    """R10: of two clients with three attempts each, one inside the other, the inner sends three times and not nine."""
    transport = Script(503)
    async with world.client(URL, transport=transport, clock=clock) as inner:
        options: dict[str, Any] = {"attempt_interceptors": [_asking(inner, blocking=world.is_blocking)]}
        async with world.client(URL, transport=Script(200), clock=clock, **options) as outer:
            problem = await outcome(outer.get("/agents"))
    assert len(transport.calls) == 3
    assert problem.stopped is StopReason.ATTEMPTS_USED


async def test_a_nested_problem_says_who_retries(world: World, clock: FakeClock) -> None:
    """R10: the inner problem names the outer call as the one that holds the retries."""
    seen: list[seawall.ApiProblem] = []
    async with world.client(URL, transport=Script(503), clock=clock, interceptors=[seawall.on_problem(seen.append)]) as inner:
        options: dict[str, Any] = {"interceptors": [_asking(inner, blocking=world.is_blocking)]}
        async with world.client(URL, transport=Script(200), clock=clock, retry=False, **options) as outer:
            await outcome(outer.get("/agents"))
    assert [problem.stopped for problem in seen] == [StopReason.NESTED]


async def test_a_call_through_the_runtime_has_its_own_retries(world: World, clock: FakeClock) -> None:
    """R10: what a policy asks for by `request.call.send` is no nested call and is retried by itself."""

    async def refreshing(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        if request.url.endswith("/agents"):
            await request.call.send(seawall.Request("GET", f"{URL}/token"))
        return await call_next(request)

    transport = Script(503, 503, 200)
    async with world.client(URL, transport=transport, clock=clock, interceptors=[refreshing]) as api:
        response = await api.get("/agents")
    assert [call.request.target for call in transport.calls] == ["/token", "/token", "/token", "/agents"]
    assert len(response.attempts) == 1


async def test_one_call_after_another_is_not_nested(world: World, clock: FakeClock) -> None:
    """R10: the mark ends with the call, also with one that failed."""
    transport = Script(503)
    async with world.client(URL, transport=transport, clock=clock) as api:
        problems = [await outcome(api.get("/agents")) for _ in range(2)]
    assert [len(problem.attempts) for problem in problems] == [3, 3]


async def test_calls_in_an_open_stream_are_not_nested(world: World, clock: FakeClock) -> None:
    """R10: what is called while a stream is read keeps its retries."""
    transport = Script(200, 503, 200)
    async with world.client(URL, transport=transport, clock=clock) as api, api.stream("GET", "/agents"):
        assert (await api.get("/agents")).status == 200


async def test_calls_side_by_side_are_not_nested(world: World, clock: FakeClock) -> None:
    """R10: concurrent calls of one client do not count as nested."""
    transport = Script(503)
    async with world.client(URL, transport=transport, clock=clock, retry=Retry(attempts=2, budget=None)) as api:
        problems = await world.gather(*[lambda: api.get("/agents") for _ in range(20)])
    assert [len(problem.attempts) for problem in problems] == [2] * 20


async def test_work_that_was_spawned_is_not_nested(world: World, clock: FakeClock) -> None:
    """R10: a poll or a refresh that a call starts beside itself keeps its retries."""
    transport = Script(503, 503, 200)
    spawned: list[Any] = []
    async with world.client(URL, transport=transport, clock=clock) as poller:

        async def starting(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
            spawned.append(request.call.runtime.spawn(lambda: poller.get("/flags")))
            return await call_next(request)

        async with world.client(URL, transport=Script(200), clock=clock, interceptors=[starting]) as api:
            await api.get("/agents")
        await spawned[0].aclose()
    assert len(transport.calls) == 3


async def test_a_download_resumes_within_its_attempts(world: World, clock: FakeClock, tmp_path: Path) -> None:
    """R10: the attempts of a download are its sends in all, whether a head or a body fails."""
    transport = Script(503)
    async with world.client(URL, transport=transport, clock=clock) as api:
        await outcome(api.download("/export", to=tmp_path / "export"))
    assert len(transport.calls) == 3


async def test_nested_calls_without_end_are_misuse(world: World) -> None:
    """An interceptor that sends for its own nested calls too is told so by name, and nothing goes on for ever."""

    async def endless(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        return await request.call.send(seawall.Request("GET", f"{URL}/token"))

    transport = Script(200)
    async with world.client(URL, transport=transport, interceptors=[endless]) as api:
        with pytest.raises(seawall.UsageError, match=r"call\.send"):
            await api.get("/agents")
    assert transport.calls == []


def test_a_task_that_outlives_its_call_retries_again(clock: FakeClock) -> None:
    """R10: what an interceptor started beside the call is nested only while the call runs."""
    inner_transport = Script(503, 503, 200)

    async def main() -> seawall.Response:
        tasks: list[asyncio.Task[seawall.Response]] = []
        gate = asyncio.Event()
        inner = seawall.AsyncClient(URL, transport=inner_transport, clock=clock)

        async def later() -> seawall.Response:
            await gate.wait()
            return await inner.get("/flags")

        async def starting(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
            tasks.append(asyncio.create_task(later()))
            return await call_next(request)

        outer = seawall.AsyncClient(URL, transport=Script(200), interceptors=[starting])
        await outer.get("/agents")
        gate.set()
        return await tasks[0]

    assert asyncio.run(main()).status == 200
    assert len(inner_transport.calls) == 3
