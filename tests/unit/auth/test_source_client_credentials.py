"""Tokens of an app's own: nobody signs in, and nothing is refreshed with what came before."""

from typing import Any

import pytest

import seawall
from seawall import Secret, Tokens
from seawall.auth.sources import ClientCredentials
from seawall.testing import FaultServer, Reply
from tests.unit.auth.source_kit import TOKENS, refresh, refused, revoke
from tests.worlds import World

GRANTED = {"access_token": "access-1", "token_type": "Bearer", "expires_in": 300}


async def test_the_form_says_what_the_tokens_are_for(world: World, fault_server: FaultServer) -> None:
    """Scope, audience and extras go with each request, the old tokens with none."""
    route = fault_server.route("POST", "/token", GRANTED)
    source = ClientCredentials("/token", "job", "s", scope="a b", audience="https://api.acme.example", extra={"tenant": "blue"})
    async with world.client(fault_server.url) as api:
        assert await refresh(api, source, None) == Tokens(access=Secret("access-1"), expires_in=300)
        await refresh(api, source, TOKENS)
    form = {"grant_type": "client_credentials", "scope": "a b", "audience": "https://api.acme.example", "tenant": "blue"}
    assert [dict(call.form) for call in route.calls] == [form, form]
    assert route.calls[0].headers["authorization"].startswith("Basic ")


async def test_the_first_call_of_a_session_gets_its_tokens(world: World, fault_server: FaultServer) -> None:
    """Nobody signs in: many calls at once cause one request of a token, and all go out with it."""
    token = fault_server.route("POST", "/token", GRANTED)
    route = fault_server.route("GET", "/report", 200)
    session = (seawall.UserSession if world.is_blocking else seawall.AsyncUserSession)(ClientCredentials("/token", "job", "s"))
    async with world.client(fault_server.url, auth=session) as api:
        results = await world.gather(*[lambda: api.get("/report")] * 8)
    assert [response.status for response in results] == [200] * 8
    assert len(token.calls) == 1
    assert {call.headers["authorization"] for call in route.calls} == {"Bearer access-1"}


async def test_a_secret_that_is_refused_does_not_end_the_session(world: World, fault_server: FaultServer) -> None:
    """The server may be told the secret later: each call says what is wrong, and the next one asks again."""
    fault_server.route("POST", "/token", refused("invalid_client", 401), GRANTED)
    fault_server.route("GET", "/report", 200)
    session = (seawall.UserSession if world.is_blocking else seawall.AsyncUserSession)(ClientCredentials("/token", "job", "s"))
    async with world.client(fault_server.url, auth=session) as api:
        with pytest.raises(seawall.RefreshProblem) as caught:
            await api.get("/report")
        assert (await api.get("/report")).status == 200
    assert "UnauthorizedProblem" in repr(caught.value.__cause__)


async def test_its_tokens_can_be_given_back(world: World, fault_server: FaultServer) -> None:
    """There is no refresh token, so the access token is revoked."""
    route = fault_server.route("POST", "/revoke", Reply(200))
    source = ClientCredentials("/token", "job", "s", revocation_url="/revoke")
    async with world.client(fault_server.url) as api:
        await revoke(api, source, Tokens(access=Secret("access-1")))
    assert dict(route.calls[0].form) == {"token": "access-1", "token_type_hint": "access_token"}


@pytest.mark.parametrize("options", [{"client_auth": "none"}, {"extra": {"scope": "x"}}])
def test_a_wrong_argument_is_refused(options: Any) -> None:
    """An app without a secret has no such tokens, and extras do not take the place of arguments."""
    with pytest.raises(seawall.UsageError):
        ClientCredentials("/token", "job", "s", **options)
