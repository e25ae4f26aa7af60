"""A store into which somebody else writes at the worst moment, lease or no lease, and a store that fails."""

from collections.abc import Callable
from typing import Any

import pytest

from seawall import RefreshProblem, SessionEndedProblem, Tokens, UnauthorizedProblem
from seawall.auth import Authenticated, EndReason, Unauthenticated
from seawall.auth.stores import MemoryStore, StoredSession, StoreError
from seawall.testing import Gate, Reply
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer
from tests.behaviours.auth.stores import SlowStore

N = 100
Write = Callable[[StoredSession], StoredSession | None]


class FailingStore(MemoryStore):
    """Fails while it is out of order, for reading, writing, or only for deleting."""

    broken = ""

    def load(self) -> StoredSession | None:
        if self.broken == "load":
            raise StoreError("the store is out of order")
        return super().load()

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        if self.broken == "swap" or (self.broken == "delete" and session is None):
            raise StoreError("the store is out of order")
        return super().swap(expected, session)


def _write(store: MemoryStore, write: Write) -> None:
    stored = store.load()
    assert stored is not None
    assert store.swap(stored.revision, write(stored))


def _overtaken(crowd: Crowd, server: AuthServer, store: MemoryStore, write: Write) -> list[Any]:
    """What a hundred calls give whose refresh is granted just when another process, without our lease, has written."""

    def endpoint(call: Any) -> Any:
        answer = server.tokens.exchange(call)
        _write(store, write)
        return answer

    server.refresh_by(endpoint)
    server.protect(Gate(then=server.tokens.protect(), opens_at=N))
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    return crowd.run(*[get()] * N)


def test_newer_tokens_of_the_session_win(crowd: Crowd, server: AuthServer) -> None:
    """A10: where another process wrote newer tokens of the session, those stay and are used, and ours are not revoked: one
    login would end with the other."""
    store = MemoryStore()

    def newer(stored: StoredSession) -> StoredSession:
        return StoredSession(session=stored.session, revision="theirs", tokens=server.login(), user="ada")

    assert {response.status for response in _overtaken(crowd, server, store, newer)} == {200}
    stored = store.load()
    assert stored is not None
    assert (stored.revision, server.sent()[-1]) == ("theirs", stored.tokens.access.reveal())
    assert (server.revoked(), len(server.token.calls)) == ([], 1)


def test_another_sign_in_wins(crowd: Crowd, server: AuthServer) -> None:
    """A9, A10: where another process signed somebody in, that stays, our new tokens are revoked, and no call is replayed."""
    store = MemoryStore()
    theirs = StoredSession(session="theirs", revision="theirs", tokens=server.login(), user="bob")
    problems = _overtaken(crowd, server, store, lambda stored: theirs)
    assert {type(problem) for problem in problems} <= {SessionEndedProblem, UnauthorizedProblem}
    server.revocations.wait_for_calls(1)
    assert server.revoked() == [server.tokens.issued[-1].refresh_token.reveal()]
    assert (store.load(), crowd.session.state) == (theirs, Authenticated("bob"))
    assert theirs.tokens.access.reveal() not in server.sent()


def test_a_sign_out_elsewhere_wins(crowd: Crowd, server: AuthServer) -> None:
    """A9, A10: where another process signed out, the store stays empty, our new tokens are revoked, and all learn why."""
    store = MemoryStore()
    problems = _overtaken(crowd, server, store, lambda stored: None)
    assert {(type(problem), problem.reason) for problem in problems} == {(SessionEndedProblem, "signed_out_elsewhere")}
    server.revocations.wait_for_calls(1)
    assert server.revoked() == [server.tokens.issued[-1].refresh_token.reveal()]
    assert (store.load(), crowd.session.state) == (None, Unauthenticated(EndReason.SIGNED_OUT_ELSEWHERE))


def test_a_sign_out_here_is_told_as_one(crowd: Crowd, server: AuthServer) -> None:
    """A9: who signs out just before a refresh writes the store is not told of a sign-out elsewhere."""
    store, gate = SlowStore(), Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate)
    crowd.connect(server.url, store=store).sign_in(server.login())
    server.tokens.expire_all()
    waiting = crowd.start(get())
    gate.reached.wait()
    store.slow_before = "swap"
    gate.open()
    store.reached.wait()
    crowd.sign_out()
    store.go_on.set()
    assert outcomes(waiting)[0].reason == "signed_out"
    server.revocations.wait_for_calls(2)
    assert crowd.session.state == Unauthenticated(EndReason.SIGNED_OUT)
    assert store.load() is None


def test_a_sign_in_that_is_overtaken_is_written_again(crowd: Crowd, server: AuthServer) -> None:
    """A11: who signs in wins over what another process writes meanwhile."""
    store = SlowStore()
    crowd.connect(server.url, store=store)
    _between(crowd, store, lambda: crowd.sign_in(server.login(), user="bob"), server.login())
    stored = store.load()
    assert stored is not None
    assert (stored.user, crowd.session.state) == ("bob", Authenticated("bob"))


def test_a_sign_out_that_is_overtaken_is_written_again(crowd: Crowd, server: AuthServer) -> None:
    """A9: who signs out while another process writes newer tokens of the session deletes those, and has them revoked."""
    store = SlowStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    newer = server.login()
    _between(crowd, store, crowd.sign_out, newer)
    assert store.load() is None
    assert newer.refresh is not None
    assert server.revoked() == [newer.refresh.reveal()]


def _between(crowd: Crowd, store: SlowStore, work: Callable[[], None], tokens: Tokens) -> None:
    """Work, and write tokens into the store between its reading and its writing."""
    with Crowd("blocking") as aside:
        aside.connect("http://127.0.0.1")
        store.slow_before = "swap"

        async def job(api: Any) -> None:
            work()

        working = aside.start(job)
        store.reached.wait()
        present = store.load()
        session = "theirs" if present is None else present.session
        theirs = StoredSession(session=session, revision="theirs", tokens=tokens, user="ada")
        assert store.swap(None if present is None else present.revision, theirs)
        store.go_on.set()
        assert outcomes(working) == [None]


def test_signing_out_twice_leaves_others_alone(crowd: Crowd, server: AuthServer) -> None:
    """A9: a sign-out where nobody is signed in any more neither deletes nor revokes what another process wrote since."""
    store = MemoryStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    crowd.sign_out()
    theirs = StoredSession(session="theirs", revision="theirs", tokens=server.login())
    assert store.swap(None, theirs)
    crowd.sign_out()
    assert (store.load(), len(server.revocations.calls)) == (theirs, 1)


def test_signing_out_leaves_another_session_alone(crowd: Crowd, server: AuthServer) -> None:
    """A10: a sign-out deletes its own session; one that another process has signed in since stays."""
    store = MemoryStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    (mine,) = server.tokens.issued
    theirs = StoredSession(session="theirs", revision="theirs", tokens=server.login())
    _write(store, lambda stored: theirs)
    crowd.sign_out()
    assert store.load() is theirs
    assert server.revoked() == [mine.refresh_token.reveal()]


def test_a_sign_out_that_cannot_be_stored(crowd: Crowd, server: AuthServer) -> None:
    """A9: a store that cannot be emptied fails the sign-out, and yet memory is signed out and the server is told."""
    store = FailingStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    store.broken = "delete"
    with pytest.raises(StoreError):
        crowd.sign_out()
    assert crowd.session.state == Unauthenticated(EndReason.SIGNED_OUT)
    assert server.revoked() == [server.tokens.issued[0].refresh_token.reveal()]
    assert type(crowd.one(get())) is UnauthorizedProblem
    assert server.sent() == [None]


def test_a_sign_in_that_cannot_be_stored(crowd: Crowd, server: AuthServer) -> None:
    """A11: a store that cannot be written fails the sign-in, and nothing has changed."""
    store = FailingStore()
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    adas = server.newest()
    store.broken = "swap"
    with pytest.raises(StoreError):
        crowd.sign_in(server.login(), user="bob")
    assert crowd.session.state == Authenticated("ada")
    assert crowd.one(get()).status == 200
    assert server.sent() == [adas]


@pytest.mark.parametrize(("broken", "then"), [("load", RefreshProblem), ("delete", SessionEndedProblem)])
def test_a_session_ends_without_its_store(
    crowd: Crowd, server: AuthServer, broken: str, then: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """A13: the end of a session does not wait for a store that is out of order, and brings nobody back from there."""
    store = FailingStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    store.broken = broken
    assert crowd.handle_unauthorized()
    assert crowd.session.state == Unauthenticated(EndReason.REVOKED)
    assert ("still in the store" in caplog.text) == (broken == "delete")
    assert type(crowd.one(get())) is then
    assert not crowd.handle_unauthorized()
    assert server.sent() == []


def test_no_end_is_believed_without_the_store(crowd: Crowd, server: AuthServer) -> None:
    """A4: where the store cannot be read again, `invalid_grant` is not believed yet: the refresh failed for now."""
    store = FailingStore()

    def spent(call: Any) -> Reply:
        store.broken = "load"
        return Reply(400, json={"error": "invalid_grant"})

    server.refresh_by(spent)
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    assert isinstance(crowd.one(get()), RefreshProblem)
    assert crowd.session.state == Authenticated("ada")
    store.broken = ""
    server.refresh_by()
    assert crowd.one(get()).status == 200


def test_a_late_401_of_the_user_before_says_nothing_of_the_next_ones_end(crowd: Crowd, server: AuthServer) -> None:
    """R12: a call of one user whose 401 comes when the next user's session has been revoked gets its 401, not that news."""
    gate = Gate(then=server.tokens.protect())
    server.protect(gate, server.tokens.protect())
    crowd.connect(server.url).sign_in(server.login(), user="ada")
    adas = crowd.start(get())
    gate.reached.wait()
    server.tokens.expire_all()
    crowd.sign_in(server.login(), user="bob")
    assert crowd.handle_unauthorized()
    gate.open()
    assert type(outcomes(adas)[0]) is UnauthorizedProblem
    assert len(server.token.calls) == 0
