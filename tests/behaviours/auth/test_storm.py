"""Many calls, one token that ended: one refresh, and nobody sends the old token again."""

from typing import Any

import seawall
from seawall import NestedCalls, RefreshProblem, Tokens
from seawall.auth import Authenticated
from seawall.auth.sources import ClientCredentials
from seawall.auth.stores import CorruptStoreError, MemoryStore
from seawall.testing import FakeClock, Gate, Reply
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer, bearer, refresh

N = 100
REFUSED = Reply(400, json={"error": "invalid_client"})


def test_many_401s_cause_one_refresh(crowd: Crowd, server: AuthServer) -> None:
    """A1: a hundred calls that are refused at once cause one refresh and a hundred replays, each with the new token."""
    server.protect(Gate(then=server.tokens.protect(), opens_at=N))
    crowd.connect(server.url).sign_in(server.login())
    old = server.newest()
    server.tokens.expire_all()
    responses = crowd.run(*[get(number) for number in range(N)])
    assert [response.status for response in responses] == [200] * N
    assert (server.tokens.refreshes, server.tokens.rejected) == (1, N)
    assert all(server.sent_by(number) == [old, server.newest()] for number in range(N))
    assert {response.attempts[0].replays for response in responses} == {1}


def test_every_storm_is_one_refresh(crowd: Crowd, server: AuthServer) -> None:
    """A1: tokens that end again and again are refreshed once each time, and no refusal of a hundred is taken for a loop."""
    crowd.connect(server.url).sign_in(server.login())
    for storm in range(1, 4):
        server.protect(Gate(then=server.tokens.protect(), opens_at=N))
        server.tokens.expire_all()
        assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
        assert server.tokens.refreshes == storm


def test_a_late_401_replays_with_the_present_token(crowd: Crowd, server: AuthServer) -> None:
    """A2: a 401 for a token that was refreshed meanwhile replays with the present one and starts no refresh."""
    gate = Gate(then=server.tokens.protect())
    server.protect(gate, server.tokens.protect())
    crowd.connect(server.url).sign_in(server.login())
    old = server.newest()
    late = crowd.start(get(0))
    gate.reached.wait()
    server.tokens.expire_all()
    assert [response.status for response in crowd.each(get(1))] == [200] * len(crowd.homes)
    gate.open()
    assert outcomes(late)[0].status == 200
    assert server.sent_by(0) == [old, server.newest()]
    assert server.tokens.refreshes == 1


def test_a_failed_refresh_fails_all_who_waited(crowd: Crowd, server: AuthServer) -> None:
    """A3: a refresh that fails is told to all who waited, each by a problem of its own with that cause, and nobody replays."""
    gate = Gate(then=REFUSED)
    server.refresh_by(gate, server.tokens.token_endpoint())
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.expire_all()
    waiting = crowd.start(*[get(number) for number in range(N)])
    server.agents.wait_for_calls(N)
    gate.open()
    problems = outcomes(waiting)
    assert {type(problem) for problem in problems} == {RefreshProblem}
    assert {problem.__cause__.code for problem in problems} == {"INVALID_CLIENT"}
    assert len({id(problem) for problem in problems}) == len({id(problem.__cause__) for problem in problems}) == N
    assert all(problem.__context__ is None for problem in problems)
    assert (len(server.token.calls), len(server.agents.calls)) == (1, N)
    assert crowd.one(get()).status == 200


def test_a_failure_is_shared_by_those_on_their_way(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A3: a call sent before a refresh failed shares the failure, however late its 401; one sent after it tries again."""
    gate = Gate(then=server.tokens.protect())
    server.protect(gate, server.tokens.protect())
    server.refresh_by(REFUSED, server.tokens.token_endpoint())
    crowd.connect(server.url, clock=clock).sign_in(server.login())
    on_its_way = crowd.start(get())
    gate.reached.wait()
    server.tokens.expire_all()
    assert isinstance(crowd.one(get()), RefreshProblem)
    gate.open()
    assert isinstance(outcomes(on_its_way)[0], RefreshProblem)
    assert len(server.token.calls) == 1
    assert crowd.one(get()).status == 200
    assert len(server.token.calls) == 2


def test_the_refresh_has_no_credential(crowd: Crowd, server: AuthServer) -> None:
    """A6: the refresh goes through the leader's client, and carries no access token."""
    crowd.connect(server.url, client={"headers": {"X-Tenant": "acme"}}).sign_in(server.login())
    server.tokens.expire_all()
    assert crowd.one(get()).status == 200
    (call,) = server.token.calls
    assert "authorization" not in call.headers
    assert call.headers["x-tenant"] == "acme"


def test_a_refresh_through_the_same_client_waits_for_nobody(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A6: a source that refreshes by the very client that it serves neither waits for itself nor sends the token that ended."""

    async def refresh_by_the_client(tokens: Tokens, api: NestedCalls) -> Tokens:
        home = crowd.homes[0 if api.runtime.is_blocking else -1]
        return await refresh(tokens, home.api)

    crowd.connect(server.url, source=refresh_by_the_client, clock=clock).sign_in(server.login())
    server.tokens.expire_all()
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    clock.advance(3600)
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    assert server.tokens.refreshes == 2
    assert ["authorization" in call.headers for call in server.token.calls] == [False, False]


def test_a_call_knows_of_its_replay(crowd: Crowd, server: AuthServer) -> None:
    """A1: the timeline says that a call was sent again with a new token, and counts that as one attempt."""
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.expire_all()
    response = crowd.one(get())
    assert [attempt.replays for attempt in response.attempts] == [1]
    assert "with a new token" in str(response.explain())


def test_a_body_is_replayed_as_it_was(crowd: Crowd, server: AuthServer) -> None:
    """A1: a POST that is refused goes out again byte for byte, without being declared repeatable."""
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.expire_all()
    body: Any = {"name": "Ada", "password": seawall.Secret("x")}
    assert crowd.one(lambda api: api.post("/agents", json=body)).status == 200
    first, second = server.agents.calls
    assert (first.method, first.body) == (second.method, second.body) == ("POST", b'{"name":"Ada","password":"x"}')


def test_an_app_signs_itself_in_once(crowd: Crowd, server: AuthServer) -> None:
    """A1: where a source needs no user, a hundred first calls cause one request for a token, and each storm one more."""
    tokens, asked = ["app-1"], list[str]()

    def endpoint(call: Any) -> Reply:
        asked.append(call.form["grant_type"])
        return Reply(json={"access_token": tokens[-1]})

    def agents(call: Any) -> Reply:
        return Reply(200 if bearer(call) == tokens[-1] else 401)

    server.refresh_by(endpoint)
    server.protect(agents)
    crowd.connect(server.url, source=ClientCredentials("/token", "app", "secret"))
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    assert asked == ["client_credentials"]
    assert crowd.session.state == Authenticated(None)
    tokens.append("app-2")
    server.protect(Gate(then=agents, opens_at=N))
    assert [response.status for response in crowd.run(*[get()] * N)] == [200] * N
    assert len(asked) == 2
    crowd.sign_out()
    assert crowd.one(get()).status == 200
    assert len(asked) == 3


def test_an_app_needs_no_whole_store(crowd: Crowd, server: AuthServer) -> None:
    """A14: where a source needs no user, a store that holds no session is written anew, and nobody is asked to sign in."""

    class CorruptStore(MemoryStore):
        looked = 0

        def load(self) -> Any:
            self.looked += 1
            if self.looked == 1:
                raise CorruptStoreError("it was kept aside")
            return super().load()

    store = CorruptStore()
    server.refresh_by(lambda call: {"access_token": "app-1"})
    server.protect(Reply(200))
    crowd.connect(server.url, source=ClientCredentials("/token", "app", "secret"), store=store)
    assert crowd.one(get()).status == 200
    assert server.sent() == ["app-1"]
    assert store.load() is not None
