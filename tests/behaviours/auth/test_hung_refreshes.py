"""Refreshes that never come back: whose function hangs, whose loop is gone, whose write is late."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall import AsyncUserSession, DeadlineProblem, NestedCalls, RefreshProblem, Tokens
from seawall.auth import Authenticated
from seawall.auth.stores import FileStore, Lease
from seawall.testing import FakeClock, Hang
from tests.behaviours.auth.crowds import PATIENCE, Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer, refresh, source
from tests.behaviours.auth.stores import SlowStore

N = 20
LONG = 60.0  # seconds, after which any refresh is given up, and its flight written off


class HungSource:
    """A refresh that hangs by its own means, once, until `end` is set; those after it ask the server.

    Attributes:
        begun: How many there were.
        reached: Set when the first hangs.
        late: What the first gives when it ends after all.
    """

    def __init__(self, late: Callable[[Tokens, NestedCalls], Awaitable[Tokens]] = refresh) -> None:
        self.begun = 0
        self.reached, self.end = threading.Event(), threading.Event()
        self._late = late

    async def __call__(self, tokens: Tokens, api: NestedCalls) -> Tokens:
        self.begun += 1
        if self.begun > 1:
            return await refresh(tokens, api)
        self.reached.set()
        await api.runtime.blocking(self.end.wait)
        return await self._late(tokens, api)


class NotedStore(SlowStore):
    """Notes in which order tokens were written and leases went back."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []
        self.released = threading.Event()

    def swap(self, expected: Any, session: Any) -> bool:
        written = super().swap(expected, session)
        self.notes.append("written" if written else "overtaken")
        return written

    def try_lease(self, seconds: float) -> Lease | None:
        self.released.clear()
        lease: Lease | None = super().try_lease(seconds)
        return lease

    def _give_back(self, lease: Any) -> None:
        super()._give_back(lease)
        self.notes.append("released")
        self.released.set()


def test_a_refresh_that_hangs_is_not_the_last(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A3, A7: when a function that hangs has failed those who waited, the next call refreshes, with that one still hanging."""
    hung = HungSource()
    crowd.connect(server.url, source=hung, clock=clock, client={"timeout": None}).sign_in(server.login(), user="ada")
    server.tokens.expire_all()
    waiting = crowd.start(*[get()] * N)
    hung.reached.wait()
    clock.wait_for_waiters(1)
    clock.advance(LONG)
    kinds = {type(outcome) for outcome in outcomes(waiting)}
    assert RefreshProblem in kinds
    assert kinds <= {RefreshProblem, seawall.Response}  # who came when time had passed led the next one
    assert crowd.session.state == Authenticated("ada")
    assert {response.status for response in crowd.run(*[get()] * N)} == {200}
    assert (hung.begun, server.tokens.refreshes, server.tokens.reuses) == (2, 1, 0)
    hung.end.set()


def test_a_refresh_that_hung_harms_nobody_when_it_ends(server: AuthServer, clock: FakeClock) -> None:
    """A3, A10: tokens that a thread brings long after others were bought are not written over those."""

    async def stale(tokens: Tokens, api: NestedCalls) -> Tokens:
        return tokens

    hung, store = HungSource(late=stale), NotedStore()
    with Crowd("blocking") as crowd:
        crowd.connect(server.url, source=hung, clock=clock, store=store, client={"timeout": None}).sign_in(server.login())
        server.tokens.expire_all()
        waiting = crowd.start(get())
        hung.reached.wait()
        clock.wait_for_waiters(1)
        clock.advance(LONG)
        assert type(outcomes(waiting)[0]) is RefreshProblem
        assert crowd.one(get()).status == 200
        bought = store.load()
        noted = len(store.notes)
        store.slow = "swap"
        hung.end.set()
        assert store.reached.wait(PATIENCE)
        store.go_on.set()
        assert crowd.one(get()).status == 200
        assert store.load() is bought
        assert store.notes[noted:] in ([], ["overtaken"])


def test_a_task_that_hangs_is_cancelled(server: AuthServer, clock: FakeClock) -> None:
    """A7: a function that hangs in a task is cancelled when the refresh's time is over; its lease is free from then on."""
    store, hangs, cancelled = NotedStore(), threading.Event(), threading.Event()

    async def hanging(tokens: Tokens, api: NestedCalls) -> Tokens:
        hangs.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return tokens

    with Crowd("asyncio") as crowd:
        crowd.connect(server.url, source=hanging, clock=clock, store=store, client={"timeout": None}).sign_in(server.login())
        server.tokens.expire_all()
        waiting = crowd.start(*[get()] * N)
        assert hangs.wait(PATIENCE)
        clock.wait_for_waiters(1)
        clock.advance(31)
        assert cancelled.wait(PATIENCE)
        problems = outcomes(waiting)
        assert {type(problem) for problem in problems} == {RefreshProblem}
        assert {type(problem.__cause__) for problem in problems} == {DeadlineProblem}
        assert store.try_lease(60) is not None


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_loop_that_is_gone_takes_no_lease_along(server: AuthServer, clock: FakeClock, tmp_path: Path, kind: str) -> None:
    """A11: a loop that was closed in mid-refresh, its tasks neither ended nor cancelled, keeps later ones from nothing."""
    server.refresh_by(Hang(), server.tokens.token_endpoint())
    store = NotedStore() if kind == "memory" else FileStore(tmp_path / "session")
    session = AsyncUserSession(source(), store=store, clock=clock)
    api = seawall.AsyncClient(server.url, auth=session, clock=clock)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(session.sign_in(server.login(), user="ada"))
    server.tokens.expire_all()
    calling = loop.create_task(api.get("/agents"))
    loop.run_until_complete(loop.run_in_executor(None, server.token.wait_for_calls, 1))
    calling.cancel()
    loop.run_until_complete(asyncio.gather(calling, return_exceptions=True))
    loop.close()
    assert store.try_lease(60) is None
    clock.advance(LONG)

    async def main() -> int:
        async with seawall.AsyncClient(server.url, auth=session, clock=clock) as later:
            return (await later.get("/agents")).status

    assert asyncio.run(main()) == 200
    assert (server.tokens.refreshes, server.tokens.reuses) == (1, 0)


def _refreshing(server: AuthServer, store: SlowStore, source: Any = None) -> Callable[[], Coroutine[Any, Any, Any]]:
    """A call that has to refresh; its session is signed in."""
    session = AsyncUserSession(source or refresh, store=store)
    api = seawall.AsyncClient(server.url, auth=session)
    asyncio.run(session.sign_in(server.login(), user="ada"))
    server.tokens.expire_all()

    async def call() -> Any:
        return await api.get("/agents")

    return call


async def _cancel_all(times: int = 1) -> None:
    """Do what the end of `asyncio.run` does, and as often as somebody presses Ctrl-C."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for _ in range(times):
        for task in others:
            task.cancel()
        await asyncio.sleep(0)
    await asyncio.gather(*others, return_exceptions=True)


def test_a_lease_outlives_the_loop_that_is_writing(server: AuthServer) -> None:
    """A10, A11: where all tasks are cancelled while a thread is about to write, the lease goes back after the write: who had it
    before would refresh with the token that was used up."""
    store = NotedStore()
    call = _refreshing(server, store)

    async def main() -> None:
        store.slow_before = "swap"
        calling = asyncio.create_task(call())
        await asyncio.to_thread(store.reached.wait)
        await _cancel_all()
        assert calling.cancelled()
        store.go_on.set()

    store.notes.clear()
    asyncio.run(main())
    assert store.released.wait(PATIENCE)
    assert store.notes == ["written", "released"]
    assert store.written[-1] == server.newest()


def test_a_lease_outlives_a_loop_that_is_closed(server: AuthServer) -> None:
    """A10, A11: where the loop is closed while a thread is about to write, that thread gives the lease back."""
    store = NotedStore()
    call = _refreshing(server, store)
    store.slow_before = "swap"
    store.notes.clear()
    loop = asyncio.new_event_loop()
    calling = loop.create_task(call())
    loop.run_until_complete(loop.run_in_executor(None, store.reached.wait))
    calling.cancel()
    loop.run_until_complete(asyncio.gather(calling, return_exceptions=True))
    loop.close()
    store.go_on.set()
    assert store.released.wait(PATIENCE)
    assert store.notes == ["written", "released"]


@pytest.mark.parametrize("times", [1, 2])
def test_tokens_are_written_though_no_thread_was_free(server: AuthServer, times: int) -> None:
    """A10, A11: where all tasks are cancelled, once or twice, while the write waits for a thread, the new tokens are not lost."""
    store, bought, go_on = NotedStore(), threading.Event(), threading.Event()
    pool = ThreadPoolExecutor(1)

    async def filling(tokens: Tokens, api: NestedCalls) -> Tokens:
        fresh = await refresh(tokens, api)
        pool.submit(go_on.wait)
        bought.set()
        return fresh

    call = _refreshing(server, store, filling)

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(pool)
        calling = asyncio.create_task(call())
        while not (bought.is_set() and pool._work_queue.qsize()):
            await asyncio.sleep(0)
        store.notes.clear()
        if times == 1:
            asyncio.get_running_loop().call_soon(go_on.set)
        await _cancel_all(times)
        assert calling.cancelled()
        assert await asyncio.get_running_loop().run_in_executor(ThreadPoolExecutor(1), store.released.wait, PATIENCE)
        go_on.set()

    asyncio.run(main())
    assert store.notes == ["written", "released"]
    assert store.written[-1] == server.newest()
