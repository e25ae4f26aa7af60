"""What a callback may bring, and what is made of it."""

from urllib.parse import urlencode

import pytest

import seawall
from seawall import Secret
from seawall.auth.sources import AuthorizationCode, OAuth2, PendingSignIn
from seawall.testing import FaultServer
from tests.unit.auth.source_kit import GRANTED
from tests.worlds import World

HOME = "https://app.acme.example/back"
ISSUER = "https://login.acme.example"
PENDING = PendingSignIn(state=Secret("state-1"), verifier=Secret("v" * 64), redirect_uri=HOME)


def flow(issuer: str | None = None) -> AuthorizationCode:
    """A flow of a web app."""
    return AuthorizationCode(OAuth2("/token", "web", "s"), f"{ISSUER}/authorize", redirect_uri=HOME, issuer=issuer)


def callback(**params: str) -> str:
    """The URL of the request that the app received."""
    return f"{HOME}?{urlencode(params)}"


@pytest.mark.parametrize(
    ("url", "issuer"),
    [
        (callback(state="state-1", code="code-1"), None),
        (callback(state="state-1", code="code-1", scope="read", session_state="x"), None),
        (callback(state="state-1", code="code-1", iss=ISSUER), ISSUER),
        (callback(state="state-1", code="code-1", iss="https://other.example"), None),
        (callback(state="state-1", code="code-1") + "#fragment", None),
        ("/back?state=state-1&code=code-1", None),
        ("/back?state=state-1&code=code%2D1", None),
    ],
)
async def test_the_right_callback_becomes_tokens(world: World, fault_server: FaultServer, url: str, issuer: str | None) -> None:
    """The code goes to the token endpoint with the redirect address and the verifier that the sign-in began with."""
    route = fault_server.route("POST", "/token", GRANTED)
    async with world.client(fault_server.url) as api:
        tokens = await api.run(flow(issuer).finish, PENDING, url)
    assert tokens.access == Secret("access-2")
    form = {"grant_type": "authorization_code", "code": "code-1", "redirect_uri": HOME, "code_verifier": "v" * 64}
    assert dict(route.calls[0].form) == form


@pytest.mark.parametrize(
    ("url", "issuer", "kind", "code"),
    [
        (callback(code="code-1"), None, seawall.SignInProblem, "STATE_MISMATCH"),
        (callback(state="state-2", code="code-1"), None, seawall.SignInProblem, "STATE_MISMATCH"),
        (callback(state="", code="code-1"), None, seawall.SignInProblem, "STATE_MISMATCH"),
        (callback(state="state-2", error="access_denied"), None, seawall.SignInProblem, "STATE_MISMATCH"),
        (callback(state="state-1") + "&state=state-1&code=code-1", None, seawall.SignInProblem, "STATE_MISMATCH"),
        (HOME, None, seawall.SignInProblem, "STATE_MISMATCH"),
        ("", None, seawall.SignInProblem, "STATE_MISMATCH"),
        (callback(state="state-1", code="c" * 20_000), None, seawall.SignInProblem, "STATE_MISMATCH"),
        (
            f"{callback(state='state-1', code='code-1')}&{'&'.join('a=1' for _ in range(40))}",
            None,
            seawall.SignInProblem,
            "STATE_MISMATCH",
        ),
        (callback(state="state-1", code="code-1"), ISSUER, seawall.SignInProblem, "ISSUER_MISMATCH"),
        (callback(state="state-1", code="code-1", iss=f"{ISSUER}/"), ISSUER, seawall.SignInProblem, "ISSUER_MISMATCH"),
        (callback(state="state-1", error="access_denied", iss="x"), ISSUER, seawall.SignInProblem, "ISSUER_MISMATCH"),
        (callback(state="state-1", error="access_denied"), ISSUER, seawall.SignInDeniedProblem, "ACCESS_DENIED"),
        (callback(state="state-1"), None, seawall.SignInProblem, "NO_CODE"),
        (callback(state="state-1", code="code-1") + "&code=code-2", None, seawall.SignInProblem, "NO_CODE"),
        (callback(state="state-1", error="access_denied"), None, seawall.SignInDeniedProblem, "ACCESS_DENIED"),
        (callback(state="state-1", error="access_denied", code="code-1"), None, seawall.SignInDeniedProblem, "ACCESS_DENIED"),
        (callback(state="state-1", error="invalid_scope"), None, seawall.SignInProblem, "INVALID_SCOPE"),
        (callback(state="state-1", error="<script>"), None, seawall.SignInProblem, None),
        (callback(state="state-1", error="x" * 5000), None, seawall.SignInProblem, None),
    ],
)
async def test_any_other_callback_is_told_apart(
    world: World, fault_server: FaultServer, url: str, issuer: str | None, kind: type[seawall.SignInProblem], code: str | None
) -> None:
    """State comes first, then the issuer, then the error, then the code; nothing is asked of the server."""
    async with world.client(fault_server.url) as api:
        with pytest.raises(seawall.SignInProblem) as caught:
            await api.run(flow(issuer).finish, PENDING, url)
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert caught.value.sent is seawall.Sent.NO
    assert len(caught.value.original_code or "") <= 4096
    assert fault_server.calls == []


async def test_the_words_of_an_error_stay_with_developers(world: World, fault_server: FaultServer) -> None:
    """The description is a detail, bounded, and shown to nobody."""
    url = callback(state="state-1", error="access_denied", error_description="words " * 1000)
    async with world.client(fault_server.url) as api:
        with pytest.raises(seawall.SignInDeniedProblem) as caught:
            await api.run(flow().finish, PENDING, url)
    assert caught.value.detail == ("words " * 1000)[:4096]
    assert "words" not in f"{caught.value} {caught.value!r}"
