"""What another process has written: who learns of it, when, and what calls do while nobody can ask."""

import threading

import pytest

import seawall
from seawall import SessionEndedProblem, Tokens, UnauthorizedProblem
from seawall.auth import Authenticated, EndReason, SessionState, Unauthenticated
from seawall.auth.stores import MemoryStore, StoredSession
from seawall.testing import FakeClock, Gate
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer
from tests.behaviours.auth.told_stores import ToldStore, write

N = 30
ELSEWHERE = Unauthenticated(EndReason.SIGNED_OUT_ELSEWHERE)


def test_a_store_that_is_away_stops_no_good_token(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A12: after a write by another process, calls with a good token go on though the store is away; it is asked now and then."""
    store = ToldStore()
    crowd.connect(server.url, store=store, clock=clock).sign_in(server.login())
    store.away = True
    store.tell()
    assert crowd.one(get()).status == 200
    asked = store.loads
    assert {response.status for response in crowd.run(*[get()] * N)} == {200}
    assert store.loads == asked
    clock.advance(11)
    assert {response.status for response in crowd.run(*[get()] * N)} == {200}
    assert store.loads == asked + 1
    store.away = False
    write(store, None)
    clock.advance(11)
    assert crowd.one(get()).reason == "signed_out_elsewhere"


def test_a_store_that_tells_again_is_asked_at_once(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A10: a store that is heard of again after it was away is asked without waiting any longer."""
    store = ToldStore()
    crowd.connect(server.url, store=store, clock=clock).sign_in(server.login())
    store.away = True
    store.tell()
    assert crowd.one(get()).status == 200
    store.away = False
    write(store, None)
    store.tell()
    assert crowd.one(get()).reason == "signed_out_elsewhere"


def test_a_store_that_hangs_keeps_no_good_token_for_long(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A12: a call waits three seconds for a store that does not answer, and goes on with its good token; the next do not wait."""
    store = ToldStore()
    crowd.connect(server.url, store=store, clock=clock).sign_in(Tokens(access=server.login().access))
    store.slow_before = "load"
    telling = threading.Thread(target=store.tell)
    telling.start()
    telling.join() if crowd.kind == "asyncio" else store.reached.wait()
    waiting = crowd.start(get(timeout=None))
    while not waiting[0].done():
        clock.advance(1.0)
    assert outcomes(waiting)[0].status == 200
    assert {response.status for response in crowd.run(*[get()] * N)} == {200}
    store.go_on.set()
    telling.join()


def test_a_token_that_is_over_needs_the_store(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A12: where the token has ended, a store that is away fails the call for now, unsent."""
    store = ToldStore()
    crowd.connect(server.url, store=store, clock=clock).sign_in(server.login(), "ada")
    store.away = True
    store.tell()
    clock.advance(7200)
    problem = crowd.one(get())
    assert (type(problem), problem.sent) == (seawall.RefreshProblem, seawall.Sent.NO)
    assert crowd.session.state == Authenticated("ada")


def test_observers_hear_of_other_processes(crowd: Crowd, server: AuthServer) -> None:
    """A10: where the store tells, the observers of a blocking session hear at once of sign-outs and sign-ins elsewhere; those of
    an asyncio session at the next call, in its loop."""
    store, heard = ToldStore(), list[tuple[SessionState, int]]()
    crowd.connect(server.url, store=store).sign_in(server.login(), "ada")
    crowd.session.state_changed.connect(lambda state: heard.append((state, threading.get_ident())))
    bob = StoredSession(session="bob", revision="bob", tokens=server.login(), user="bob")
    for stored, state in ((None, ELSEWHERE), (bob, Authenticated("bob")), (bob, Authenticated("bob"))):
        write(store, stored)
        telling = threading.Thread(target=store.tell)
        telling.start()
        telling.join()
        if crowd.kind == "asyncio":
            assert crowd.session.state != state or stored is bob
            crowd.one(get())
        assert crowd.session.state == state
    assert [state for state, _ in heard] == [ELSEWHERE, Authenticated("bob")]
    assert threading.get_ident() not in {thread for _, thread in heard}
    assert len(server.agents.calls) == (2 if crowd.kind == "asyncio" else 0)


def test_a_store_that_tells_restores_nobody(crowd: Crowd, server: AuthServer) -> None:
    """A14: before anybody has asked who is signed in, a write by another process has nothing read and nobody told."""
    store, heard = ToldStore(), list[SessionState]()
    crowd.connect(server.url, store=store)
    crowd.session.state_changed.connect(heard.append)
    write(store, StoredSession(session="bob", revision="bob", tokens=server.login(), user="bob"))
    before = store.loads
    store.tell()
    assert (store.loads, heard) == (before, [])
    assert crowd.restore() == Authenticated("bob")


def test_a_sign_in_elsewhere_is_no_sign_out(crowd: Crowd, server: AuthServer) -> None:
    """R12: a call that was refused when another process had signed somebody else in says that its user was replaced."""
    store, gate = MemoryStore(), Gate(then=server.tokens.protect())
    server.protect(gate, server.tokens.protect())
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    adas = crowd.start(get())
    gate.reached.wait()
    server.tokens.expire_all()
    write(store, StoredSession(session="bob", revision="bob", tokens=server.login(), user="bob"))
    gate.open()
    problem = outcomes(adas)[0]
    assert (type(problem), problem.reason) == (SessionEndedProblem, "replaced")
    assert crowd.session.state == Authenticated("bob")


@pytest.mark.parametrize("ends", [True, False])
def test_who_waited_for_a_refresh_learns_the_true_reason(crowd: Crowd, server: AuthServer, ends: bool) -> None:
    """A13: calls that waited for a refresh in which the session was revoked, or signed out of, learn that, and not the other."""
    gate = Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.expire_all()
    waiting = crowd.start(get())
    gate.reached.wait()
    if ends:
        assert crowd.handle_unauthorized()
    else:
        crowd.sign_out()
    gate.open()
    problem = outcomes(waiting)[0]
    assert (type(problem), problem.reason) == (SessionEndedProblem, "revoked" if ends else "signed_out")
    assert isinstance(problem, UnauthorizedProblem)
