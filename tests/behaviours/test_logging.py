"""Logging as an app has it: a real server, real handlers, and a line for everything that matters."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import seawall
from seawall.model import Event
from seawall.testing import FaultServer, LostAnswer, Reply, Reset
from tests.behaviours.kit import URL, Script, outcome
from tests.behaviours.logs import AGAIN, CANARY, Log
from tests.worlds import World


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[Log]:
    """The logging of an app that shows everything."""
    with caplog.at_level(logging.DEBUG), Log().attached() as log:
        yield log


async def test_a_line_per_call_and_attempt(world: World, fault_server: FaultServer, log: Log) -> None:
    """A call that was tried twice is three lines, which have one number: why it was repeated, and how it ended."""
    fault_server.route("GET", "/v1/agents/7", Reply(503), Reply(json={}))
    async with world.client(f"{fault_server.url}/v1", retry=AGAIN, listeners=log.listeners) as api:
        await api.get("/agents/{id}", path_params={"id": 7}, params={"team": "blue"})
    assert log.told("level", "event", "attempt", "status", "problem", "retried", "attempts") == [
        ("WARNING", "attempt", 1, 503, "UnavailableProblem", "status 503", None),
        ("DEBUG", "attempt", 2, 200, None, None, None),
        ("INFO", "call", None, 200, None, None, 2),
    ]
    assert len({call for (call,) in log.told("call")}) == 1
    url = fault_server.url
    assert log.told("url") == [
        (f"{url}/v1/agents/{{id}}",),
        (f"{url}/v1/agents/7?team=blue",),
        (f"{url}/v1/agents/{{id}}",),
    ]
    lines = [" ".join(line) for line in log.told("level", "logger", "message")]
    assert [line for line in log.plain.getvalue().splitlines() if " seawall." in line] == lines


async def test_calls_have_numbers_of_their_own(world: World, fault_server: FaultServer, log: Log) -> None:
    """The lines of calls that run at the same time can be told apart, each call's in their order."""
    fault_server.route("GET", "/agents", Reply(503))
    async with world.client(fault_server.url, retry=AGAIN, listeners=log.listeners) as api:
        await world.gather(*[lambda: api.get("/agents") for _ in range(5)])
    calls: dict[int, list[Any]] = {}
    for call, event, attempt in log.told("call", "event", "attempt"):
        calls.setdefault(call, []).append((event, attempt))
    assert list(calls.values()) == [[("attempt", 1), ("attempt", 2), ("call", None)]] * 5


@pytest.mark.parametrize(
    ("script", "options", "level", "problem"),
    [
        (Reply(200), {}, "INFO", None),
        (Reply(404), {"accept_status": {404}}, "INFO", None),
        (Reply(404), {}, "INFO", "NotFoundProblem"),
        (Reply(404), {"raise_for_status": False}, "INFO", "NotFoundProblem"),
        (Reply(401), {}, "INFO", "UnauthorizedProblem"),
        (Reply(422), {}, "WARNING", "ValidationProblem"),
        (Reply(500), {}, "ERROR", "ServerErrorProblem"),
        (Reset(), {}, "ERROR", "DisconnectProblem"),
        (LostAnswer(), {}, "ERROR", "DisconnectProblem"),
        (Reply(200, text="no"), {"response_model": int}, "ERROR", "DecodeProblem"),
        (Reply(302, headers={"Location": "ftp://x.example/"}), {}, "ERROR", "RedirectProblem"),
    ],
)
async def test_levels_go_by_outcome(
    world: World, fault_server: FaultServer, log: Log, script: Any, options: dict[str, Any], level: str, problem: str | None
) -> None:
    """The call's line has the level of what came of it, raised or not."""
    fault_server.route("GET", "/agents", script)
    async with world.client(fault_server.url, retry=False, listeners=log.listeners) as api:
        await outcome(api.get("/agents", **options))
    assert log.told("event", "level", "problem")[-1] == ("call", level, problem)


async def test_a_cancelled_call_is_no_error(world: World, log: Log) -> None:
    """Whoever gives up knows it: the line is no warning."""
    cancel = seawall.Cancel()

    def giving_up(request: seawall.Request) -> seawall.Response:
        cancel.cancel()
        raise seawall.CancelledProblem(method=request.method, url=request.redacted_url)

    async with world.client(URL, transport=Script(giving_up), listeners=log.listeners) as api:
        await outcome(api.get("/agents", cancel=cancel))
    assert log.told("event", "level", "stopped")[-1] == ("call", "INFO", "cancelled")


async def test_streams_are_told_at_their_end(world: World, fault_server: FaultServer, log: Log) -> None:
    """A body that the caller reads ends its call when it is read: with its size, and the whole time."""
    fault_server.route("GET", "/export", Reply(200, text="x" * 1000))
    async with world.client(fault_server.url, listeners=log.listeners) as api, api.stream("GET", "/export") as response:
        assert log.told("event") == [("attempt",)]
        await world.read(response)
    assert log.told("event", "size") == [("attempt", None), ("stream", 1000), ("call", None)]


async def test_announcements_are_told_once(world: World, fault_server: FaultServer, log: Log) -> None:
    """E4: deprecation, sunset and warnings are lines of their own, without the words of the server."""
    fields = {
        "Deprecation": "@1735689600",
        "Sunset": "Thu, 01 Jan 2026 00:00:00 GMT",
        "Link": f'<https://docs.example/v1?token={CANARY}>; rel="deprecation"',
        "Warning": '299 acme "mail ada@example.com"',
    }
    fault_server.route("GET", "/agents", Reply(200, headers=fields))
    async with world.client(fault_server.url, listeners=log.listeners) as api:
        await api.get("/agents")
        await api.get("/agents")
    told = [line for line in log.told("logger", "level", "event", "moment", "link") if line[0] == "seawall.lifecycle"]
    assert told == [
        ("seawall.lifecycle", "WARNING", "deprecated", "2025-01-01T00:00:00Z", "https://docs.example/v1"),
        ("seawall.lifecycle", "WARNING", "sunset", "2026-01-01T00:00:00Z", None),
        ("seawall.lifecycle", "WARNING", "server_warning", None, None),
    ]
    assert "ada@" not in log.text
    assert CANARY not in log.text


async def test_an_interceptor_that_raises_is_named(world: World, fault_server: FaultServer, log: Log) -> None:
    """O2: what user code raises is told by its type; its words may quote anything."""

    async def broken(request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        raise ValueError(CANARY)

    for place in ("interceptors", "attempt_interceptors"):
        async with world.client(fault_server.url, listeners=log.listeners, **{place: [broken]}) as api:
            with pytest.raises(ValueError, match=CANARY):
                await api.get("/agents")
    assert log.told("event", "level", "problem") == [
        ("call", "ERROR", "ValueError"),
        ("attempt", "DEBUG", "ValueError"),
        ("call", "ERROR", "ValueError"),
    ]
    assert CANARY not in log.text


class Broken(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise RuntimeError(CANARY)


async def test_a_broken_handler_does_not_spoil_a_call(
    world: World, fault_server: FaultServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A handler that raises on every line costs the app its lines, and neither a call nor a retry."""
    fault_server.route("GET", "/agents", Reply(503), Reply(json=[]))
    handler, logger = Broken(), logging.getLogger("seawall")
    logger.addHandler(handler)
    try:
        async with world.client(fault_server.url, retry=AGAIN, listeners=[seawall.observe.log_calls()]) as api:
            assert (await api.get("/agents")).status == 200
    finally:
        logger.removeHandler(handler)
    assert CANARY not in capsys.readouterr().err


def _counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Have every module of Seawall note the events that it makes."""
    made: list[str] = []

    def noting(kind: type[Event]) -> Callable[..., Event]:
        def make(**facts: Any) -> Event:
            made.append(kind.__name__)
            return kind(**facts)

        return make

    for name, module in list(sys.modules.items()):
        if name.startswith("seawall."):
            for member, value in list(vars(module).items()):
                if isinstance(value, type) and issubclass(value, Event):
                    monkeypatch.setattr(module, member, noting(value))
    return made


async def test_a_client_without_listeners_makes_no_event(
    world: World, fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is built where nobody listens: no event of a call, an attempt, a retry, a redirect, a stream or an announcement."""
    fields = {"Deprecation": "@1735689600", "Sunset": "Thu, 01 Jan 2026 00:00:00 GMT", "Warning": '299 acme "old"'}
    fault_server.route("GET", "/agents", Reply(503), Reply(302, headers={"Location": "/new"}), Reply(503), Reply(503))
    fault_server.route("GET", "/new", Reply(json={"id": 1, "new": 2}, headers=fields))
    heard: list[Event] = []
    made = _counting(monkeypatch)

    async def work(api: Any) -> None:
        await api.get("/agents", response_model=dict[str, int])
        async with api.stream("GET", "/new") as response:
            await world.read(response)
        await outcome(api.get("/agents"))

    async with world.client(fault_server.url, retry=AGAIN) as api:
        await work(api)
    assert made == []
    fault_server.route("GET", "/agents", Reply(503), Reply(302, headers={"Location": "/new"}), Reply(503), Reply(503))
    async with world.client(fault_server.url, retry=AGAIN, listeners=[heard.append]) as api:
        await work(api)
    assert len(made) == len(heard) > 15
    assert {"CallStarted", "RetryScheduled", "RetryStopped", "RedirectFollowed", "StreamFinished", "Deprecated"} <= set(made)


async def test_both_ends_explain(world: World, fault_server: FaultServer) -> None:
    """A response and a problem give the same timeline: for people, as a dictionary, as JSON, and as a note."""
    fault_server.route("GET", "/agents", Reply(503), Reply(json=[]))
    fault_server.route("GET", "/none", Reply(404))
    async with world.client(fault_server.url, retry=AGAIN) as api:
        response = await api.get("/agents", params={"team": "blue"})
        problem = await outcome(api.get("/none", params={"team": "blue"}))
    first, retried, second = str(response.explain()).splitlines()
    assert first.startswith(f"GET {fault_server.url}/agents: 2 attempts in ")
    assert first.endswith(", 200")
    assert "attempt 1 at +" in retried
    assert retried.endswith("; retried: status 503")
    assert "attempt 2 at +" in second
    assert [line.partition(" in ")[0] for line in str(problem.explain()).splitlines()] == [
        f"GET {fault_server.url}/none: 1 attempt",
        f"  attempt 1 at +{problem.attempts[0].started:.3f}s: 404 NotFoundProblem",
    ]
    assert problem.__notes__ == [f"Seawall: {problem.explain()}"]
    facts = json.loads(problem.explain().to_json())
    assert facts == problem.explain().to_dict()
    assert (facts["status"], facts["problem"], facts["url"]) == (404, "NotFoundProblem", f"{fault_server.url}/none?team=blue")
    assert json.loads(response.explain().to_json())["attempts"][0]["retried"] == "status 503"
