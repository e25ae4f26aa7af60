"""Which route of a MockTransport takes a call, and what becomes of one that none takes."""

from typing import Any

import pytest

import seawall
from seawall import MockTransport, Secret, UsageError
from tests.worlds import World

URL = "https://api.acme.example"

ROUTES: list[tuple[str, str, dict[str, Any] | None]] = [
    ("*", "*", None),
    ("GET", "*", None),
    ("GET", "/files/*", None),
    ("GET", "/files/{name}", None),
    ("GET", "/{kind}/{id}", None),
    ("GET", "/agents/{id}", None),
    ("GET", "/{kind}/7", None),
    ("*", "/agents/7", None),
    ("GET", "/agents/7", None),
    ("GET", "/agents/7", {"page": 2, "all": True}),
    ("GET", "/agents/7", {"page": 2}),
    ("GET", "https://other.example/agents/7", None),
    ("GET", "https://other.example/*", None),
]


@pytest.mark.parametrize(
    ("method", "url", "chosen", "values"),
    [
        ("GET", "/agents/7", 8, {}),
        ("PUT", "/agents/7", 7, {}),
        ("GET", "/agents/7?page=2&sort=up", 10, {}),
        ("GET", "/agents/7?page=2&all=true", 9, {}),
        ("GET", "/agents/7?page=3", 8, {}),
        ("GET", "/agents/8", 5, {"id": "8"}),
        ("GET", "/agents/a%2Fb%20c", 5, {"id": "a/b c"}),
        ("GET", "/teams/7", 6, {"kind": "teams"}),
        ("GET", "/teams/8", 4, {"kind": "teams", "id": "8"}),
        ("GET", "/files/a", 3, {"name": "a"}),
        ("GET", "/files/a/b", 2, {}),
        ("GET", "/agents/7/8", 1, {}),
        ("PUT", "/agents/8", 0, {}),
        ("GET", "https://other.example/agents/7", 11, {}),
        ("GET", "https://other.example/teams/9/x", 12, {}),
        ("GET", "https://third.example/agents/7", 8, {}),
    ],
)
@pytest.mark.parametrize("order", [1, -1], ids=["as listed", "backwards"])
async def test_the_most_specific_route_takes_a_call(
    world: World, order: int, method: str, url: str, chosen: int, values: dict[str, str]
) -> None:
    """A path comes before a template before all, whatever was added first, and the places of a template have values."""
    transport = MockTransport()
    for number, (wanted, path, query) in list(enumerate(ROUTES))[::order]:
        transport.route(wanted, path, {"route": number}, query=query)
    async with world.client(URL, transport=transport) as api:
        response = await api.request(method, url)
    assert response.json() == {"route": chosen}
    assert transport.calls[0].path_params == values


async def test_a_later_route_replaces_an_equal_one(world: World) -> None:
    """Two routes for the same calls are one, whatever the places of their templates are called."""
    transport = MockTransport()
    old = transport.route("get", "/agents/{id}", 500)
    new = transport.route("GET", "/agents/{name}", 200)
    assert transport.routes == [new]
    async with world.client(URL, transport=transport) as api:
        await api.get("/agents/7")
    assert (old.called, new.called_once().path_params) == (False, {"name": "7"})


@pytest.mark.parametrize("path", ["agents", "/agents?page=2", "", "/{}", "/{a b}", "/{id", "/id}", "/{id}/{id}", "ftp://x/y"])
def test_a_path_that_no_call_has_is_refused(path: str) -> None:
    """A route that could never be found fails when it is made."""
    with pytest.raises(UsageError):
        MockTransport().route("GET", path, 200)


def test_a_route_without_answers_is_refused() -> None:
    """A route needs something to say."""
    with pytest.raises(UsageError, match="give at least one answer"):
        MockTransport().route("GET", "/x")


async def test_a_call_without_a_route_is_misuse_that_shows_the_routes(world: World) -> None:
    """An unrouted call names itself without its secrets, the nearest route, and all of them."""
    transport = MockTransport()
    transport.route("GET", "/agents/{id}", 200)
    transport.route("POST", "/agents", 200, query={"api_key": Secret("abc")})
    async with world.client(URL, transport=transport) as api:
        with pytest.raises(UsageError) as caught:
            await api.get("/agent/7", params={"token": "abc"})
    asked = f"GET {URL}/agent/7?token=[redacted]"
    routes = "POST /agents with api_key=[redacted], GET /agents/{id}"
    nearest = "the nearest is GET /agents/{id}"
    assert str(caught.value) == f"MockTransport has no route and no handler for {asked}; {nearest} (routes: {routes})"
    assert [call.path for call in transport.unexpected_calls] == ["/agent/7"]
    assert transport.calls == transport.unexpected_calls


async def test_many_routes_are_not_all_listed(world: World) -> None:
    """The message about an unrouted call stays short."""
    transport = MockTransport()
    for number in range(30):
        transport.route("GET", f"/{number:02}", 200)
    async with world.client(URL, transport=transport) as api:
        with pytest.raises(UsageError, match=r"GET https://api.acme.example/zzz \(routes: GET /00, .* GET /09, and 20 more\)$"):
            await api.get("/zzz")


async def test_the_handler_takes_what_no_route_takes(world: World) -> None:
    """A handler is the last resort, may give any answer, and leaves no call unexpected."""
    transport = MockTransport(lambda request: {"path": request.target})
    route = transport.route("GET", "/x", 204)
    async with world.client(URL, transport=transport) as api:
        assert (await api.get("/x")).status == 204
        assert (await api.get("/y")).json() == {"path": "/y"}
    assert (route.call_count, len(transport.calls)) == (1, 2)
    assert transport.no_unexpected_calls() is True


async def test_an_unrouted_call_leaves_no_secret_in_our_frames(world: World) -> None:
    """What a crash report shows of our frames holds no query and no body."""
    import traceback

    async with world.client(URL, transport=MockTransport()) as api:
        with pytest.raises(UsageError) as caught:
            await api.post("/x", params={"token": "canary-1"}, json={"password": Secret("canary-2")})
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    shown = repr([frame.locals for frame in frames if "/seawall/" in frame.filename])
    assert "MockCall" in shown
    assert "canary" not in shown


def test_clients_share_a_transport() -> None:
    """One transport may stand behind many clients, and notes the calls of all."""
    transport = MockTransport()
    route = transport.route("GET", "/x", 204)
    for _ in range(2):
        with seawall.Client(URL, transport=transport) as api:
            api.get("/x")
    route.called_times(2)
