"""Two processes on one store, in their short form: two sessions that share nothing but the store."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from seawall import SessionEndedProblem, UnauthorizedProblem
from seawall.auth import Authenticated, EndReason, Unauthenticated
from seawall.auth.stores import MemoryStore, StoredSession
from seawall.testing import FakeClock, Gate
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer
from tests.behaviours.auth.stores import SlowStore

N = 100


class TellingStore(MemoryStore):
    """Tells its watchers of each write, as a store does that has a channel between processes."""

    def __init__(self) -> None:
        super().__init__()
        self._watchers: list[Callable[[], object]] = []

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        written = super().swap(expected, session)
        for tell in self._watchers if written else ():
            tell()
        return written

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)


@pytest.fixture
def other(crowd: Crowd) -> Iterator[Crowd]:
    """Callers of the same kind in another process, as it were."""
    with Crowd(crowd.kind) as other:
        yield other


def test_two_processes_refresh_once(crowd: Crowd, other: Crowd, server: AuthServer) -> None:
    """A10: a hundred calls of two processes that are refused at once cause one refresh, and all are replayed with its token."""
    store = MemoryStore()
    server.protect(Gate(then=server.tokens.protect(), opens_at=N))
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    other.connect(server.url, store=store)
    assert other.restore() == Authenticated("ada")
    server.tokens.expire_all()
    calls = crowd.start(*[get()] * (N // 2)) + other.start(*[get()] * (N // 2))
    assert [response.status for response in outcomes(calls)] == [200] * N
    assert (server.tokens.refreshes, server.tokens.reuses) == (1, 0)
    assert set(server.sent()[N:]) == {server.newest()}


def test_tokens_that_another_process_has_are_taken(crowd: Crowd, other: Crowd, server: AuthServer) -> None:
    """A10: a process that is refused finds the tokens that another has refreshed meanwhile, and asks the server for nothing."""
    store = MemoryStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    other.connect(server.url, store=store).restore()
    server.tokens.expire_all()
    assert crowd.one(get()).status == other.one(get()).status == 200
    assert (server.tokens.refreshes, server.tokens.reuses) == (1, 0)


def test_a_sign_out_elsewhere_ends_the_session_here(crowd: Crowd, other: Crowd, server: AuthServer) -> None:
    """A10: a process whose tokens are refused after another has signed out ends, too, and refreshes nothing."""
    store = MemoryStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    other.connect(server.url, store=store).restore()
    crowd.sign_out()
    server.tokens.revoke_all()
    problem = other.one(get())
    assert (type(problem), problem.reason) == (SessionEndedProblem, "signed_out_elsewhere")
    assert other.session.state == Unauthenticated(EndReason.SIGNED_OUT_ELSEWHERE)
    assert len(server.token.calls) == 0


def test_a_store_that_tells_is_looked_at_by_the_next_call(crowd: Crowd, other: Crowd, server: AuthServer) -> None:
    """A10: where the store tells of writes, the next call in another process already has what was written."""
    store = TellingStore()
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    other.connect(server.url, store=store)
    assert other.one(get()).status == 200
    server.tokens.expire_all()
    assert crowd.one(get()).status == 200
    rejected = server.tokens.rejected
    assert other.one(get()).status == 200
    assert server.tokens.rejected == rejected
    crowd.sign_in(server.login(), user="bob")
    assert other.one(get()).status == 200
    assert (server.sent()[-1], other.session.state) == (server.newest(), Authenticated("bob"))
    crowd.sign_out()
    problem = other.one(get())
    assert (type(problem), problem.reason) == (SessionEndedProblem, "signed_out_elsewhere")


def test_a_sign_out_that_is_told_during_a_refresh_counts(crowd: Crowd, other: Crowd, server: AuthServer) -> None:
    """A10: a sign-out in another process while this one's refresh is on its way is heard, though the refresh then fails."""
    store, gate = TellingStore(), Gate(then=400)
    server.refresh_by(gate)
    crowd.connect(server.url, store=store).sign_in(server.login())
    other.connect(server.url, store=store).restore()
    server.tokens.expire_all()
    calls = other.start(get())
    gate.reached.wait()
    crowd.sign_out()
    gate.open()
    outcomes(calls)
    sent = len(server.agents.calls)
    problem = other.one(get())
    assert (type(problem), problem.reason) == (SessionEndedProblem, "signed_out_elsewhere")
    assert len(server.agents.calls) == sent


def test_a_sign_in_elsewhere_takes_the_place(crowd: Crowd, other: Crowd, server: AuthServer) -> None:
    """A10: a process that is refused after another has signed somebody in drops its own session; its call is not replayed."""
    store = MemoryStore()
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    other.connect(server.url, store=store).restore()
    adas = server.newest()
    server.tokens.revoke_all()
    crowd.sign_in(server.login(), user="bob")
    assert type(other.one(get())) in (SessionEndedProblem, UnauthorizedProblem)
    assert server.sent() == [adas]
    assert other.session.state == Authenticated("bob")
    assert other.one(get()).status == 200
    assert len(server.token.calls) == 0


def test_only_what_is_unchanged_is_deleted(crowd: Crowd, other: Crowd, server: AuthServer) -> None:
    """A10: a process that is told from outside that its session is over keeps it if another has newer tokens, and uses them."""
    store = MemoryStore()
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    other.connect(server.url, store=store).restore()
    server.tokens.expire_all()
    assert crowd.one(get()).status == 200
    assert not other.handle_unauthorized()
    assert store.load() is not None
    assert other.session.state == Authenticated("ada")
    rejected = server.tokens.rejected
    assert other.one(get()).status == 200
    assert server.tokens.rejected == rejected


def test_what_was_written_since_is_not_deleted(crowd: Crowd, server: AuthServer) -> None:
    """A10: where another process signs somebody in just when this one's session ends, the new session stays in the store."""
    store = SlowStore()
    crowd.connect(server.url, store=store).sign_in(server.login())
    server.tokens.revoke_all()
    store.slow_before = "swap"
    calls = crowd.start(get())
    store.reached.wait()
    present, theirs = store.load(), StoredSession(session="theirs", revision="theirs", tokens=server.login())
    assert present is not None
    assert store.swap(present.revision, theirs)
    store.go_on.set()
    assert outcomes(calls)[0].reason == "revoked"
    assert store.load() is theirs


def test_a_lease_that_is_never_given_back_fails_the_refresh(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A10: a process that waits for another's lease gives up by the refresh's own deadline, and keeps the session."""
    store = MemoryStore()
    crowd.connect(server.url, store=store, clock=clock).sign_in(server.login(), user="ada")
    lease = store.try_lease(60)
    assert lease is not None
    server.tokens.expire_all()
    problem = crowd.one(get(timeout=None))
    assert "right to refresh" in problem.detail
    assert crowd.session.state == Authenticated("ada")
    lease.release()
    assert crowd.one(get()).status == 200


def test_a_process_that_dies_in_mid_refresh_leaves_a_whole_session(crowd: Crowd, other: Crowd, server: AuthServer) -> None:
    """A10: a process that ends while it refreshes leaves the store as it was, and another goes on with it."""
    store: Any = MemoryStore()
    gate = Gate(then=500)
    server.refresh_by(gate, server.tokens.token_endpoint())
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    doomed = crowd.start(get())
    gate.reached.wait()
    store._holder.release()  # as the kernel does for a process that dies
    assert other.connect(server.url, store=store).restore() == Authenticated("ada")
    assert other.one(get()).status == 200
    gate.open()
    assert outcomes(doomed)[0].status == 200
    assert server.tokens.refreshes == 1
