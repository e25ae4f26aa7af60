"""A canary in every secret that sources and flows handle, and no song of it in what a log or a crash report shows."""

import logging
import pickle
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import seawall
from seawall import Secret, Tokens
from seawall.auth.sources import AuthorizationCode, ClientCredentials, DeviceCode, OAuth2
from seawall.model import Event
from seawall.testing import FakeClock, FaultServer, LostAnswer, Reply
from tests.unit.auth.source_kit import CANARY, Browser, refused, told
from tests.worlds import World

TOKENS = Tokens(access=Secret(CANARY), refresh=Secret(CANARY))
BASIC = OAuth2("/token", "console", CANARY, revocation_url="/revoke", extra={"assertion": Secret(CANARY)})
POST = OAuth2("/token", "console", Secret(CANARY), client_auth="post", revocation_url="/revoke")
JOB = ClientCredentials("/token", "job", CANARY)
DEVICE = DeviceCode(POST, "/device")
WEB = AuthorizationCode(BASIC, "https://login.acme.example/authorize")
BEGUN = {"device_code": CANARY, "user_code": CANARY, "verification_uri": "https://x.example/", "expires_in": 60}
BEGUN["verification_uri_complete"] = f"https://x.example/?user_code={CANARY}"


async def web_app(api: Any) -> Any:
    """The flow of an app that receives the callback itself."""
    url, pending = WEB.begin()
    state = parse_qs(urlsplit(url).query)["state"][0]
    return await api.run(WEB.finish, pending, Secret(f"https://x.example/?code={CANARY}&state={state}"))


async def foreign_callback(api: Any) -> Any:
    """The same, with a callback that belongs to another sign-in."""
    return await api.run(WEB.finish, WEB.begin()[1], Secret(f"https://x.example/?code={CANARY}&state=wrong"))


async def denied_callback(api: Any) -> Any:
    """The same, with a callback whose error quotes a secret."""
    url, pending = WEB.begin()
    state = parse_qs(urlsplit(url).query)["state"][0]
    callback = Secret(f"https://x.example/?error=access_denied&iss={CANARY}&code={CANARY}&state={state}")
    return await api.run(WEB.finish, pending, callback)


WAYS: dict[str, Callable[[Any], Any]] = {
    "refresh, basic": lambda api: api.run(lambda calls: BASIC.refresh(TOKENS, calls)),
    "refresh, post": lambda api: api.run(lambda calls: POST.refresh(TOKENS, calls)),
    "revoke": lambda api: api.run(lambda calls: POST.revoke(TOKENS, calls)),
    "client credentials": lambda api: api.run(lambda calls: JOB.refresh(None, calls)),
    "device": lambda api: api.run(DEVICE.sign_in, show=lambda prompt: None),
    "browser": lambda api: api.run(WEB.sign_in, open_browser=Browser(code=CANARY)),
    "nobody": lambda api: api.run(WEB.sign_in, open_browser=lambda url: None, timeout=0.0),
    "no browser": lambda api: api.run(WEB.sign_in, open_browser=lambda url: False),
    "web app": web_app,
    "foreign callback": foreign_callback,
    "denied callback": denied_callback,
}
ANSWERS: dict[str, Any] = {
    "refused": refused("invalid_grant"),
    "refused with 200": refused("invalid_grant", 200),
    "down": Reply(503),
    "lost": LostAnswer(),
    "a page": Reply(text=f"<p>{CANARY}</p>"),
    "half tokens": Reply(json={"access_token": 7, "refresh_token": CANARY}),
    "too much": Reply(json={"access_token": CANARY * 30_000}),
    "redirected": Reply.redirect(f"https://x.example/?token={CANARY}"),
}


@pytest.mark.parametrize("answer", sorted(ANSWERS))
@pytest.mark.parametrize("way", sorted(WAYS))
async def test_no_failure_shows_a_secret(
    world: World,
    fault_server: FaultServer,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    way: str,
    answer: str,
) -> None:
    """Whatever a server answers to whatever way: words, facts, causes, our frames' locals, events, logs and pickles are clean."""
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: f"{CANARY}-{'x' * 40}")
    for path in ("/token", "/revoke"):
        fault_server.route("POST", path, ANSWERS[answer])
    fault_server.route("POST", "/device", BEGUN)
    events: list[Event] = []
    with caplog.at_level(logging.DEBUG):
        async with world.client(fault_server.url, clock=clock, listeners=[events.append]) as api:
            problem = await outcome(WAYS[way](api))
    if problem is not None:
        assert CANARY not in told(problem)
        assert CANARY not in repr(pickle.dumps(problem, 0))
    assert problem is not None or way == "revoke"  # its answer says nothing, if its status is good
    assert CANARY not in "\n".join(map(repr, events))
    assert CANARY not in caplog.text


async def outcome(call: Any) -> seawall.ApiProblem | None:
    """What a way failed with."""
    try:
        await call
    except seawall.ApiProblem as problem:
        return problem
    return None


async def test_a_callback_given_as_plain_text_stays_in_no_frame(world: World, fault_server: FaultServer) -> None:
    """Web frameworks hand out text: neither the client nor the flow keeps it where a crash report looks."""
    async with world.client(fault_server.url) as api:
        problem = await outcome(api.run(WEB.finish, WEB.begin()[1], f"https://x.example/?code={CANARY}&state=wrong"))
    assert problem is not None
    assert CANARY not in told(problem)


def test_sources_and_flows_do_not_show_what_they_hold() -> None:
    """Neither they nor what a sign-in keeps say a secret, however they are printed."""
    url, pending = WEB.begin()
    for held in (BASIC, POST, JOB, DEVICE, WEB, pending, TOKENS):
        assert CANARY not in f"{held} {held!r} {[held]}"
    assert pending.state.reveal() not in f"{pending!r}"
    assert pending.verifier.reveal() not in f"{pending!r} {url}"


HALF = f"{CANARY}\ud800"  # what an environment variable of odd bytes becomes


@pytest.mark.parametrize(
    "make",
    [
        lambda: OAuth2("http://login.acme.example/token", "console", CANARY),
        lambda: OAuth2("/token", "console", CANARY, client_auth="none"),
        lambda: OAuth2("/token", "console", CANARY, extra={"scope": "x"}),
        lambda: OAuth2("/token", "console", HALF),
        lambda: OAuth2("/token", "console", HALF, client_auth="post"),
        lambda: OAuth2("/token", "\ud800", CANARY),
        lambda: ClientCredentials("http://login.acme.example/token", "job", CANARY),
        lambda: ClientCredentials("/token", "job", HALF),
        lambda: ClientCredentials("/token", "job", CANARY, extra={"scope": "x"}),
    ],
)
def test_a_source_that_cannot_be_made_shows_no_secret(make: Callable[[], Any]) -> None:
    """A wrong argument is a UsageError with the client's secret neither in its words and pickle nor in our frames."""
    with pytest.raises(seawall.UsageError) as caught:
        make()
    assert CANARY not in told(caught.value)
    assert CANARY not in repr(pickle.dumps(caught.value, 0))


def test_a_half_made_source_can_be_printed() -> None:
    """Crash reports print what failed in its own constructor, too."""
    half: Any = OAuth2.__new__(OAuth2)
    assert "OAuth2" in repr(half)
