"""Signing in in a browser: the question, the way back, the proof key, and all that can happen on the way."""

import asyncio
import base64
import hashlib
import socket
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import seawall
from seawall import Cancel, Secret
from seawall.auth.sources import AuthorizationCode, OAuth2, PendingSignIn
from seawall.testing import FaultServer
from tests.unit.auth.source_kit import GRANTED, Browser, Wanderer, refused
from tests.worlds import World

AUTHORIZE = "https://login.acme.example/authorize?tenant=blue"
SERVER = OAuth2("/token", "console")


async def sign_in(world: World, server: FaultServer, flow: AuthorizationCode, **options: Any) -> seawall.Tokens:
    """Sign in through a client of a world."""
    async with world.client(server.url) as api:
        tokens: seawall.Tokens = await api.run(flow.sign_in, **options)
    return tokens


async def test_a_browser_brings_a_code_that_becomes_tokens(world: World, fault_server: FaultServer) -> None:
    """The question names app, scope, address, state and challenge; the code is redeemed with the verifier of that challenge."""
    route = fault_server.route("POST", "/token", GRANTED)
    browser = Browser(code="code-1")
    flow = AuthorizationCode(SERVER, AUTHORIZE, scope=["read", "write"], extra={"prompt": "login"})
    tokens = await sign_in(world, fault_server, flow, open_browser=browser)
    assert tokens == seawall.Tokens(access=Secret("access-2"), refresh=Secret("refresh-2"), expires_in=3600, scope="read")
    form, asked = dict(route.calls[0].form), browser.asked
    verifier = form.pop("code_verifier")
    assert 43 <= len(verifier) <= 128
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert (asked.pop("code_challenge"), asked.pop("code_challenge_method")) == (challenge, "S256")
    assert len(asked.pop("state")) >= 43
    home = asked.pop("redirect_uri")
    assert urlsplit(home).hostname == "127.0.0.1"
    assert urlsplit(home).path == "/callback"
    assert asked == {"response_type": "code", "client_id": "console", "scope": "read write", "prompt": "login", "tenant": "blue"}
    assert form == {"grant_type": "authorization_code", "code": "code-1", "redirect_uri": home, "client_id": "console"}
    assert browser.pages.get(timeout=10)[0] == 200


async def test_each_sign_in_has_its_own_secrets_and_port(world: World, fault_server: FaultServer) -> None:
    """State, challenge and port differ from one sign-in to the next, also of the same flow at the same time."""
    fault_server.route("POST", "/token", GRANTED)
    flow, browsers = AuthorizationCode(SERVER, AUTHORIZE), [Browser(code=f"code-{number}") for number in range(3)]
    async with world.client(fault_server.url) as api:
        await world.gather(*[lambda one=browser: api.run(flow.sign_in, open_browser=one) for browser in browsers])
    for name in ("state", "code_challenge", "redirect_uri"):
        assert len({browser.asked[name] for browser in browsers}) == 3


@pytest.mark.parametrize("params", [{"code": "stolen", "state": "guessed"}, {"error": "access_denied", "state": "guessed"}])
async def test_foreign_requests_are_ignored(world: World, fault_server: FaultServer, params: dict[str, str]) -> None:
    """Another page or program that finds the port can neither bring its own code nor end the sign-in."""
    route = fault_server.route("POST", "/token", GRANTED)
    foreign: list[tuple[int, str, str]] = []
    browser = Wanderer(lambda home: foreign.append(browser.visit(home, **params)), code="code-1")
    await sign_in(world, fault_server, AuthorizationCode(SERVER, AUTHORIZE), open_browser=browser)
    assert [status for status, _, _ in foreign] == [404]
    assert [call.form["code"] for call in route.calls] == ["code-1"]


@pytest.mark.parametrize(
    ("params", "kind", "code"),
    [
        ({"error": "access_denied"}, seawall.SignInDeniedProblem, "ACCESS_DENIED"),
        ({"error": "invalid_scope", "error_description": "words"}, seawall.SignInProblem, "INVALID_SCOPE"),
        ({}, seawall.SignInProblem, "NO_CODE"),
    ],
)
async def test_an_error_in_the_callback_is_told_with_its_type(
    world: World, fault_server: FaultServer, params: dict[str, str], kind: type[seawall.SignInProblem], code: str
) -> None:
    """What the server says by way of the browser ends the sign-in, with a page that quotes none of it."""
    browser = Browser(**params)
    with pytest.raises(seawall.SignInProblem) as caught:
        await sign_in(world, fault_server, AuthorizationCode(SERVER, AUTHORIZE), open_browser=browser)
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert fault_server.calls == []
    status, _, page = browser.pages.get(timeout=10)
    assert status == 200
    assert "words" not in page


async def test_a_code_that_the_server_refuses_is_its_own_problem(world: World, fault_server: FaultServer) -> None:
    """The token endpoint's answer is told as it is, and the code is not tried twice."""
    route = fault_server.route("POST", "/token", refused("invalid_grant"))
    with pytest.raises(seawall.BadRequestProblem) as caught:
        await sign_in(world, fault_server, AuthorizationCode(SERVER, AUTHORIZE), open_browser=Browser(code="code-1"))
    assert (caught.value.code, len(route.calls)) == ("INVALID_GRANT", 1)


async def test_the_issuer_is_compared(world: World, fault_server: FaultServer) -> None:
    """A callback of another authorization server is refused, with the right state, too (RFC 9207)."""
    fault_server.route("POST", "/token", GRANTED)
    flow = AuthorizationCode(SERVER, AUTHORIZE, issuer="https://login.acme.example")
    await sign_in(world, fault_server, flow, open_browser=Browser(code="code-1", iss="https://login.acme.example"))
    with pytest.raises(seawall.SignInProblem) as caught:
        await sign_in(world, fault_server, flow, open_browser=Browser(code="code-1", iss="https://evil.example"))
    assert caught.value.code == "ISSUER_MISMATCH"


async def test_nobody_comes_back(world: World, fault_server: FaultServer) -> None:
    """The person's time ends the wait with its own type."""
    with pytest.raises(seawall.SignInExpiredProblem) as caught:
        await sign_in(world, fault_server, AuthorizationCode(SERVER, AUTHORIZE), open_browser=lambda url: None, timeout=0.01)
    assert caught.value.sent is seawall.Sent.NO


async def test_a_cancel_ends_the_wait(world: World, fault_server: FaultServer) -> None:
    """The switch works from any thread, and nothing listens afterwards."""
    cancel, asked = Cancel(), list[str]()

    def give_up(url: str) -> None:
        asked.append(url)
        cancel.cancel()

    with pytest.raises(seawall.CancelledProblem):
        await sign_in(world, fault_server, AuthorizationCode(SERVER, AUTHORIZE), open_browser=give_up, cancel=cancel)
    port = urlsplit(parse_qs(urlsplit(asked[0]).query)["redirect_uri"][0]).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)


async def test_a_cancel_from_before_opens_nothing(world: World, fault_server: FaultServer) -> None:
    """A sign-in that was given up before it began ends at once, and nobody sees a page."""
    cancel, shown = Cancel(), list[str]()
    cancel.cancel()
    with pytest.raises(seawall.CancelledProblem) as caught:
        await sign_in(world, fault_server, AuthorizationCode(SERVER, AUTHORIZE), open_browser=shown.append, cancel=cancel)
    assert (caught.value.sent, shown) == (seawall.Sent.NO, [])


def test_a_cancelled_task_leaves_no_thread_waiting(fault_server: FaultServer) -> None:
    """When the task of a sign-in is cancelled, its listener ends with it, so that the loop's own end is not held up."""

    async def main() -> int:
        shown = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        flow = AuthorizationCode(SERVER, AUTHORIZE)
        async with seawall.AsyncClient(fault_server.url) as api:
            show = lambda url: loop.call_soon_threadsafe(shown.set_result, url)  # noqa: E731
            task = asyncio.create_task(api.run(flow.sign_in, open_browser=show))
            url = await shown
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return urlsplit(parse_qs(urlsplit(url).query)["redirect_uri"][0]).port or 0

    port = asyncio.run(main())  # waits for the threads of its pool
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)


async def test_a_browser_that_cannot_be_opened_ends_it(world: World, fault_server: FaultServer) -> None:
    """False means that nobody will come, and an exception of the function is the app's own."""
    flow = AuthorizationCode(SERVER, AUTHORIZE)
    with pytest.raises(seawall.SignInProblem) as caught:
        await sign_in(world, fault_server, flow, open_browser=lambda url: False)
    assert caught.value.code == "NO_BROWSER"

    def fail(url: str) -> None:
        raise LookupError("no screen")

    with pytest.raises(LookupError, match="no screen"):
        await sign_in(world, fault_server, flow, open_browser=fail)


async def test_a_browser_that_stays_open_is_not_waited_for(world: World, fault_server: FaultServer) -> None:
    """A browser of the terminal returns when the person leaves it: the sign-in has ended long before."""
    fault_server.route("POST", "/token", GRANTED)
    left = threading.Event()
    browser = Browser(code="code-1")

    def stay(url: str) -> None:
        browser(url)
        left.wait(30)

    try:
        tokens = await sign_in(world, fault_server, AuthorizationCode(SERVER, AUTHORIZE), open_browser=stay)
        assert tokens.access == Secret("access-2")
    finally:
        left.set()


async def test_a_port_of_ones_own_is_kept(world: World, fault_server: FaultServer) -> None:
    """An app that is registered with one port listens there, and says so when it is taken."""
    fault_server.route("POST", "/token", GRANTED)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        home = f"http://localhost:{taken.getsockname()[1]}/sign-in/done"
        flow = AuthorizationCode(SERVER, AUTHORIZE, redirect_uri=home)
        with pytest.raises(seawall.SignInProblem) as caught:
            await sign_in(world, fault_server, flow, open_browser=lambda url: None)
        assert (caught.value.code, str(caught.value.__cause__)) == ("NO_LISTENER", "OSError EADDRINUSE")
    browser = Browser(code="code-1")
    await sign_in(world, fault_server, flow, open_browser=browser)
    assert browser.asked["redirect_uri"] == home


async def test_a_web_app_begins_and_finishes_by_itself(world: World, fault_server: FaultServer) -> None:
    """What `begin` returns can be kept as text, and `finish` makes tokens of the callback in any process of the app."""
    route = fault_server.route("POST", "/token", GRANTED)
    flow = AuthorizationCode(SERVER, AUTHORIZE, redirect_uri="https://app.acme.example/back")
    url, pending = flow.begin()
    kept = {"state": pending.state.reveal(), "verifier": pending.verifier.reveal(), "redirect_uri": pending.redirect_uri}
    asked = parse_qs(urlsplit(url).query)
    assert asked["redirect_uri"] == ["https://app.acme.example/back"]
    again = PendingSignIn(Secret(kept["state"]), Secret(kept["verifier"]), kept["redirect_uri"])
    async with world.client(fault_server.url) as api:
        callback = f"https://app.acme.example/back?code=code-1&state={asked['state'][0]}"
        assert (await api.run(flow.finish, again, callback)).access == Secret("access-2")
        with pytest.raises(seawall.SignInProblem):
            await api.run(flow.finish, flow.begin()[1], callback)
    assert [call.form["code_verifier"] for call in route.calls] == [kept["verifier"]]


@pytest.mark.parametrize(
    ("redirect_uri", "words"),
    [
        ("https://app.acme.example/back", "begin"),
        ("http://127.0.0.1.evil.example/back", "secrets would be readable"),
        ("http://127.0.0.2/back", "begin"),
        ("http://127.0.0.1/back?a=b", "begin"),
        ("acme-console:/back", "begin"),
    ],
)
async def test_only_loopback_is_listened_to(world: World, fault_server: FaultServer, redirect_uri: str, words: str) -> None:
    """Where the browser comes back to a place that this machine is not, the app has to receive it."""
    with pytest.raises(seawall.UsageError, match=words):
        await sign_in(world, fault_server, AuthorizationCode(SERVER, AUTHORIZE, redirect_uri=redirect_uri))


@pytest.mark.parametrize(
    ("url", "extra", "words"),
    [
        ("http://login.acme.example/authorize", None, "authorize_url"),
        ("/authorize", None, "absolute"),
        (AUTHORIZE, {"state": "mine"}, "'state'"),
        (AUTHORIZE, {"code_challenge_method": "plain"}, "'code_challenge_method'"),
    ],
)
def test_a_wrong_argument_is_refused_by_its_name(url: str, extra: Any, words: str) -> None:
    """What a browser could not open, or would weaken the proof, fails when the flow is made."""
    with pytest.raises(seawall.UsageError, match=words):
        AuthorizationCode(SERVER, url, extra=extra)


async def test_an_app_that_shows_the_address_itself_needs_no_browser(world: World, fault_server: FaultServer) -> None:
    """Any function of a URL will do, and what it returns other than False says nothing."""
    fault_server.route("POST", "/token", GRANTED)
    browser = Browser(code="code-1")
    shown: list[str] = []

    def show(url: str) -> str:
        shown.append(url)
        threading.Thread(target=browser, args=(url,), daemon=True).start()
        return ""

    await sign_in(world, fault_server, AuthorizationCode(SERVER, AUTHORIZE), open_browser=show)
    assert shown[0].startswith(f"{AUTHORIZE}&response_type=code&")
