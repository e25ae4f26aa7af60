"""What servers announce, told once; and the end of an app's own version."""

from typing import Any

import pytest

import seawall
from seawall.model import Deprecated, Event, ServerWarning, SunsetAnnounced
from seawall.testing import FaultServer, Reply
from tests.behaviours.kit import outcome
from tests.worlds import World

FIELDS = {
    "Deprecation": "@1688169599",
    "Sunset": "Mon, 31 Dec 2018 23:59:59 GMT",
    "Warning": '299 - "Use v2"',
    "Link": '</v2>; rel="deprecation"',
}


async def test_each_announcement_is_told_once(world: World) -> None:
    """Every answer repeats it, and the listener hears each once per resource; a changed one is told again."""
    heard: list[Event] = []
    with FaultServer() as server:
        server.route(
            "GET", "/agents", *[Reply(200, headers=FIELDS)] * 3, Reply(200, headers={**FIELDS, "Deprecation": "@1700000000"})
        )
        server.route("GET", "/teams", Reply(200, headers={"Deprecation": "true"}))
        async with world.client(server.url, listeners=[heard.append]) as api:
            for _ in range(4):
                await api.get("/agents", params={"page": 1})
            for _ in range(2):
                await api.get("/teams")
    told = [event for event in heard if isinstance(event, Deprecated | SunsetAnnounced | ServerWarning)]
    assert [type(event).__name__ for event in told] == [
        "Deprecated",
        "SunsetAnnounced",
        "ServerWarning",
        "Deprecated",
        "Deprecated",
    ]
    deprecated = [event for event in told if isinstance(event, Deprecated)]
    assert [event.since for event in deprecated] == [1688169599.0, 1700000000.0, None]
    assert deprecated[0].link == f"{server.url}/v2"


async def test_the_route_is_the_resource(world: World) -> None:
    """Calls of one template are one resource, whatever fills it."""
    heard: list[Event] = []
    with FaultServer() as server:
        server.route("GET", "*", Reply(200, headers={"Deprecation": "true"}))
        async with world.client(server.url, listeners=[heard.append]) as api:
            for number in range(3):
                await api.get("/agents/{id}", path_params={"id": number})
    assert [event.route for event in heard if isinstance(event, Deprecated)] == ["/agents/{id}"]


async def test_errors_announce_too(world: World) -> None:
    """A deprecated resource that fails is deprecated all the same."""
    heard: list[Event] = []
    with FaultServer() as server:
        server.route("GET", "/agents", Reply(404, headers={"Sunset": FIELDS["Sunset"]}))
        async with world.client(server.url, listeners=[heard.append]) as api:
            await outcome(api.get("/agents"))
    assert [event.moment for event in heard if isinstance(event, SunsetAnnounced)] == [1546300799.0]


def test_without_listeners_it_is_not_in_the_chain() -> None:
    """What nobody hears is not looked for."""
    with seawall.Client() as silent, seawall.Client(listeners=[print]) as heard:
        assert "lifecycle" not in silent.pipeline.attempt
        assert "lifecycle" in heard.pipeline.attempt


@pytest.mark.parametrize(
    ("status", "reply", "minimum"),
    [
        (403, {"json": {"code": "APP_UPGRADE_REQUIRED", "detail": "no", "params": {"minimum": "2.1.0"}}}, "2.1.0"),
        (400, {"json": {"detail": {"code": "app_upgrade_required", "min_version": 3}}}, "3"),
        (426, {"text": "Too old"}, None),
    ],
)
async def test_a_forced_upgrade_is_its_own_problem(world: World, status: int, reply: dict[str, Any], minimum: str | None) -> None:
    """By its code, or by a 426 that names no protocol, an app learns that it is too old, and from which version on it is not."""
    with FaultServer() as server:
        server.route("GET", "/", Reply(status, **reply))
        async with world.client(server.url) as api:
            problem = await outcome(api.get("/"))
    assert isinstance(problem, seawall.AppUpgradeProblem)
    assert (problem.code, problem.minimum, problem.status) == ("APP_UPGRADE_REQUIRED", minimum, status)
    assert problem.user_message() == "This version of the app is too old. Please update it."


async def test_a_426_for_a_protocol_is_none(world: World) -> None:
    """RFC 9110, 15.5.22: a 426 that names a protocol asks for that one, and not for another app."""
    with FaultServer() as server:
        server.route("GET", "/", Reply(426, headers={"Upgrade": "HTTP/3.0", "Connection": "Upgrade"}))
        async with world.client(server.url) as api:
            problem = await outcome(api.get("/"))
    assert type(problem) is seawall.ClientErrorProblem
    assert "version" not in problem.user_message()
