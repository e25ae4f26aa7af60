"""Sources that need no user: whatever ends their session, the next call has tokens again."""

from typing import Any

import pytest

from seawall import Tokens
from seawall.auth import Authenticated
from seawall.auth.sources import ClientCredentials
from seawall.auth.stores import StoredSession
from seawall.testing import Gate, Reply
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer
from tests.behaviours.auth.told_stores import ToldStore, write

N = 100


@pytest.fixture
def store(crowd: Crowd, server: AuthServer) -> ToldStore:
    """Of a service that has its tokens."""

    def issue(call: Any) -> Reply:
        return Reply(200, json={"access_token": server.tokens.issue().access_token.reveal(), "token_type": "Bearer"})

    server.refresh_by(issue)
    store = ToldStore()
    crowd.connect(server.url, source=ClientCredentials(f"{server.url}/token", "service", "its-own-secret"), store=store)
    assert crowd.one(get()).status == 200
    return store


def test_tokens_that_disappeared_are_bought_again(crowd: Crowd, server: AuthServer, store: ToldStore) -> None:
    """A1, A10: where somebody has emptied the store, the calls that are refused then get new tokens, by one refresh."""
    write(store, None)
    server.protect(Gate(then=server.tokens.protect(), opens_at=N))
    server.tokens.expire_all()
    assert {response.status for response in crowd.run(*[get()] * N)} == {200}
    assert len(server.token.calls) == 2
    stored = store.load()
    assert stored is not None
    assert stored.tokens.access.reveal() == server.newest()
    assert isinstance(crowd.session.state, Authenticated)


def test_tokens_are_bought_again_when_the_store_tells(crowd: Crowd, server: AuthServer, store: ToldStore) -> None:
    """A10: calls made after the store told that it was emptied get new tokens, and no problem."""
    write(store, None)
    store.tell()
    assert {response.status for response in crowd.run(*[get()] * N)} == {200}
    assert len(server.token.calls) == 2


def test_a_session_that_the_app_ended_begins_anew(crowd: Crowd, server: AuthServer, store: ToldStore) -> None:
    """A13: after `handle_unauthorized` the next call signs in again, and so does one that is refused only then."""
    gate = Gate(then=server.tokens.protect())
    server.protect(gate, server.tokens.protect())
    refused = crowd.start(get())
    gate.reached.wait()
    server.tokens.expire_all()
    assert crowd.handle_unauthorized()
    gate.open()
    assert outcomes(refused)[0].status == 200
    assert crowd.handle_unauthorized()
    assert [response.status for response in crowd.each(get())] == [200] * len(crowd.homes)
    assert len(server.token.calls) == 3


@pytest.mark.parametrize("tells", [False, True])
def test_tokens_that_another_process_bought_will_do(crowd: Crowd, server: AuthServer, store: ToldStore, tells: bool) -> None:
    """A10: where another process has begun a session of its own, calls that are refused go on with that: there is no user."""
    gate = Gate(then=server.tokens.protect())
    server.protect(*[gate] * (N - 1), server.tokens.protect())
    server.tokens.expire_all()
    calls = crowd.start(*[get()] * (N - 1))
    server.agents.wait_for_calls(N - 1)
    tokens = Tokens(access=server.tokens.issue().access_token)
    write(store, StoredSession(session="theirs", revision="theirs", tokens=tokens))
    if tells:
        store.tell()
    gate.open()
    assert {response.status for response in outcomes(calls)} == {200}
    assert server.sent()[-1] == tokens.access.reveal()
    assert len(server.token.calls) == 1


def test_what_the_server_refuses_is_told(crowd: Crowd, server: AuthServer, store: ToldStore) -> None:
    """A4: a server that takes the app's secret no more ends the session by its own reason, and is asked once per call."""
    server.refresh_by(Reply(400, json={"error": "invalid_grant"}))
    write(store, None)
    server.tokens.expire_all()
    assert crowd.one(get()).reason == "revoked"
    assert crowd.one(get()).reason == "revoked"
    assert len(server.token.calls) == 2
