"""What a token endpoint answers in odd ways: whole answers are used, errors are errors, and only what is lost counts as lost."""

import json
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

import seawall
from seawall import MockTransport, NestedCalls, RefreshProblem, StopReason, Tokens, UserSession
from seawall.auth import Authenticated, RefreshOptions
from seawall.auth.sources import OAuth2
from seawall.auth.stores import MemoryStore, decode_session, encode_session
from seawall.testing import Choice, FakeClock, Hang, Reply, TokenServer
from tests.behaviours.auth.crowds import Crowd, get
from tests.behaviours.auth.server import AuthServer, refresh
from tests.behaviours.kit import URL

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
ODD = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3))
NO_TEXT = ODD.filter(lambda value: not isinstance(value, str) or not value.strip())
TYPES = NO_TEXT | st.sampled_from(["", "bearer", "BEARER", "Bearer token", "b\u00e4rer", "a\r\nX: y"])
HINTS = {"expires_in": ODD, "scope": ODD, "token_type": TYPES, "error": NO_TEXT, "error_description": ODD, "id_token": ODD}
ANSWERS = st.fixed_dictionaries({}, optional=HINTS)


class OddServer:
    """A token server whose answers are whole and have odd members.

    Args:
        members: What they say beside the access token, in place of what is right.
        rotates: Whether the refresh token changes.
    """

    def __init__(self, members: dict[str, Any], *, rotates: bool) -> None:
        self.tokens = TokenServer(rotates=rotates)
        self._members = members
        self.transport = MockTransport()
        self.transport.route("POST", "/token", Choice(self._answer))
        self.transport.route("GET", "/agents", self.tokens.protect())

    def _answer(self, call: Any) -> Reply:
        granted = self.tokens.exchange(call)
        return granted if granted.status != 200 else Reply(json={**granted.json, **self._members})


def lives_on(server: OddServer, source: Any) -> None:
    """Have a session refresh twice, and look at what it holds after each."""
    store = MemoryStore()
    session = UserSession(source, store=store)
    with seawall.Client(URL, transport=server.transport, auth=session) as api:
        issued = server.tokens.issue()
        session.sign_in(Tokens(access=issued.access_token, refresh=issued.refresh_token))
        for refreshes in (1, 2):
            server.tokens.expire_all()
            assert api.get("/agents").status == 200
            assert (server.tokens.refreshes, server.tokens.reuses) == (refreshes, 0)
            assert session.state == Authenticated(None)
            stored = store.load()
            assert stored is not None
            assert decode_session(encode_session(stored)) == stored


@hypothesis.given(ANSWERS, st.sampled_from([OAuth2("/token", "console"), refresh]))
def test_a_whole_answer_is_never_lost(members: dict[str, Any], source: Any) -> None:
    """Whatever stands beside new tokens: they are used and stored, and the spent refresh token is never sent again."""
    lives_on(OddServer(members, rotates=True), source)


@hypothesis.given(ANSWERS, NO_TEXT)
def test_an_answer_without_a_new_refresh_token_keeps_the_old(members: dict[str, Any], none: Any) -> None:
    """Whatever stands in the place of a refresh token that was not rotated: the old one goes on, which the server still takes."""
    lives_on(OddServer({**members, "refresh_token": none}, rotates=False), OAuth2("/token", "console"))


@pytest.mark.parametrize("none", ["", " ", None, False, 0, [], {}])
def test_a_function_gets_the_old_one_too(none: Any) -> None:
    """A function that decodes `Tokens` as they come keeps the old refresh token where the member is empty."""
    lives_on(OddServer({"refresh_token": none}, rotates=False), refresh)


async def natural(tokens: Tokens, api: NestedCalls) -> Tokens:
    """What everyone writes first: plain JSON, and its text put into `Tokens`."""
    assert tokens.refresh is not None
    response = await api.post("/token", data={"grant_type": "refresh_token", "refresh_token": tokens.refresh})
    told: Any = json.loads(response.content)
    return Tokens(access=told["access_token"], refresh=told["refresh_token"], expires_in=told["expires_in"])


@pytest.mark.parametrize("seconds", [3600, "3600", "", None])
def test_a_natural_function_does_not_waste_what_it_got(seconds: Any) -> None:
    """Tokens that a function hands over as text are used, stored and refreshed like any others."""
    lives_on(OddServer({"expires_in": seconds}, rotates=True), natural)


@pytest.mark.parametrize(
    ("answer", "asked", "reason"),
    [
        (Reply(json={"token_type": "bearer"}), 1, "revoked"),
        (Reply(json={"access_token": 7}), 1, "revoked"),
        (Reply(json={"error": "incorrect_client_credentials"}), 1, "revoked"),
        (Reply(json=[]), 2, "refresh_answer_lost"),
        (Reply(text='{"access_token": "a'), 2, "refresh_answer_lost"),
    ],
    ids=["no token", "odd token", "error", "no object", "cut short"],
)
def test_only_what_did_not_come_is_lost(
    crowd: Crowd, server: AuthServer, clock: FakeClock, answer: Reply, asked: int, reason: str
) -> None:
    """A whole answer that holds no tokens is not asked for again, and is not blamed when the session ends later."""
    server.refresh_by(*[answer] * asked, Reply(400, json={"error": "invalid_grant"}))
    crowd.connect(server.url, clock=clock, source=OAuth2("/token", "console")).sign_in(server.login())
    server.tokens.expire_all()
    assert isinstance(crowd.one(get()), RefreshProblem)
    assert len(server.token.calls) == asked
    assert crowd.one(get()).reason == reason


def test_a_client_that_is_refused_is_told_so(crowd: Crowd, server: AuthServer) -> None:
    """`invalid_client` passes by nobody's waiting: the problem, its text and its timeline agree."""
    server.refresh_by(Reply(401, json={"error": "invalid_client"}))
    crowd.connect(server.url, source=OAuth2("/token", "console")).sign_in(server.login())
    server.tokens.expire_all()
    problem = crowd.one(get())
    assert isinstance(problem, RefreshProblem)
    assert not problem.retryable
    assert problem.stopped is StopReason.NOT_RETRYABLE
    assert problem.explain().attempts[-1].stopped is StopReason.NOT_RETRYABLE
    assert "could not be renewed" in str(problem)


def test_a_refresh_that_does_not_end_names_its_option(crowd: Crowd, server: AuthServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to set is told by the name under which it can be set."""
    monkeypatch.setattr("seawall.auth._flights.OVERRUN", -0.2)
    server.refresh_by(Hang())
    crowd.connect(server.url, options=RefreshOptions(timeout=0.3, attempts=1)).sign_in(server.login())
    server.tokens.expire_all()
    assert "RefreshOptions(timeout=" in crowd.one(get()).detail
    with pytest.raises(seawall.UsageError, match=r"^RefreshOptions: timeout: "):
        RefreshOptions(timeout=-1)
