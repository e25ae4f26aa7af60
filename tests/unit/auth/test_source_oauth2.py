"""Refreshing and revoking at an OAuth 2 server, with the app's own credential, and every way in which it can go wrong."""

import base64
from typing import Any

import pytest

import seawall
from seawall import Secret, Tokens
from seawall.auth.sources import ClientCredentials, OAuth2, RevokedError
from seawall.testing import FaultServer, LostAnswer, Reply, TokenServer
from tests.unit.auth.source_kit import GRANTED, TOKENS, refresh, refused, revoke
from tests.worlds import World

ODD: dict[str, list[Any]] = {
    "expires_in": ["soon", "", "-1", "3600 s", True, [], {"seconds": 60}],
    "scope": [["read", "write"], 7, {}, False],
    "token_type": [None, "", 7, ["Bearer"]],
    "refresh_token": [None, "", 7, False, ["refresh-2"], {}],
    "error": [None, "", 7],
}


async def test_a_refresh_sends_the_form_of_the_standard(world: World, fault_server: FaultServer) -> None:
    """The token endpoint gets grant type and refresh token, and what it answers becomes tokens, rotated or not."""
    route = fault_server.route("POST", "/token", GRANTED, {"access_token": "access-3", "token_type": "bearer"})
    source = OAuth2("/token", "console", scope=["read", "write"], extra={"resource": "https://api.acme.example"})
    async with world.client(fault_server.url) as api:
        fresh, kept = await refresh(api, source), await refresh(api, source)
    assert fresh == Tokens(access=Secret("access-2"), refresh=Secret("refresh-2"), expires_in=3600, scope="read")
    assert (kept.access, kept.refresh, kept.following(TOKENS).refresh) == (Secret("access-3"), None, TOKENS.refresh)
    assert dict(route.calls[0].form) == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh-1",
        "client_id": "console",
        "scope": "read write",
        "resource": "https://api.acme.example",
    }
    assert route.calls[0].headers["accept"] == "application/json"
    assert "authorization" not in route.calls[0].headers


@pytest.mark.parametrize(
    ("options", "field", "in_form"),
    [
        ({"client_secret": "a b:ü"}, "my+id%3A1:a+b%3A%C3%BC", {}),
        ({"client_secret": Secret("s"), "client_auth": "basic"}, "my+id%3A1:s", {}),
        ({"client_secret": "s", "client_auth": "post"}, None, {"client_id": "my id:1", "client_secret": "s"}),
        ({"client_auth": "none"}, None, {"client_id": "my id:1"}),
        ({}, None, {"client_id": "my id:1"}),
    ],
)
async def test_a_client_proves_itself_in_one_way(
    world: World, fault_server: FaultServer, options: dict[str, Any], field: str | None, in_form: dict[str, str]
) -> None:
    """Id and secret go form-encoded into the Authorization field, or into the form, or the id goes alone."""
    route = fault_server.route("POST", "/token", GRANTED)
    async with world.client(fault_server.url) as api:
        await refresh(api, OAuth2("/token", "my id:1", **options))
    sent = route.calls[0].headers.get("authorization")
    assert (None if sent is None else base64.b64decode(sent.removeprefix("Basic ")).decode()) == field
    assert {name: value for name, value in route.calls[0].form.items() if name.startswith("client_")} == in_form


async def test_the_endpoints_may_be_of_another_origin(world: World, fault_server: FaultServer) -> None:
    """An absolute URL is asked as it is, with the app's credential and without what the client sends to its own API."""
    route = fault_server.route("POST", "/token", GRANTED)
    source = OAuth2(f"{fault_server.url}/token", "console", "s")
    async with world.client("https://api.acme.example/v1", headers={"X-Api-Key": "k"}) as api:
        await refresh(api, source)
    assert "x-api-key" not in route.calls[0].headers


async def test_without_a_refresh_token_the_session_is_over(world: World, fault_server: FaultServer) -> None:
    """Nothing is asked where there is nothing to ask with."""
    async with world.client(fault_server.url) as api:
        with pytest.raises(RevokedError):
            await refresh(api, OAuth2("/token", "console"), Tokens(access=Secret("a")))
    assert fault_server.calls == []


@pytest.mark.parametrize("status", [400, 200])
async def test_an_error_is_an_error_whatever_its_status(world: World, fault_server: FaultServer, status: int) -> None:
    """`invalid_grant` is told by its code, also by servers that answer 200 with it."""
    fault_server.route("POST", "/token", refused("invalid_grant", status, error_description="revoked by the user"))
    async with world.client(fault_server.url, raise_for_status=False) as api:
        with pytest.raises(seawall.StatusProblem) as caught:
            await refresh(api, OAuth2("/token", "console"))
    problem = caught.value
    assert (problem.status, problem.code, problem.original_code) == (status, "INVALID_GRANT", "invalid_grant")
    assert (problem.detail, problem.dialect, problem.sent) == ("revoked by the user", "oauth2", seawall.Sent.YES)
    assert (problem.method, problem.url) == ("POST", f"{fault_server.url}/token")
    assert problem.auth is not None
    assert problem.auth.error == "invalid_grant"


async def test_microsofts_errors_are_read_although_they_have_a_timestamp(world: World, fault_server: FaultServer) -> None:
    """Entra ID puts members beside the standard's that make its errors look a little like Spring's."""
    members = {"error_description": "AADSTS700082", "error_codes": [700082], "timestamp": "2026-01-01 09:34:07Z", "trace_id": "a"}
    fault_server.route("POST", "/token", refused("invalid_grant", **members))
    async with world.client(fault_server.url) as api:
        with pytest.raises(seawall.BadRequestProblem) as caught:
            await refresh(api, OAuth2("/token", "console"))
    assert (caught.value.code, caught.value.dialect) == ("INVALID_GRANT", "oauth2")


@pytest.mark.parametrize("status", [200, 400])
async def test_githubs_word_for_a_spent_refresh_token_ends_the_session(
    world: World, fault_server: FaultServer, status: int
) -> None:
    """`bad_refresh_token` means `invalid_grant`."""
    fault_server.route("POST", "/token", refused("bad_refresh_token", status, error_description="incorrect or expired"))
    async with world.client(fault_server.url) as api:
        with pytest.raises(RevokedError):
            await refresh(api, OAuth2("/token", "console"))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Reply(503), seawall.UnavailableProblem),
        (refused("invalid_client", 401), seawall.UnauthorizedProblem),
        (refused("temporarily_unavailable", 200), seawall.StatusProblem),
        (Reply(text="<h1>Log in to the hotel's network</h1>"), seawall.DecodeProblem),
        (Reply(json={"token_type": "bearer"}), seawall.DecodeProblem),
        (Reply(json=[]), seawall.DecodeProblem),
        (Reply(204), seawall.DecodeProblem),
        (Reply(json={**GRANTED, "scope": "s" * 300_000}), seawall.TooLargeProblem),
        (LostAnswer(), seawall.DisconnectProblem),
    ],
)
async def test_other_failures_are_told_as_they_are_and_asked_once(
    world: World, fault_server: FaultServer, answer: Any, kind: type[seawall.ApiProblem]
) -> None:
    """Whatever comes instead of tokens is a problem; whether to ask again is the machine's to decide, not the client's."""
    route = fault_server.route("POST", "/token", answer)
    async with world.client(fault_server.url, retry=5) as api:
        with pytest.raises(kind):
            await refresh(api, OAuth2("/token", "console", "s"))
    assert len(route.calls) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_form_with_secrets_follows_no_redirect(world: World, fault_server: FaultServer, status: int) -> None:
    """A token endpoint that leads elsewhere, also within its origin, gets no second request."""
    fault_server.route("POST", "/token", Reply.redirect("/other", status))
    other = fault_server.route("*", "/other", GRANTED)
    async with world.client(fault_server.url) as api:
        with pytest.raises(seawall.RedirectProblem):
            await refresh(api, OAuth2("/token", "console", "s"))
    assert other.calls == []


@pytest.mark.parametrize(
    ("tokens", "form"),
    [
        (TOKENS, {"token": "refresh-1", "token_type_hint": "refresh_token"}),
        (Tokens(access=Secret("access-1")), {"token": "access-1", "token_type_hint": "access_token"}),
    ],
)
@pytest.mark.parametrize("answer", [Reply(200), Reply(200, text="ok"), Reply(204)])
async def test_revoking_gives_one_token_back(
    world: World, fault_server: FaultServer, tokens: Tokens, form: dict[str, str], answer: Reply
) -> None:
    """The refresh token goes, with which the access tokens end; the access token where it is alone; the answer says nothing."""
    route = fault_server.route("POST", "/revoke", answer)
    source = OAuth2("/token", "console", "s", client_auth="post", revocation_url="/revoke")
    async with world.client(fault_server.url) as api:
        await revoke(api, source, tokens)
    assert [dict(call.form) for call in route.calls] == [{"client_id": "console", "client_secret": "s", **form}]


async def test_a_server_without_revocation_is_not_asked(world: World, fault_server: FaultServer) -> None:
    """Sign-out is the app's alone then."""
    async with world.client(fault_server.url) as api:
        await revoke(api, OAuth2("/token", "console"))
    assert fault_server.calls == []


async def test_any_grant_can_be_asked_for(world: World, fault_server: FaultServer) -> None:
    """A type of grant without a class of its own takes its fields, leaves out what is None, and cannot be spoilt by extras."""
    route = fault_server.route("POST", "/token", GRANTED)
    exchange, source = "urn:ietf:params:oauth:grant-type:token-exchange", OAuth2("/token", "console", extra={"resource": "r"})
    async with world.client(fault_server.url) as api:
        fields = {"subject_token": Secret("t"), "actor_token": None}
        tokens = await api.run(source.grant, exchange, fields)
    assert tokens.access == Secret("access-2")
    form = {"grant_type": exchange, "subject_token": "t", "client_id": "console", "resource": "r"}
    assert dict(route.calls[0].form) == form


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("http://login.acme.example/token", "c"), {}, "token_url"),
        (("/token", "c"), {"revocation_url": "http://login.acme.example/revoke"}, "revocation_url"),
        (("ftp://login.acme.example/token", "c"), {}, "scheme"),
        (("/token", "c"), {"client_auth": "post"}, "needs a client_secret"),
        (("/token", "c", "s"), {"client_auth": "none"}, "takes no client_secret"),
        (("/token", "c", "s"), {"client_auth": "jwt"}, "client_auth"),
        (("/token", "c"), {"extra": {"grant_type": "password"}}, "'grant_type'"),
    ],
)
def test_a_wrong_argument_is_refused_by_its_name(arguments: Any, options: Any, words: str) -> None:
    """What could not work, or would be readable on its way, fails when the source is made."""
    with pytest.raises(seawall.UsageError, match=words):
        OAuth2(*arguments, **options)


def test_plain_http_is_for_this_machine_or_for_who_insists() -> None:
    """Loopback needs no TLS, and a network of one's own can be named as such."""
    assert OAuth2("http://127.0.0.1:1/token", "c")
    assert OAuth2("http://login.internal/token", "c", revocation_url="http://login.internal/revoke", allow_http=True)


async def test_a_session_refreshes_rotates_and_ends_by_it(world: World, fault_server: FaultServer) -> None:
    """With a server that rotates: one refresh for a 401, the next with the new token, and `invalid_grant` ends the session."""
    server = TokenServer(client=("console", "s"))
    fault_server.route("POST", "/token", server.token_endpoint())
    fault_server.route("GET", "/me", server.protect())
    session = (seawall.UserSession if world.is_blocking else seawall.AsyncUserSession)(OAuth2("/token", "console", "s"))
    async with world.client(fault_server.url, auth=session) as api:
        first = server.issue()
        signed_in: Any = session.sign_in(Tokens(access=first.access_token, refresh=first.refresh_token))
        if not world.is_blocking:
            await signed_in
        for refreshes in (1, 2):
            server.expire_all()
            await api.get("/me")
            assert (server.refreshes, server.reuses) == (refreshes, 0)
        server.revoke_all()
        with pytest.raises(seawall.SessionEndedProblem) as caught:
            await api.get("/me")
    assert caught.value.reason == "revoked"


@pytest.mark.parametrize(("written", "seconds"), [("3599", 3599.0), ("0.5", 0.5), (3599, 3599.0), (None, None)])
async def test_seconds_may_be_text(world: World, fault_server: FaultServer, written: Any, seconds: float | None) -> None:
    """The life of a token is a number, whether the server wrote it as one or, as old ones of Azure do, as text."""
    fault_server.route("POST", "/token", {"access_token": "access-2", "expires_in": written})
    async with world.client(fault_server.url) as api:
        fresh = await refresh(api, OAuth2("/token", "console"))
    assert (fresh.expires_in, type(fresh.expires_in)) == (seconds, type(seconds))


@pytest.mark.parametrize("source", [OAuth2("/token", "console"), ClientCredentials("/token", "job", "s")], ids=["OAuth2", "job"])
@pytest.mark.parametrize(
    "odd",
    [{member: value} for member, values in ODD.items() for value in values],
    ids=str,
)
async def test_an_odd_member_does_not_spoil_an_answer(world: World, fault_server: FaultServer, source: Any, odd: Any) -> None:
    """What a server writes oddly beside a good access token is passed over: the refresh token is spent, the answer is all."""
    fault_server.route("POST", "/token", {"access_token": "access-2", **odd})
    async with world.client(fault_server.url) as api:
        fresh = await refresh(api, source)
    scope = "read write" if odd.get("scope") == ["read", "write"] else None
    assert fresh == Tokens(access=Secret("access-2"), scope=scope)


@pytest.mark.parametrize(("written", "place"), [(7, "/access_token"), (None, "/access_token"), ("", ""), (" ", "")])
async def test_without_an_access_token_an_answer_is_none(
    world: World, fault_server: FaultServer, written: Any, place: str
) -> None:
    """The one member that has to be right is told of as a problem of the answer."""
    fault_server.route("POST", "/token", {**GRANTED, "access_token": written})
    async with world.client(fault_server.url) as api:
        with pytest.raises(seawall.DecodeProblem) as caught:
            await refresh(api, OAuth2("/token", "console"))
    assert caught.value.pointer == place


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (OAuth2("token", "console"), "token_url"),
        (OAuth2("https://login.acme.example/token", "console", revocation_url="/revoke"), "revocation_url"),
        (ClientCredentials("/token", "job", "s"), "token_url"),
    ],
)
def test_a_path_serves_clients_of_one_origin(source: Any, path: str) -> None:
    """The refresh token would go to whichever client's server is asked first: the second origin is refused, a new session not."""
    both = ("https://a.example/v1", "https://b.example")
    session = seawall.UserSession(source, origins=both)
    for url in ("https://a.example/v1", "https://a.example/v2"):
        seawall.Client(url, auth=session).close()
    with pytest.raises(seawall.UsageError, match=rf"^{path}: .*https://a\.example or to https://b\.example"):
        seawall.Client(both[1], auth=session)
    seawall.Client(both[1], auth=seawall.UserSession(source)).close()


def test_a_whole_url_serves_any_origin() -> None:
    """An endpoint that is where it is may be asked through clients of several origins."""
    whole = "https://login.acme.example/token"
    session = seawall.UserSession(OAuth2(whole, "console", revocation_url=whole))
    for url in ("https://a.example", "https://b.example"):
        seawall.Client(url, auth=session).close()
