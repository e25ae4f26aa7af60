"""A canary in every place where a user can put a secret, and no song of it anywhere."""

import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall import Secret, Sent
from seawall.model import Event
from seawall.testing import FakeClock, FaultServer, Reply, Reset
from tests.behaviours.kit import URL, Script, fail, outcome, reply
from tests.worlds import World

CANARY = "canary-4f9a1c"
SECRET = Secret(CANARY)

PLACES: dict[str, dict[str, Any]] = {
    "Authorization": {"headers": {"Authorization": f"Bearer {CANARY}"}},
    "authorization in lower case": {"headers": [("authorization", f"Bearer {CANARY}")]},
    "Proxy-Authorization": {"headers": {"Proxy-Authorization": CANARY}},
    "X-Api-Key": {"headers": {"X-Api-Key": CANARY}},
    "X-Auth-Token": {"headers": {"X-Auth-Token": CANARY}},
    "Cookie": {"headers": {"Cookie": f"session={CANARY}"}},
    "a header of any name": {"headers": {"X-Anything": SECRET}},
    "a cookie": {"cookies": {"session": CANARY}},
    "a secret cookie": {"cookies": {"theme": SECRET}},
    "a query parameter by its name": {"params": {"access_token": CANARY}},
    "a query parameter in camelCase": {"params": {"clientSecret": CANARY}},
    "a query parameter by its type": {"params": {"q": SECRET}},
    "a list of query parameters": {"params": [("q", "plain"), ("q", SECRET)]},
    "json": {"json": {"deep": [{"password": SECRET}]}},
    "a form": {"data": {"password": SECRET}},
    "a multipart field": {"data": {"password": SECRET}, "files": {"f": ("f.txt", b"x")}},
}
FAILURES: dict[str, Any] = {
    "lost": fail(seawall.DisconnectProblem),
    "unsent": fail(seawall.ConnectProblem, Sent.NO),
    "refused": reply(403, b'{"code": "NO", "detail": "no"}'),
    "busy": reply(503, Retry_After="1"),
    "redirected": reply(307, Location="ftp://x.example/"),
    "undecodable": reply(200, b"<html>", content_type="text/html"),
}


def _tellings(problem: BaseException, more: list[Any]) -> dict[str, str]:
    """All that a log, a crash report or a queue would show of a problem."""
    assert isinstance(problem, seawall.ApiProblem)
    return {
        "str": str(problem),
        "repr": repr(problem),
        "args": repr(problem.args),
        "notes": repr(problem.__notes__),
        "explain": f"{problem.explain()} {problem.explain().to_dict()}",
        "facts": repr({name: value for name, value in vars(problem).items() if name != "response"}),
        "response": f"{problem.response!r} {problem.response and problem.response.request!r}",
        "traceback": "".join(traceback.format_exception(problem)),
        "frame locals": _frames(problem),
        "pickle": pickle.dumps(problem).decode("latin-1"),
        "events": repr(more),
    }


def _frames(error: BaseException) -> str:
    """The locals of our frames in the tracebacks of an error and of what it was made from."""
    shown, links = "", [error]
    while links:
        link = links.pop()
        frames = traceback.TracebackException.from_exception(link, capture_locals=True)
        shown += repr([frame.locals for frame in frames.stack if "/seawall/" in frame.filename])
        links += [other for other in (link.__cause__, link.__context__) if other is not None]
    return shown


@pytest.mark.parametrize("failure", sorted(FAILURES))
@pytest.mark.parametrize("place", sorted(PLACES))
async def test_no_failure_shows_a_secret(
    world: World, clock: FakeClock, caplog: pytest.LogCaptureFixture, place: str, failure: str
) -> None:
    """O2: a secret in any place is absent from all that a problem, an event or a log line shows."""
    events: list[Event] = []
    transport = Script(FAILURES[failure])
    options = {**PLACES[place], **({"response_model": int} if failure == "undecodable" else {})}
    with caplog.at_level(logging.DEBUG):
        async with world.client(URL, transport=transport, clock=clock, listeners=[events.append]) as api:
            problem = await outcome(api.request("POST", "/agents", idempotency_key=True, **options))
    assert CANARY in f"{transport.calls[0].request.url} {transport.calls[0].content!r} {_revealed(transport)}"
    for telling, text in _tellings(problem, events).items():
        assert CANARY not in text, telling
    assert CANARY not in caplog.text


def _revealed(transport: Script) -> str:
    return " ".join(f"{name}: {transport.seen(name)}" for name in transport.calls[0].request.headers)


@pytest.mark.parametrize("place", sorted(PLACES))
async def test_no_request_shows_a_secret(world: World, clock: FakeClock, place: str) -> None:
    """O2: the repr of a request, its curl command, its headers and the response's repr are redacted."""
    async with world.client(URL, transport=Script(200), clock=clock) as api:
        response = await api.request("POST", "/agents", **PLACES[place])
    request = response.request
    shown = [
        repr(request),
        request.as_curl(),
        repr(request.headers),
        request.redacted_url,
        repr(response),
        str(response.explain()),
    ]
    assert CANARY not in " ".join(shown)
    assert "[redacted]" in f"{request.as_curl()} {request.redacted_url}" or request.body.data is None


@pytest.mark.parametrize(
    "show",
    [repr, str, format, "{!r:>40}".format, lambda secret: f"{secret}", lambda secret: pickle.dumps(secret).decode("latin-1"),
     lambda secret: repr({"x": [secret]}), lambda secret: repr(seawall.Headers([("x", secret)])), "%s".__mod__],
)  # fmt: skip
def test_a_secret_never_shows_itself(show: Callable[[Any], str]) -> None:
    """O2: whatever makes text of a secret gets none of it."""
    assert CANARY not in show(SECRET)


@pytest.mark.parametrize(
    "misuse",
    [
        {"headers": {"Authorization": f"Bearer {CANARY}\r\nX: y"}},
        {"headers": {f"Bad {'name'}": SECRET}},
        {"headers": {"X-Api-Key": SECRET, "X": 5}},
        {"cookies": {"session": f"{CANARY};"}},
        {"cookies": {"session": SECRET, "other": "\n"}},
        {"params": {"token": SECRET, "bad": {}}},
        {"json": {"password": SECRET, "bad": object()}},
        {"data": {"password": SECRET, "bad": b""}},
        {"json": SECRET, "content": b"x"},
        {"path_params": {"place": SECRET, "other": "x"}},
        {"path_params": {"place": SECRET}},
    ],
)
async def test_no_mistake_shows_a_secret(world: World, misuse: dict[str, Any]) -> None:
    """O2: the error about a wrong option does not quote the value beside it."""
    async with world.client(URL, transport=Script(200)) as api:
        with pytest.raises(seawall.UsageError) as caught:
            await api.post("/agents/{place}" if "path_params" in misuse else "/agents", **misuse)
    assert CANARY not in str(caught.value)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


async def test_a_password_in_a_url_is_refused_in_silence(world: World) -> None:
    """O2: user information in a URL is refused, and the error does not repeat it."""
    async with world.client(transport=Script(200)) as api:
        with pytest.raises(seawall.UsageError) as caught:
            await api.get(f"https://ada:{CANARY}@api.acme.example/")
    assert CANARY not in "".join(traceback.format_exception(caught.value))


async def test_the_clients_own_secrets(world: World, clock: FakeClock) -> None:
    """O2: secrets among a client's options show in no repr of it, and in no problem of its calls."""
    headers = {"Authorization": f"Bearer {CANARY}", "X-Anything": SECRET}
    async with world.client(URL, transport=Script(503), clock=clock, headers=headers) as api:
        problem = await outcome(api.get("/agents"))
        client = getattr(api, "client", api)
        assert CANARY not in f"{client!r} {client.pipeline} {client._core.settings!r}"
    for telling, text in _tellings(problem, []).items():
        assert CANARY not in text, telling


async def test_what_the_server_sets_is_hidden(world: World, clock: FakeClock) -> None:
    """O2: a cookie that the server sets shows in no repr of the response, the jar or the next problem."""
    jar = seawall.CookieJar()
    transport = Script(reply(200, Set_Cookie=f"session={CANARY}"), 503)
    async with world.client(URL, transport=transport, clock=clock, cookies=jar) as api:
        response = await api.get("/login")
        problem = await outcome(api.get("/agents"))
    assert CANARY not in f"{response!r} {response.headers!r} {jar!r} {pickle.dumps(jar)!r}"
    assert transport.seen("cookie")[1] == f"session={CANARY}"
    for telling, text in _tellings(problem, []).items():
        assert CANARY not in text, telling


async def test_a_listener_that_fails_shows_nothing(world: World, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """O2: the log line about a broken listener holds no secret of the call that it broke on, and the call goes on."""

    def broken(event: Event) -> None:
        raise ValueError("broken")

    async with world.client(URL, transport=Script(200), clock=clock, listeners=[broken]) as api:
        await api.get("/agents", params={"token": CANARY}, headers={"Authorization": CANARY})
    assert "a listener raised" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize("place", ["Authorization", "a query parameter by its type", "json", "a cookie"])
async def test_the_wire_sees_it_and_nobody_else(world: World, fault_server: FaultServer, place: str) -> None:
    """O2: over a real socket the server gets the secret, and the problem of a broken connection shows none of it."""
    route = fault_server.route("PUT", "/agents", Reset(), Reply(200))
    async with world.client(fault_server.url) as api:
        problem = await outcome(api.put("/agents", retry=False, **PLACES[place]))
        await api.put("/agents", **PLACES[place])
    assert all(CANARY in f"{call.target} {dict(call.headers)} {call.body!r}" for call in route.calls)
    for telling, text in _tellings(problem, []).items():
        assert CANARY not in text, telling


MISTAKES: dict[str, dict[str, Any]] = {
    "a name": {"headers": {"Authorization": f"Bearer {CANARY}"}, "timout": 3},
    "a header": {"headers": {"Authorization": f"Bearer {CANARY}\r\n"}},
    "a cookie": {"cookies": {"session": f"{CANARY};"}},
    "json": {"json": {"password": CANARY, "bad": object()}},
    "half a character": {"params": {"token": f"{CANARY}\ud800"}},
    "a place": {"path_params": {"other": CANARY}},
}


@pytest.mark.parametrize("kind", ["call", "stream", "download"])
@pytest.mark.parametrize("mistake", sorted(MISTAKES))
async def test_no_mistake_leaves_a_secret_in_frames(world: World, tmp_path: Path, mistake: str, kind: str) -> None:
    """O2: crash reports show the locals of frames, and ours hold no option of a call that was refused."""
    url, options = f"/agents?token={CANARY}", MISTAKES[mistake]

    async def work() -> None:
        if kind == "call":
            await api.request("GET", url, **options)
        elif kind == "download":
            await api.download(url, to=tmp_path / "export", **options)
        else:
            async with api.stream("GET", url, **options):
                pass

    async with world.client(URL, transport=Script(200)) as api:
        with pytest.raises(seawall.UsageError) as caught:
            await work()
    assert CANARY not in str(caught.value)
    assert CANARY not in _frames(caught.value)


async def test_no_frame_keeps_a_secret_url(world: World, clock: FakeClock, tmp_path: Path) -> None:
    """O2: what was typed into the URL itself is in none of our frames when a call or a download fails."""
    async with world.client(URL, transport=Script(404), clock=clock) as api:
        for method in (api.get, api.post, api.put, api.patch, api.delete, api.head, api.query, api.options):
            problem = await outcome(method(f"/agents?token={CANARY}"))
            assert CANARY not in _frames(problem)
        headers = {"Authorization": CANARY}
        problem = await outcome(api.download(f"/agents?token={CANARY}", to=tmp_path / "export", headers=headers))
    assert isinstance(problem, seawall.NotFoundProblem)
    assert CANARY not in _frames(problem)
