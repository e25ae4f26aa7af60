"""Who signs out has signed out, and who is signed out learns it once."""

import threading
from typing import Any

import pytest

import seawall
from seawall import SessionEndedProblem, Tokens, UnauthorizedProblem
from seawall.auth import Authenticated, EndReason, SessionState, Unauthenticated
from seawall.auth.sources import OAuth2
from seawall.auth.stores import MemoryStore
from seawall.testing import Gate
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer
from tests.behaviours.auth.stores import SlowStore

N = 100


def test_sign_out_during_a_refresh_wins(crowd: Crowd, server: AuthServer) -> None:
    """A9: what a refresh brings after a sign-out is thrown away, from memory and from the store, and revoked at the server."""
    store, gate = SlowStore(), Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url, store=store).sign_in(server.login())
    (old,) = server.tokens.issued
    server.tokens.expire_all()
    waiting = crowd.start(*[get()] * N)
    gate.reached.wait()
    crowd.sign_out()
    assert server.revoked() == [old.refresh_token.reveal()]
    sent_before = len(server.agents.wait_for_calls(N))
    gate.open()
    problems = outcomes(waiting)
    assert {(type(problem), getattr(problem, "reason", "")) for problem in problems} <= {
        (SessionEndedProblem, "signed_out"),
        (UnauthorizedProblem, ""),  # of a call whose 401 came after the sign-out
    }
    server.revocations.wait_for_calls(2)
    assert server.revoked()[1] == server.tokens.issued[1].refresh_token.reveal()
    assert store.written == [old.access_token.reveal(), None]
    assert len(server.agents.calls) == sent_before
    assert crowd.session.state == Unauthenticated(EndReason.SIGNED_OUT)


def test_a_sign_out_before_the_refresh_is_asked_for_asks_nothing(crowd: Crowd, server: AuthServer) -> None:
    """A9: a refresh that has only read the store when somebody signs out sends no refresh token any more."""
    store = SlowStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    server.tokens.expire_all()
    store.slow = "load"
    waiting = crowd.start(get())
    store.reached.wait()
    crowd.sign_out()
    store.go_on.set()
    problem = outcomes(waiting)[0]
    assert (type(problem), problem.reason) == (SessionEndedProblem, "signed_out")
    assert len(server.token.calls) == 0
    assert store.load() is None


def test_a_sign_out_before_the_store_is_read_is_no_sign_out_elsewhere(crowd: Crowd, server: AuthServer) -> None:
    """A9: who waited for a refresh learns that the sign-out was made here, though the refresh saw but an empty store."""
    store = SlowStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    server.tokens.expire_all()
    store.slow = "lease"
    waiting = crowd.start(get())
    store.reached.wait()
    crowd.sign_out()
    store.go_on.set()
    assert outcomes(waiting)[0].reason == "signed_out"


def test_a_sign_in_while_the_store_is_written_wins(crowd: Crowd, server: AuthServer) -> None:
    """A9: a refresh that has written the store when somebody signs in is thrown away, and its tokens are revoked; who waited for
    it learns that somebody else is signed in now."""
    store = SlowStore()
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    store.slow = "swap"
    waiting = crowd.start(get())
    store.reached.wait()
    fresh = server.tokens.issued[-1]
    crowd.sign_in(server.login(), user="bob")
    store.go_on.set()
    assert outcomes(waiting)[0].reason == "replaced"
    server.revocations.wait_for_calls(1)
    assert server.revoked() == [fresh.refresh_token.reveal()]
    stored = store.load()
    assert stored is not None
    assert (stored.user, crowd.session.state) == ("bob", Authenticated("bob"))


def test_nothing_old_goes_out_after_sign_out(crowd: Crowd, server: AuthServer) -> None:
    """A9: once sign-out has returned, no call carries a token, be it a new one, a waiting one or a retry."""
    gate = Gate(then=server.tokens.protect())
    server.protect(gate, server.tokens.protect())
    crowd.connect(server.url).sign_in(server.login())
    on_its_way = crowd.start(get())
    gate.reached.wait()
    server.tokens.expire_all()
    crowd.sign_out()
    gate.open()
    assert type(outcomes(on_its_way)[0]) is UnauthorizedProblem
    assert {type(problem) for problem in crowd.each(get())} == {UnauthorizedProblem}
    assert server.sent()[1:] == [None] * len(crowd.homes)
    assert len(server.token.calls) == 0


def test_a_retry_after_sign_out_carries_nothing(crowd: Crowd, server: AuthServer) -> None:
    """A9: a call that is retried looks for the token anew, so that a sign-out between two attempts counts."""
    gate = Gate(then=503)
    server.protect(gate, server.tokens.protect())
    crowd.connect(server.url, client={"retry": seawall.Retry(attempts=2, backoff=0)}).sign_in(server.login())
    calls = crowd.start(get())
    gate.reached.wait()
    crowd.sign_out()
    gate.open()
    assert type(outcomes(calls)[0]) is UnauthorizedProblem
    assert server.sent()[1:] == [None]


def test_sign_in_during_a_refresh_wins(crowd: Crowd, server: AuthServer) -> None:
    """A9: what a refresh brings for the user before is thrown away and revoked; the new user's session stays."""
    store, gate = MemoryStore(), Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    waiting = crowd.start(*[get(number) for number in range(N)])
    gate.reached.wait()
    server.agents.wait_for_calls(N)
    crowd.sign_in(server.login(), user="bob")
    bobs = server.newest()
    gate.open()
    assert {type(problem) for problem in outcomes(waiting)} <= {SessionEndedProblem, UnauthorizedProblem}
    server.revocations.wait_for_calls(1)
    assert server.revoked() == [server.tokens.issued[2].refresh_token.reveal()]
    assert bobs not in server.sent()
    assert [response.status for response in crowd.each(get())] == [200] * len(crowd.homes)
    assert set(server.sent()[N:]) == {bobs}
    stored = store.load()
    assert stored is not None
    assert (stored.user, stored.tokens.access.reveal()) == ("bob", bobs)


def test_a_call_is_never_replayed_with_the_next_users_token(crowd: Crowd, server: AuthServer) -> None:
    """R12: a call that one user made and the server refused is not sent again with the token of the user who signed in since."""
    gate = Gate(then=server.tokens.protect())
    server.protect(gate, server.tokens.protect())
    crowd.connect(server.url).sign_in(server.login(), user="ada")
    adas = server.newest()
    calls = crowd.start(get())
    gate.reached.wait()
    server.tokens.expire_all()
    crowd.sign_in(server.login(), user="bob")
    gate.open()
    assert type(outcomes(calls)[0]) is UnauthorizedProblem
    assert server.sent() == [adas]


def test_sign_out_tells_the_server(crowd: Crowd, server: AuthServer) -> None:
    """A9: sign-out empties the store and has the server forget the refresh token, by a call without a credential."""
    store = MemoryStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    crowd.sign_out()
    assert store.load() is None
    assert server.revoked() == [server.tokens.issued[0].refresh_token.reveal()]
    assert "authorization" not in server.revocations.calls[0].headers
    crowd.sign_out()
    assert len(server.revocations.calls) == 1


def test_sign_out_needs_no_server(crowd: Crowd, server: AuthServer, caplog: pytest.LogCaptureFixture) -> None:
    """A9: a server that cannot be told does not keep anybody signed in; a warning says so."""
    store = MemoryStore()
    server.server.route("POST", "/revoke", 500)
    crowd.connect(server.url, store=store).sign_in(server.login())
    crowd.sign_out()
    assert store.load() is None
    assert crowd.session.state == Unauthenticated(EndReason.SIGNED_OUT)
    assert "not told of the sign-out" in caplog.text


def test_sign_out_before_anything_was_read(crowd: Crowd, server: AuthServer) -> None:
    """A9: a program that only signs out, and never restored the session, ends what the last one left in the store."""
    store = MemoryStore()
    with Crowd("blocking") as before:
        before.connect(server.url, store=store).sign_in(server.login())
    crowd.connect(server.url, store=store)
    crowd.sign_out()
    assert store.load() is None
    assert server.revoked() == [server.tokens.issued[0].refresh_token.reveal()]


def test_a_revoked_session_ends_once(crowd: Crowd, server: AuthServer) -> None:
    """A13: however many calls see that the session was revoked, it ends once: one refresh, one change heard, an empty store."""
    store, heard = MemoryStore(), list[SessionState]()
    server.protect(Gate(then=server.tokens.protect(), opens_at=N))
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    crowd.session.state_changed.connect(heard.append)
    server.tokens.revoke_all()
    problems = crowd.run(*[get()] * N)
    assert {(type(problem), problem.reason) for problem in problems} == {(SessionEndedProblem, "revoked")}
    assert len({id(problem) for problem in problems}) == N
    assert heard == [Unauthenticated(EndReason.REVOKED)]
    assert store.load() is None
    assert len(server.token.calls) == 1


def test_an_ended_session_sends_nothing(crowd: Crowd, server: AuthServer) -> None:
    """A13: after the end calls fail at once, unsent, with a message that may be shown, until somebody signs in."""
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.revoke_all()
    crowd.one(get())
    sent = len(server.agents.calls)
    problem = crowd.one(get())
    assert (type(problem), problem.sent) == (SessionEndedProblem, seawall.Sent.NO)
    assert "sign in" in problem.user_message("en").lower()
    assert len(server.agents.calls) == sent
    crowd.sign_in(server.login())
    assert crowd.one(get()).status == 200


def test_tokens_that_cannot_be_refreshed_end_with_their_life(crowd: Crowd, server: AuthServer) -> None:
    """A13: where there is no refresh token, the first 401 ends the session as expired, once, and asks the server for nothing."""
    crowd.connect(server.url, source=OAuth2("/token", "app"))
    crowd.sign_in(Tokens(access=server.login().access))
    server.tokens.expire_all()
    problems = crowd.run(*[get()] * N)
    assert {(type(problem), problem.reason) for problem in problems} == {(SessionEndedProblem, "expired")}
    assert crowd.session.state == Unauthenticated(EndReason.EXPIRED)
    assert len(server.token.calls) == 0


def test_handle_unauthorized_ends_the_session_once(crowd: Crowd, server: AuthServer) -> None:
    """A13: a hundred who learn elsewhere that the session is over end it once, and one of them is told so."""
    store, heard = MemoryStore(), list[SessionState]()
    crowd.connect(server.url, store=store).sign_in(server.login())
    crowd.session.state_changed.connect(heard.append)
    told = list[bool]()
    threads = [threading.Thread(target=lambda: told.append(crowd.handle_unauthorized())) for _ in range(N)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False] * (N - 1) + [True]
    assert heard == [Unauthenticated(EndReason.REVOKED)]
    assert store.load() is None


def test_handle_unauthorized_in_an_observer(crowd: Crowd, server: AuthServer) -> None:
    """A13: an observer that ends the session again when it hears of its end changes nothing, and waits for nobody."""
    heard = list[Any]()
    crowd.connect(server.url).sign_in(server.login())
    if crowd.kind != "asyncio":
        crowd.session.state_changed.connect(lambda state: heard.append((state, crowd.handle_unauthorized())))
    else:
        crowd.session.state_changed.connect(lambda state: heard.append((state, False)))
    assert crowd.handle_unauthorized()
    assert heard == [(Unauthenticated(EndReason.REVOKED), False)]


def test_a_raising_observer_harms_nobody(crowd: Crowd, server: AuthServer, caplog: pytest.LogCaptureFixture) -> None:
    """A13: an observer that raises breaks neither sign-in nor the end, and the others hear all, in order."""
    heard = list[SessionState]()

    def broken(state: SessionState) -> None:
        raise ValueError("canary-of-an-observer")

    crowd.connect(server.url)
    for observer in (broken, heard.append, broken):
        crowd.session.state_changed.connect(observer)
    crowd.sign_in(server.login(), user="ada")
    server.tokens.revoke_all()
    assert crowd.one(get()).reason == "revoked"
    assert heard == [Authenticated("ada"), Unauthenticated(EndReason.REVOKED)]
    assert "an observer of the session raised ValueError" in caplog.text
    assert "canary" not in caplog.text


def test_features_reach_no_tokens(crowd: Crowd, server: AuthServer) -> None:
    """A13: what a session offers in public neither shows tokens nor clears them other than by signing out."""
    crowd.connect(server.url).sign_in(server.login())
    offered = {name for name in dir(crowd.session) if not name.startswith("_")}
    assert offered == {
        "allow_http", "attach", "bind", "handle_unauthorized", "note_home", "origins", "renew", "restore", "scheme", "sign_in",
        "sign_out", "state", "state_changed",
    }  # fmt: skip
    shown = " ".join(repr(getattr(crowd.session, name)) for name in offered)
    assert server.newest() not in shown
