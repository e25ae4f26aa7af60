"""One session over loops, threads and starts of the app."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall import AsyncUserSession, Secret, SessionEndedProblem, Tokens, UnauthorizedProblem, UsageError, UserSession
from seawall.auth import Authenticated, EndReason, Restoring, SessionState, Unauthenticated, Unknown, _leases
from seawall.auth.stores import CorruptStoreError, FileStore, MemoryStore, StoredSession, StoreError
from seawall.testing import FakeClock, Gate, Hang
from tests.behaviours.auth.crowds import PATIENCE, Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer, source
from tests.behaviours.auth.stores import SlowStore

N = 100


def test_a_new_login_is_used_by_the_next_call(crowd: Crowd, server: AuthServer) -> None:
    """A11: the very next call of every client after a sign-in carries its token, also after another user's."""
    crowd.connect(server.url)
    assert {type(problem) for problem in crowd.each(get())} == {UnauthorizedProblem}
    for user in ("ada", "bob"):
        crowd.sign_in(server.login(), user=user)
        crowd.each(get())
        assert set(server.sent()[-len(crowd.homes) :]) == {server.newest()}
        assert crowd.session.state == Authenticated(user)


def test_one_session_over_several_loops(server: AuthServer) -> None:
    """A11: one session and one client go through several runs of asyncio, with a refresh in each."""
    session = AsyncUserSession(source())

    async def main() -> int:
        server.tokens.expire_all()
        async with seawall.AsyncClient(server.url, auth=session) as api:
            responses = await asyncio.gather(*(api.get("/agents") for _ in range(N)))
        return len({response.status for response in responses})

    asyncio.run(session.sign_in(server.login()))
    for run in range(1, 4):
        assert asyncio.run(main()) == 1
        assert server.tokens.refreshes == run


@pytest.mark.parametrize("phase", ["lease", "load", "token", "swap"])
def test_a_loop_that_ends_in_mid_refresh_takes_nothing_along(server: AuthServer, phase: str) -> None:
    """A11: a loop that ends while it refreshes, in whatever phase, leaves no lease behind: the next loop refreshes."""
    store = SlowStore()
    session = AsyncUserSession(source(), store=store)
    api = seawall.AsyncClient(server.url, auth=session)
    asyncio.run(session.sign_in(server.login()))
    server.tokens.expire_all()
    if phase == "token":
        server.refresh_by(Hang(), server.tokens.token_endpoint())
    else:
        store.slow = phase

    async def broken_off() -> None:
        task = asyncio.create_task(api.get("/agents"))
        await asyncio.to_thread(lambda: server.token.wait_for_calls(1) if phase == "token" else store.reached.wait())
        asyncio.get_running_loop().call_soon(store.go_on.set)
        task.cancel()

    async def main() -> int:
        async with api:
            return (await api.get("/agents")).status

    asyncio.run(broken_off())
    assert asyncio.run(main()) == 200
    assert server.tokens.reuses == 0


@pytest.mark.parametrize("late", [True, False], ids=["after", "before"])
def test_a_lease_that_nobody_waits_for_goes_back(server: AuthServer, monkeypatch: pytest.MonkeyPatch, late: bool) -> None:
    """A11: a lease that a thread takes just after, or just before, all tasks of its loop are cancelled, is given back."""
    store, taken, released = SlowStore(), threading.Event(), threading.Event()
    _then(monkeypatch, "Tenure._take", taken.set)
    _then(monkeypatch, "_release", released.set)
    session = AsyncUserSession(source(), store=store)
    api = seawall.AsyncClient(server.url, auth=session)
    asyncio.run(session.sign_in(server.login()))
    server.tokens.expire_all()
    store.slow = "lease"

    async def broken_off() -> None:
        task = asyncio.create_task(api.get("/agents"))
        await asyncio.to_thread(store.reached.wait)
        if not late:
            store.go_on.set()
            taken.wait()  # in the loop's own thread, so that it cannot hear of it
        for other in asyncio.all_tasks() - {asyncio.current_task()}:
            other.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0)
        store.go_on.set()

    asyncio.run(broken_off())
    assert released.wait(PATIENCE)
    assert store.try_lease(1) is not None


def _then(monkeypatch: pytest.MonkeyPatch, name: str, told: Callable[[], object]) -> None:
    """Have it told when a function of leases has returned."""
    module: Any = _leases
    owner, _, attribute = name.rpartition(".")
    place = getattr(module, owner) if owner else module
    original = getattr(place, attribute)

    def telling(*arguments: Any) -> Any:
        result = original(*arguments)
        told()
        return result

    monkeypatch.setattr(place, attribute, telling)


def test_one_session_over_many_threads(server: AuthServer) -> None:
    """A11: a session is safe over threads that come and go, each with a call or two."""
    session = UserSession(source())
    session.sign_in(server.login())
    server.tokens.expire_all()
    with seawall.Client(server.url, auth=session, max_connections=50) as api, ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(lambda number: api.get("/agents").status, range(2 * N)))
    assert statuses == [200] * 2 * N
    assert server.tokens.refreshes == 1


def test_one_session_over_loops_and_threads(server: AuthServer) -> None:
    """A11: threads with a sync client, and runs of asyncio that come and go, share one session and each refresh."""
    session = UserSession(source())
    session.sign_in(server.login())

    async def main() -> list[seawall.Response]:
        async with seawall.AsyncClient(server.url, auth=session) as api:
            return await asyncio.gather(*(api.get("/agents") for _ in range(20)))

    with seawall.Client(server.url, auth=session, max_connections=50) as api, ThreadPoolExecutor(25) as threads:
        for storm in range(1, 4):
            server.protect(Gate(then=server.tokens.protect(), opens_at=80))
            server.tokens.expire_all()
            loops = [threads.submit(asyncio.run, main()) for _ in range(3)]
            calls = [threads.submit(api.get, "/agents") for _ in range(20)]
            responses = [call.result() for call in calls] + [response for loop in loops for response in loop.result()]
            assert [response.status for response in responses] == [200] * 80
            assert server.tokens.refreshes == storm


def test_two_who_sign_in_at_once_leave_one_session(server: AuthServer) -> None:
    """A11: of two sign-ins at the same time one wins, in the store as in memory."""
    store = SlowStore()
    session = UserSession(source(), store=store)
    with seawall.Client(server.url, auth=session) as api:
        first, second = server.login(), server.login()
        store.slow = "swap"
        thread = threading.Thread(target=lambda: session.sign_in(first, user="ada"))
        thread.start()
        store.reached.wait()
        session.sign_in(second, user="bob")
        store.go_on.set()
        thread.join()
        assert api.get("/agents").status == 200
        stored = store.load()
        assert stored is not None
        assert session.state == Authenticated(stored.user)
        assert server.sent() == [stored.tokens.access.reveal()]


def test_a_stored_session_that_is_valid(crowd: Crowd, server: AuthServer) -> None:
    """A14: a stored session whose token is good is restored without a word to the server, through `restoring`."""
    store, heard = _left_behind(server, user={"name": "Ada"}), list[SessionState]()
    crowd.connect(server.url, store=store)
    assert crowd.session.state == Unknown()
    crowd.session.state_changed.connect(heard.append)
    assert crowd.restore() == Authenticated({"name": "Ada"})
    assert heard == [Restoring(), Authenticated({"name": "Ada"})]
    assert len(server.server.calls) == 0
    assert [response.status for response in crowd.each(get())] == [200] * len(crowd.homes)


def test_nothing_is_stored(crowd: Crowd, server: AuthServer) -> None:
    """A14: an empty store means that nobody has signed in yet; calls go without a token."""
    crowd.connect(server.url)
    state = crowd.restore()
    assert state == Unauthenticated(EndReason.NEVER_SIGNED_IN)
    assert isinstance(state, Unauthenticated)
    assert state.message == "Please sign in."
    assert type(crowd.one(get())) is UnauthorizedProblem


def test_a_stored_session_that_expired(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A14: a stored session whose token is over is refreshed while it is restored, before any call is refused."""
    store = _left_behind(server, clock=clock)
    clock.advance(7200)
    server.tokens.expire_all()
    crowd.connect(server.url, store=store, clock=clock)
    assert crowd.restore() == Authenticated("ada")
    assert server.tokens.refreshes == 1
    assert crowd.one(get()).status == 200
    assert server.tokens.rejected == 0


def test_a_stored_session_that_was_revoked(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A14: a stored session that the server has revoked ends while it is restored, and its store is emptied."""
    store = _left_behind(server, clock=clock)
    clock.advance(7200)
    server.tokens.revoke_all()
    crowd.connect(server.url, store=store, clock=clock)
    state = crowd.restore()
    assert state == Unauthenticated(EndReason.REVOKED)
    assert isinstance(state, Unauthenticated)
    assert state.message == "Your session has ended. Please sign in again."
    assert store.load() is None


class CorruptStore(MemoryStore):
    """Holds something that is no session, and keeps it aside when it is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.aside: list[str] = []
        self.corrupt = True

    def load(self) -> StoredSession | None:
        if self.corrupt:
            self.corrupt = False
            self.aside.append("what lay there")
            raise CorruptStoreError("it was kept aside")
        return super().load()


def test_a_corrupt_store(crowd: Crowd, server: AuthServer) -> None:
    """A14: what cannot be read is kept aside and nobody is signed in; somebody can sign in at once."""
    store = CorruptStore()
    crowd.connect(server.url, store=store)
    state = crowd.restore()
    assert state == Unauthenticated(EndReason.STORE_CORRUPT)
    assert isinstance(state, Unauthenticated)
    assert state.message == "Your session has ended. Please sign in again."
    assert (type(crowd.one(get())), len(store.aside)) == (SessionEndedProblem, 1)
    crowd.sign_in(server.login(), user="ada")
    assert crowd.one(get()).status == 200
    assert store.load() is not None


def test_a_corrupt_file(crowd: Crowd, server: AuthServer, tmp_path: Path) -> None:
    """A14: a file that holds no session is kept beside its place, byte for byte, and the next sign-in takes the place."""
    path, garbage = tmp_path / "session", b"\x00{half a session"
    path.write_bytes(garbage)
    crowd.connect(server.url, store=FileStore(path))
    assert crowd.restore() == Unauthenticated(EndReason.STORE_CORRUPT)
    assert isinstance(crowd.one(get()), SessionEndedProblem)
    assert garbage in [other.read_bytes() for other in tmp_path.iterdir() if other != path]
    crowd.sign_in(server.login(), user="ada")
    with Crowd(crowd.kind) as next_start:
        assert next_start.connect(server.url, store=FileStore(path)).restore() == Authenticated("ada")
        assert next_start.one(get()).status == 200


def test_a_store_that_breaks_while_somebody_is_signed_in(crowd: Crowd, server: AuthServer) -> None:
    """A14: where a store is found corrupt under a session that is in use, the session goes on and is written again."""
    store = CorruptStore()
    store.corrupt = False
    crowd.connect(server.url, store=store).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    store.corrupt = True
    store._stored = None
    assert crowd.one(get()).status == 200
    assert len(store.aside) == 1
    stored = store.load()
    assert stored is not None
    assert (stored.user, stored.tokens.access.reveal()) == ("ada", server.newest())


class AwayStore(MemoryStore):
    """Cannot be reached while it is away."""

    away = True

    def load(self) -> StoredSession | None:
        if self.away:
            raise StoreError("the store cannot be reached")
        return super().load()


def test_a_store_that_cannot_be_reached(crowd: Crowd, server: AuthServer) -> None:
    """A14: a store that is away says nothing about anybody: calls fail for now, and go on when it is back."""
    store = AwayStore()
    store._stored = _left_behind(server)._stored
    crowd.connect(server.url, store=store)
    state = crowd.restore()
    assert state == Unauthenticated(EndReason.STORE_UNREACHABLE)
    assert isinstance(state, Unauthenticated)
    assert state.message == "Your session could not be restored. Please try again, or sign in."
    problem = crowd.one(get())
    assert isinstance(problem, seawall.RefreshProblem)
    assert problem.retryable
    assert len(server.agents.calls) == 0
    store.away = False
    assert crowd.one(get()).status == 200
    assert crowd.session.state == Authenticated("ada")


def test_a_start_without_a_network(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A14: an expired session is restored offline as it is, and refreshed by the first call that gets through."""
    store = _left_behind(server, clock=clock)
    clock.advance(7200)
    server.tokens.expire_all()
    crowd.connect(server.url, store=store, clock=clock)
    with server.server.outage():
        assert crowd.restore() == Authenticated("ada")
        problem = crowd.one(get())
        assert isinstance(problem, seawall.RefreshProblem)
        assert isinstance(problem.__cause__, seawall.ConnectProblem)
    assert crowd.one(get()).status == 200
    assert server.tokens.refreshes == 1


def test_many_who_start_read_the_store_once(crowd: Crowd, server: AuthServer) -> None:
    """A14: calls that come before anything was restored wait for one reading of the store."""
    store = CountingStore()
    store._stored = _left_behind(server)._stored
    crowd.connect(server.url, store=store)
    calls = crowd.start(*[get()] * N)
    store.reached.wait()
    store.go_on.set()
    assert [response.status for response in outcomes(calls)] == [200] * N
    assert store.loads == 1


class CountingStore(SlowStore):
    """Counts how often it is read; the first time it is slow."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = "load"
        self.loads = 0

    def load(self) -> StoredSession | None:
        self.loads += 1
        return super().load()


def test_a_sign_in_while_the_store_is_read_wins(crowd: Crowd, server: AuthServer) -> None:
    """A14: who signs in while the old session is still being read stays signed in."""
    store = CountingStore()
    store._stored = _left_behind(server)._stored
    crowd.connect(server.url, store=store)
    calls = crowd.start(get())
    store.reached.wait()
    crowd.sign_in(server.login(), user="bob")
    store.go_on.set()
    assert outcomes(calls)[0].status == 200
    assert server.sent() == [server.newest()]
    assert crowd.session.state == Authenticated("bob")


def test_what_cannot_be_signed_in_with(crowd: Crowd, server: AuthServer) -> None:
    """A11: a sign-in with what are no tokens, or none that a field can hold, or with a user that is no JSON, changes nothing."""
    crowd.connect(server.url).sign_in(server.login(), user="ada")
    for tokens, user in (({}, None), (Tokens(access=Secret("a\r\nX: y")), None), (server.login(), object())):
        with pytest.raises(UsageError):
            crowd.sign_in(tokens, user)  # type: ignore[arg-type]
    assert crowd.session.state == Authenticated("ada")


def _left_behind(server: AuthServer, *, user: Any = "ada", clock: FakeClock | None = None) -> MemoryStore:
    """A store as another start of the app left it."""
    store = MemoryStore()
    session = UserSession(source(), store=store, **({} if clock is None else {"clock": clock}))  # type: ignore[typeddict-item]
    session.sign_in(server.login(), user)
    return store
