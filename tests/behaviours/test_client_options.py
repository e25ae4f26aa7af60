"""Options of clients and calls: what is wrong fails early and by its name."""

import pickle
import ssl
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import seawall
from seawall import AppInfo, Idempotency, Retry, Secret
from seawall.auth import Bearer
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, outcome, reply
from tests.worlds import World

WRONG_FOR_CLIENTS: list[tuple[str, dict[str, Any]]] = [
    ("base_url", {"base_url": "https://api.acme.example?x=1"}),
    ("base_url", {"base_url": "https://api.acme.example#top"}),
    ("base_url", {"base_url": "api.acme.example"}),
    ("base_url", {"base_url": "127.0.0.1:8000"}),
    ("base_url", {"base_url": "ftp://api.acme.example"}),
    ("base_url", {"base_url": "https://ada:pw@api.acme.example"}),
    ("base_url", {"base_url": "https://x:99999"}),
    ("base_url", {"base_url": "https://"}),
    ("app", {"app": "acme-console"}),
    ("timeout", {"timeout": "5"}),
    ("timeout", {"timeout": -1}),
    ("retry", {"retry": "3"}),
    ("retry.attempts", {"retry": 0}),
    ("headers", {"headers": {"X Y": "1"}}),
    ("headers", {"headers": {"X": "a\nb"}}),
    ("headers", {"headers": {"X": 5}}),
    ("headers", {"headers": "X: y"}),
    ("cookies", {"cookies": {"a": "b"}}),
    ("redirects", {"redirects": 5}),
    ("bounds", {"bounds": 1000}),
    ("idempotency", {"idempotency": True}),
    ("language", {"language": 5}),
    ("language", {"language": "de\r\nX: y"}),
    ("raise_for_status", {"raise_for_status": "no"}),
    ("interceptors", {"interceptors": ["logging"]}),
    ("interceptors", {"interceptors": "logging"}),
    ("interceptors", {"interceptors": [seawall.Client]}),
    ("interceptors", {"attempt_interceptors": [5]}),
    ("listeners", {"listeners": ["x"]}),
    ("listeners", {"listeners": print}),
    ("transport", {"transport": "mock"}),
    ("transport", {"transport": seawall.WireTransport}),
    ("transport", {"transport": SimpleNamespace(send=print)}),
    ("clock", {"clock": 5}),
    ("max_connections", {"max_connections": 10}),
    ("max_connections", {"max_connections": 0, "transport": None}),
    ("http2", {"http2": "yes", "transport": None}),
    ("trust_env", {"trust_env": 1, "transport": None}),
    ("proxy", {"proxy": 5, "transport": None}),
    ("uds", {"uds": Path("socket"), "transport": None}),
    ("time_out", {"time_out": 5}),
    ("auth", {"auth": ("ada", "pw")}),
]


@pytest.mark.parametrize(("name", "options"), WRONG_FOR_CLIENTS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_option_of_a_client_fails_when_it_is_built(world: World, name: str, options: dict[str, Any]) -> None:
    """A client is not built with a wrong option, and the error begins with its name or quotes it."""
    options = {"transport": Script(200), **options}
    with pytest.raises(seawall.UsageError, match=rf"^({name}\b|unknown option '{name}')"):
        world.client(**options)


WRONG_FOR_CALLS: list[tuple[str, dict[str, Any]]] = [
    ("params", {"params": "a=b"}),
    ("params", {"params": 5}),
    ("params", {"params": {"a": object()}}),
    ("path_params", {"path_params": {"other": 1}}),
    ("path_params", {"path_params": {"id": ".."}}),
    ("path_params", {"path_params": {"id": None}}),
    ("path_params", {"path_params": 5}),
    ("headers", {"headers": {"X": "a\0"}}),
    ("headers", {"headers": {"X": None}}),
    ("headers", {"headers": 5}),
    ("cookies", {"cookies": {"a": "b;c"}}),
    ("cookies", {"cookies": "a=b"}),
    ("content", {"content": 5}),
    ("content", {"content": Path("no such file")}),
    ("data", {"data": {"a": {}}}),
    ("data", {"data": "a=b"}),
    ("json", {"json": object()}),
    ("json", {"json": {1j: 2}}),
    ("files", {"files": {"f": "text"}}),
    ("files", {"files": {"f": ("a", b"b", "c", "d")}}),
    ("files", {"files": 5}),
    ("json", {"json": {}, "content": b""}),
    ("timeout", {"timeout": "5"}),
    ("retry", {"retry": 2.5}),
    ("idempotent", {"idempotent": "yes"}),
    ("idempotency_key", {"idempotency_key": ""}),
    ("idempotency_key", {"idempotency_key": "a\nb"}),
    ("idempotency_key", {"idempotency_key": 7}),
    ("accept_status", {"accept_status": ["404"]}),
    ("accept_status", {"accept_status": "404"}),
    ("raise_for_status", {"raise_for_status": 1}),
    ("follow_redirects", {"follow_redirects": "no"}),
    ("cancel", {"cancel": 5}),
    ("on_upload", {"on_upload": 5, "content": b"x"}),
    ("on_download", {"on_download": 5}),
    ("extensions", {"extensions": 5}),
    ("response_model", {"response_model": int, "raise_for_status": False}),
    ("timeuot", {"timeuot": 5}),
    ("auth", {"auth": Bearer("t")}),  # to a client without auth
]


@pytest.mark.parametrize(("name", "options"), WRONG_FOR_CALLS, ids=lambda value: value if isinstance(value, str) else "")
async def test_a_wrong_option_of_a_call_fails_before_it_is_sent(world: World, name: str, options: dict[str, Any]) -> None:
    """A call with a wrong option is not sent, and the error begins with its name or quotes it."""
    transport = Script(200)
    async with world.client(URL, transport=transport) as api:
        with pytest.raises(seawall.UsageError, match=rf"^({name}\b|unknown option '{name}')"):
            await api.post("/agents/{id}" if "path_params" in options else "/agents", **options)
    assert transport.calls == []


@pytest.mark.parametrize(
    ("method", "url"),
    [("GE T", "/"), ("", "/"), (None, "/"), ("GET", "https://"), ("GET", "//other"), ("GET", "/a b"), ("GET", 5), ("GET", "ftp://x/"),
     ("GET", "https://a@b/"), ("GET", "https://x:99999/"), ("GET\r\nX: y", "/"), ("GET", "/a\r\nb")],
)  # fmt: skip
async def test_a_wrong_request_line_fails_by_name(world: World, method: Any, url: Any) -> None:
    """A method or an address that cannot be sent is refused by name."""
    async with world.client(URL if isinstance(url, str) and url != "//other" else "", transport=Script(200)) as api:
        with pytest.raises(seawall.UsageError, match=r"^(url|method)\b"):
            await api.request(method, url)


async def test_a_place_without_a_value_is_not_sent(world: World) -> None:
    """A forgotten `path_params` is a mistake, and braces that are no place are text."""
    transport = Script(200)
    async with world.client(URL, transport=transport) as api:
        with pytest.raises(seawall.UsageError, match=r"^path_params: .*'id'"):
            await api.get("/agents/{id}")
        await api.get("/agents/{}")
    assert len(transport.calls) == 1


NOT_GIVEN = (
    "params", "path_params", "headers", "cookies", "content", "data", "files", "accept_status", "retry", "extensions",
    "idempotent", "idempotency_key", "raise_for_status", "follow_redirects", "cancel", "on_upload", "on_download",
)  # fmt: skip


@pytest.mark.parametrize("name", NOT_GIVEN)
async def test_none_is_not_given(world: World, clock: FakeClock, name: str) -> None:
    """An option of a call that is None is as good as one that is not given; `json` and `timeout` know None as a value."""
    transport = Script(503)
    async with world.client(URL, transport=transport, clock=clock, headers=None, retry=2) as api:
        await outcome(api.put("/agents", **{name: None}))
        await outcome(api.send(transport.calls[0].request, **{name: None}))
        await outcome(api.put("/agents", json={"name": "Ada"}, **{name: None}))
    assert len(transport.calls) == 6
    assert transport.calls[5].content == b'{"name":"Ada"}'


def test_a_timeout_by_one_number() -> None:
    """The total may stand alone, without its name."""
    assert seawall.Timeout(3) == seawall.Timeout(total=3)
    with pytest.raises(TypeError):
        seawall.Timeout(3, 1)  # type: ignore[call-arg, misc, unused-ignore]  # pyright: ignore[reportCallIssue]


def test_user_information_is_helped(world: World) -> None:
    """The error about user information advises what there is."""
    with pytest.raises(seawall.UsageError, match="headers=") as caught:
        world.client("https://ada:pw@api.acme.example")
    assert "auth=" not in str(caught.value)


async def test_a_near_miss_is_helped(world: World) -> None:
    """An unknown option is answered with the one that was probably meant."""
    async with world.client(URL, transport=Script(200)) as api:
        with pytest.raises(seawall.UsageError, match="did you mean 'timeout'"):
            await api.get("/agents", time_out=5)
    assert issubclass(seawall.UsageError, TypeError)


async def test_an_option_without_its_policy_fails(world: World) -> None:
    """A call cannot ask for redirects on a client that was built without them."""
    async with world.client(URL, transport=Script(200), redirects=False) as api:
        with pytest.raises(seawall.UsageError, match="follow_redirects"):
            await api.get("/agents", follow_redirects=True)


@pytest.mark.parametrize(
    "changes", [{"transport": Script(200)}, {"max_connections": 5}, {"verify": False}, {"clock": FakeClock()}]
)
def test_a_copy_cannot_change_the_connections(world: World, changes: dict[str, Any]) -> None:
    """`with_options` refuses by name what would need other connections."""
    with pytest.raises(seawall.UsageError, match=next(iter(changes))):
        world.client(URL).with_options(**changes)


async def test_a_copy_differs_in_what_was_said(world: World, clock: FakeClock) -> None:
    """`with_options` changes what it is given, keeps the rest, and leaves the original as it was."""
    transport = Script(503)
    async with world.client(URL, transport=transport, clock=clock, headers={"X-Tenant": "acme"}, retry=2) as api:
        copy = api.with_options(retry=False, headers={"X-Other": "1"})
        await outcome(copy.get("/agents"))
        await outcome(api.get("/agents"))
    assert transport.seen("x-tenant") == [None, "acme", "acme"]
    assert transport.seen("x-other") == ["1", None, None]


async def test_a_closed_client_says_so(world: World) -> None:
    """A closed client refuses calls, streams, downloads and pages by saying that it is closed; closing twice is fine."""
    api = world.client(URL, transport=Script(200))
    await api.aclose()
    await api.aclose()
    with pytest.raises(seawall.UsageError, match="closed"):
        await api.get("/agents")
    with pytest.raises(seawall.UsageError, match="closed"):
        async with api.stream("GET", "/agents"):
            pass
    with pytest.raises(seawall.UsageError, match="closed"):
        await api.download("/agents", to=Path("never"))
    with pytest.raises(seawall.UsageError, match="closed"):
        [item async for item in world.each(api.paginate("/agents"))]


async def test_error_statuses_can_be_accepted(world: World, clock: FakeClock) -> None:
    """`accept_status` makes a status an answer, `raise_for_status=False` hands the problem over with the response."""
    async with world.client(URL, transport=Script(404), clock=clock) as api:
        accepted = await api.get("/agents/7", accept_status={404})
        kept = await api.get("/agents/7", raise_for_status=False)
        problem = await outcome(api.get("/agents/7", accept_status=410))
    assert (accepted.status, accepted.problem) == (404, None)
    assert isinstance(kept.problem, seawall.NotFoundProblem)
    assert isinstance(problem, seawall.NotFoundProblem)
    async with world.client(URL, transport=Script(503), clock=clock, raise_for_status=False) as api:
        response = await api.get("/agents")
        assert len(response.attempts) == 3
        assert isinstance(response.problem, seawall.UnavailableProblem)
        assert isinstance(await outcome(api.get("/agents", raise_for_status=True)), seawall.UnavailableProblem)


async def test_the_app_is_named(world: World, clock: FakeClock) -> None:
    """The app's version, platform and name travel with every call, and a call's own headers win over them."""
    transport = Script(200)
    app = AppInfo("acme console", "1.4.0", "test")
    async with world.client(URL, transport=transport, clock=clock, app=app, language="de-AT") as api:
        await api.get("/agents")
        await api.get("/agents", headers={"user-agent": "mine", "Accept": "text/csv"})
    assert transport.seen("x-app-version") == ["1.4.0"] * 2
    assert transport.seen("x-platform") == ["test"] * 2
    assert transport.seen("accept-language") == ["de-AT"] * 2
    first, second = transport.seen("user-agent")
    assert first is not None
    assert first.startswith("acme-console/1.4.0 seawall/")
    assert second == "mine"
    assert transport.seen("accept")[1] == "text/csv"


def test_an_unknown_distribution_is_named() -> None:
    """`AppInfo.from_distribution` takes the version from the metadata, and names a package that is not installed."""
    assert AppInfo.from_distribution("pytest").version == pytest.__version__
    with pytest.raises(seawall.UsageError, match="no-such-thing"):
        AppInfo.from_distribution("no-such-thing")


async def test_a_locale_cannot_break_a_request(world: World, clock: FakeClock) -> None:
    """A line break in `use_locale` is refused before it becomes a header."""
    transport = Script(200)
    async with world.client(URL, transport=transport, clock=clock) as api:
        with pytest.raises(seawall.UsageError), seawall.use_locale("de\r\nX-Admin: 1"):
            await api.get("/agents")
    assert transport.calls == []


def test_settings_may_hold_a_tls_context(world: World) -> None:
    """`verify=` takes an ssl context, and the client's repr shows none of its network options."""
    api = world.client(
        URL, verify=ssl.create_default_context(), idempotency=Idempotency(), retry=Retry(), headers={"X": Secret("s")}
    )
    assert URL in repr(getattr(api, "client", api))
    assert reply(200).ok


@pytest.mark.parametrize("make", [seawall.Client, seawall.AsyncClient])
def test_a_client_cannot_be_pickled(make: Any) -> None:
    """A client is of its process: pickling it says so in plain words."""
    with pytest.raises(TypeError, match="build one in each process"):
        pickle.dumps(make(URL, transport=Script(200)))
