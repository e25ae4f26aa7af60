"""The tokens of a session, and what their text says of their end."""

import base64
import datetime
import decimal
import json
from collections.abc import Callable
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

import seawall
from seawall import MockTransport, Secret, Tokens
from seawall.auth._records import new_session, next_session
from seawall.auth._tokens import jwt_expiry, tokens_from_plain, tokens_to_plain
from tests.behaviours.kit import URL
from tests.unit.auth.source_kit import CANARY, told

NOW = 1_700_000_000.0
NO_SECONDS: list[Any] = ["soon", "", "-1", "nan", "1e400", "9" * 400, True, [], {}, 10**400, float("inf"), float("nan")]


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


def test_text_is_wrapped_and_never_shown() -> None:
    """Tokens given as text are secrets from then on, and go the way of those that were wrapped before."""
    loose: Any = {"access": CANARY, "refresh": CANARY}
    tokens = Tokens(**loose)
    assert tokens == Tokens(access=Secret(CANARY), refresh=Secret(CANARY))
    assert CANARY not in f"{tokens} {tokens!r}"
    assert tokens.header == Secret(f"Bearer {CANARY}")
    assert tokens_from_plain(tokens_to_plain(tokens)) == tokens


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"access": None}, "access must be text, not NoneType"),
        ({"access": CANARY.encode()}, "access must be text, not bytes"),
        ({"access": [CANARY]}, "access must be text, not list"),
        ({"access": ""}, "access must be text, not empty"),
        ({"access": Secret(" ")}, "access must be text, not empty"),
        ({"access": CANARY, "refresh": 7}, "refresh must be text or None, not int"),
        ({"access": CANARY, "refresh": {"token": CANARY}}, "refresh must be text or None, not dict"),
        ({"access": CANARY, "refresh": CANARY.encode()}, "refresh must be text or None, not bytes"),
        ({"access": CANARY, "refresh": b""}, "refresh must be text or None, not bytes"),
        ({"access": CANARY, "expires_in": datetime.timedelta(hours=1)}, "expires_in must be a number of seconds, not timedelta"),
        ({"access": CANARY, "expires_in": Secret(CANARY)}, "expires_in must be a number of seconds, not empty"),
        ({"access": CANARY, "token_type": CANARY.encode()}, "token_type must be text, not bytes"),
        ({"access": CANARY, "scope": CANARY.encode()}, "scope must be text or None, not bytes"),
    ],
)
def test_what_cannot_be_a_token_is_refused_by_its_name(given: dict[str, Any], words: str) -> None:
    """A mistake is told when the tokens are made, with the argument's name, and shows no value: also not in our frames."""
    with pytest.raises(seawall.UsageError) as caught:
        Tokens(**given)
    assert str(caught.value) == f"Tokens: {words}"
    assert CANARY not in told(caught.value)


@pytest.mark.parametrize("empty", [None, "", " ", Secret(""), False, [], {}, 0])
@pytest.mark.parametrize("read", [lambda value: Tokens(access=Secret("a2"), refresh=value), None])
def test_an_empty_refresh_token_is_none(empty: Any, read: Callable[[Any], Tokens] | None) -> None:
    """What servers write for "no new one" keeps the older one, and a store that holds it can be read."""
    if read is None:
        read = lambda value: tokens_from_plain({"access_token": "a2", "refresh_token": value})  # noqa: E731
        empty = "" if isinstance(empty, Secret) else empty
    tokens = read(empty)
    assert tokens.refresh is None
    assert tokens.following(Tokens(access=Secret("a1"), refresh=Secret("r1"))).refresh == Secret("r1")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (3599, 3599.0),
        ("3599", 3599.0),
        (" 0.5\n", 0.5),
        (decimal.Decimal("2.5"), 2.5),
        *[
            (odd, None)
            for odd in ("soon", "", "-1", "nan", "1e400", "9" * 400, True, [], {}, 10**400, float("inf"), float("nan"))
        ],
    ],
)
def test_seconds_are_read_where_they_are_a_number(written: Any, seconds: float | None) -> None:
    """A life is a number, or a number as text; anything else that JSON can bring is only a hint less."""
    tokens = Tokens(access=Secret("a"), expires_in=written)
    assert (tokens.expires_in, type(tokens.expires_in)) == (seconds, type(seconds))


@pytest.mark.parametrize(
    ("written", "scope"),
    [("x y", "x y"), (["x", "y"], "x y"), (("x",), "x"), ([], ""), (["x", 7], None), (7, None), ({"x": 1}, None), (False, None)],
)
def test_scopes_may_be_a_list(written: Any, scope: str | None) -> None:
    """Twitch lists scopes, others write words; what is neither is passed over."""
    assert Tokens(access=Secret("a"), scope=written).scope == scope


@pytest.mark.parametrize("written", [None, "", " ", "a b", "a\r\nX: y", "t\u00f6ken", "x" * 100, 7, [], {}])
def test_what_is_no_scheme_stands_for_bearer(written: Any) -> None:
    """A type that cannot stand before a token in a header field would spoil every call from then on."""
    assert Tokens(access=Secret("a"), token_type=written).header == Secret("Bearer a")
