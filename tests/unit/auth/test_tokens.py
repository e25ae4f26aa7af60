"""The tokens of a session, and what their text says of their end."""

import base64
import json
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

import seawall
from seawall import MockTransport, Secret, Tokens
from seawall.auth._records import new_session, next_session
from seawall.auth._tokens import jwt_expiry
from tests.behaviours.kit import URL

NOW = 1_700_000_000.0


def jwt(claims: Any) -> Secret:
    return Secret(f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.c2ln")


@pytest.mark.parametrize(
    ("token", "ends"),
    [
        (jwt({"exp": NOW + 60}), NOW + 60),
        (jwt({"exp": NOW + 360, "iat": NOW + 300}), NOW + 60),
        (jwt({"exp": NOW - 240, "iat": NOW - 300}), NOW + 60),
        (jwt({"exp": NOW, "iat": NOW + 60}), NOW),
        (jwt({"exp": str(NOW)}), None),
        (jwt({"iat": NOW}), None),
        (jwt({}), None),
        (jwt([]), None),
        (jwt({"exp": None}), None),
        (jwt({"exp": NOW + 60, "pad": "x" * 20_000}), None),
        (Secret("opaque"), None),
        (Secret("a.b.c"), None),
        (Secret("a.b.c.d"), None),
        (Secret("a.é.c"), None),
        (Secret(f"a.{base64.urlsafe_b64encode(b'[' * 9000).decode()}.c"), None),
        (Secret(""), None),
    ],
)
def test_a_jwt_hints_at_its_end(token: Secret, ends: float | None) -> None:
    """A12: a JWT's own span counts from now; without its beginning its end counts as it stands; all else says nothing."""
    assert jwt_expiry(token, NOW) == ends


@pytest.mark.parametrize(
    ("claims", "ahead", "ends"),
    [
        ({"exp": NOW + 60}, 300.0, NOW - 240),
        ({"exp": NOW + 360}, 300.0, NOW + 60),
        ({"exp": NOW - 240}, -300.0, NOW + 60),
        ({"exp": NOW + 360, "iat": NOW + 300}, 300.0, NOW + 60),
        ({"exp": NOW + 360, "iat": NOW + 200}, 300.0, NOW + 60),
        ({"exp": NOW + 360, "iat": NOW + 330}, 300.0, NOW + 30),
        ({"exp": NOW + 60, "iat": NOW}, 300.0, NOW + 60),
    ],
)
def test_a_known_difference_of_clocks_counts(claims: dict[str, float], ahead: float, ends: float) -> None:
    """A12: where the servers' clock is known a JWT's end counts by it; its span counts where that is shorter or the end past."""
    assert jwt_expiry(jwt(claims), NOW, ahead) == ends


@hypothesis.given(st.text() | st.binary().map(lambda raw: f"a.{base64.urlsafe_b64encode(raw).decode()}.c"))
def test_no_token_breaks_the_reader(text: str) -> None:
    """A12: whatever text a token is, looking for its end never fails."""
    ends = jwt_expiry(Secret(text), NOW)
    assert ends is None or isinstance(ends, float | int)


@pytest.mark.parametrize(
    ("tokens", "ends"),
    [
        (Tokens(access=Secret("a"), expires_in=60), NOW + 60),
        (Tokens(access=Secret("a")), None),
        (Tokens(access=Secret("a"), expires_in=0), None),
        (Tokens(access=Secret("a"), expires_in=-5), None),
        (Tokens(access=jwt({"exp": NOW + 9}), expires_in=60), NOW + 60),
        (Tokens(access=jwt({"exp": NOW + 9})), NOW + 9),
        (Tokens(access=jwt({"exp": NOW - 9})), None),
    ],
)
def test_what_the_server_says_comes_first(tokens: Tokens, ends: float | None) -> None:
    """A12: the server's `expires_in` rules, then the token's own text; an end that is over on arrival is no end."""
    assert new_session(tokens, None, NOW).expires_at == ends


def test_a_refresh_token_that_is_not_rotated_stays() -> None:
    """A refresh that brings no refresh token keeps the old one, the session's name and its user (RFC 6749, section 6)."""
    stored = new_session(Tokens(access=Secret("a1"), refresh=Secret("r1"), scope="all"), {"name": "Ada"}, NOW)
    fresh = next_session(Tokens(access=Secret("a2")), stored, NOW)
    assert (fresh.session, fresh.user) == (stored.session, stored.user)
    assert fresh.revision != stored.revision
    assert (fresh.tokens.access.reveal(), fresh.tokens.refresh, fresh.tokens.scope) == ("a2", Secret("r1"), "all")
    rotated = next_session(Tokens(access=Secret("a3"), refresh=Secret("r3")), fresh, NOW)
    assert rotated.tokens.refresh == Secret("r3")


@pytest.mark.parametrize("text", ["a\r\nX: y", "a\nb", "a\x00b", "tök\u20acn"])
def test_a_token_that_no_field_can_hold_is_refused(text: str) -> None:
    """A token that would end the header field, or cannot be written in one, is refused before it is stored."""
    stored = new_session(Tokens(access=Secret("a")), None, NOW)
    with pytest.raises(seawall.ProtocolProblem):
        next_session(Tokens(access=Secret(text)), stored, NOW)


@pytest.mark.parametrize(
    ("kind", "header"),
    [("Bearer", "Bearer a"), ("bearer", "Bearer a"), ("BEARER", "Bearer a"), ("DPoP", "DPoP a")],
)
def test_the_type_is_the_scheme(kind: str, header: str) -> None:
    """The token's type becomes the scheme of its header, and "bearer" is written as servers expect it."""
    assert Tokens(access=Secret("a"), token_type=kind).header == Secret(header)


def test_an_answer_decodes_as_it_is() -> None:
    """What a token endpoint sends (RFC 6749, section 5.1) decodes through a client, secrets wrapped, other members ignored."""
    transport = MockTransport()
    document = {"access_token": "a", "refresh_token": "r", "expires_in": 3600, "token_type": "bearer", "scope": "x y", "more": 1}
    transport.route("POST", "/token", document)
    with seawall.Client(URL, transport=transport) as api:
        tokens = api.post("/token", response_model=Tokens)
    assert (tokens.access, tokens.refresh) == (Secret("a"), Secret("r"))
    assert (tokens.expires_in, tokens.scope) == (3600, "x y")
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"refresh_token": "r"}, Tokens)
