"""The right to refresh, from hand to hand: what is done under it, who takes it back, and when."""

import asyncio
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import Any

import pytest

from seawall.auth._leases import OVERDUE, Leases, Tenure
from seawall.auth.stores import Lease, MemoryStore, StoreError
from seawall.chain import drive
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Runtime
from seawall.testing import FakeClock
from tests.unit.auth.store_crew import crew
from tests.worlds import World

PATIENCE = 50.0  # seconds after which a test that hangs says so itself


class NotedStore(MemoryStore):
    """Notes what becomes of its leases.

    Attributes:
        notes: "taken" and "released", and what a test adds.
        released: Set with each release.
    """

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[str] = []
        self.released = threading.Event()

    def try_lease(self, seconds: float) -> Lease | None:
        lease = super().try_lease(seconds)
        if lease is not None:
            self.notes.append("taken")
        return lease

    def _give_back(self, lease: Any) -> None:
        super()._give_back(lease)
        self.notes.append("released")
        self.released.set()


@pytest.fixture
def store() -> NotedStore:
    """A store whose leases are watched."""
    return NotedStore()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """One thread for a whole event loop."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def _tenure(leases: Leases, runtime: Runtime, seconds: float = 30) -> Tenure:
    return Tenure(leases, runtime, 1000, runtime.monotonic() + seconds)


async def _take(leases: Leases, runtime: Runtime, seconds: float = 30) -> Tenure:
    """Take a lease for so long, and do not come back."""
    return await _tenure(leases, runtime, seconds).__aenter__()


async def test_a_lease_is_held_during_a_block(world: World, clock: FakeClock, store: NotedStore) -> None:
    """A lease is taken at the beginning of a block and given back at its end, an error or not."""
    leases, runtime = Leases(store), world.runtime(clock)
    async with _tenure(leases, runtime):
        assert store.try_lease(60) is None
    with pytest.raises(ValueError, match="mine"):
        async with _tenure(leases, runtime):
            raise ValueError("mine")
    assert store.notes == ["taken", "released"] * 2


async def test_the_last_piece_of_work_ends_it(world: World, clock: FakeClock, store: NotedStore) -> None:
    """The last piece of work is done under the lease, its result or error is handed on, and the lease goes back with it."""
    leases, runtime = Leases(store), world.runtime(clock)

    def failing() -> None:
        store.notes.append("failed")
        raise ValueError("mine")

    async with _tenure(leases, runtime) as tenure:
        assert await tenure.conclude(lambda: len([*map(store.notes.append, ["written"])])) == 1
        store.notes.append("after")
    with pytest.raises(ValueError, match="mine"):
        async with _tenure(leases, runtime) as tenure:
            await tenure.conclude(failing)
    assert store.notes == ["taken", "written", "released", "after", "taken", "failed", "released"]


async def test_an_overdue_lease_is_taken_back(world: World, clock: FakeClock, store: NotedStore) -> None:
    """The lease of a leader that did not come back goes to the next of the same machine when it is overdue, and not before."""
    leases, runtime = Leases(store), world.runtime(clock)
    begun = clock.monotonic()
    await _take(leases, runtime)
    with pytest.raises(StoreError, match="too long"):
        await _take(leases, runtime, seconds=20)
    assert store.notes == ["taken"]
    await _take(leases, runtime)
    assert store.notes == ["taken", "released", "taken"]
    assert begun + 30 + OVERDUE <= clock.monotonic() < begun + 50


async def test_a_lease_of_another_machine_is_left_alone(world: World, clock: FakeClock, store: NotedStore) -> None:
    """However overdue it is, only the machine that has a lease can take it back."""
    runtime = world.runtime(clock)
    await _take(Leases(store), runtime)
    clock.advance(3600)
    with pytest.raises(StoreError, match="too long"):
        await _take(Leases(store), runtime)
    assert store.notes == ["taken"]


async def test_a_late_leader_still_does_its_work(world: World, clock: FakeClock, store: NotedStore) -> None:
    """A leader whose lease was taken back does its last piece of work all the same, once, and releases nobody else's lease."""
    leases, runtime = Leases(store), world.runtime(clock)
    late = await _take(leases, runtime)
    clock.advance(60)
    await _take(leases, runtime)
    await late.conclude(lambda: store.notes.append("written"))
    await late.__aexit__(None, None, None)
    assert store.notes == ["taken", "released", "taken", "written"]
    assert store.try_lease(60) is None


def test_who_takes_a_lease_back_does_what_was_left_to_do(clock: FakeClock, store: NotedStore, pool: ThreadPoolExecutor) -> None:
    """Where the pool of the leader's loop never got to the last piece of work, the next leader does it before the lease goes."""
    leases, runtime, blocked, done = Leases(store), AsyncioRuntime(clock), threading.Event(), []

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(pool)
        tenure = await _take(leases, runtime)
        pool.submit(blocked.wait)
        waiting = asyncio.create_task(tenure.conclude(lambda: store.notes.append("written")))
        await asyncio.sleep(0)
        clock.advance(60)
        beside = threading.Thread(target=lambda: done.append(drive(_take(leases, BlockingRuntime(clock)))), daemon=True)
        beside.start()
        beside.join(PATIENCE)
        blocked.set()
        await waiting

    asyncio.run(main())
    assert store.notes == ["taken", "written", "released", "taken"]
    assert len(done) == 1


@pytest.mark.parametrize("times", [1, 2])
def test_cancelled_work_that_never_began_is_done(store: NotedStore, pool: ThreadPoolExecutor, times: int) -> None:
    """Who is cancelled while the last piece of work waits for a thread, once or again, leaves it neither undone nor unguarded."""
    leases, runtime, blocked = Leases(store), AsyncioRuntime(), threading.Event()

    async def lead() -> None:
        async with _tenure(leases, runtime) as tenure:
            pool.submit(blocked.wait)
            await tenure.conclude(lambda: store.notes.append("written"))

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(pool)
        leading = asyncio.create_task(lead())
        while not pool._work_queue.qsize():  # the piece of work waits there
            await asyncio.sleep(0)
        for _ in range(times):
            leading.cancel()
            await asyncio.sleep(0)
        if times == 1:
            blocked.set()
        await asyncio.gather(leading, return_exceptions=True)
        assert await asyncio.get_running_loop().run_in_executor(ThreadPoolExecutor(1), store.released.wait, PATIENCE)
        blocked.set()

    asyncio.run(main())
    assert store.notes == ["taken", "written", "released"]


def test_a_loop_that_is_gone_has_left_its_work_to_a_thread(store: NotedStore) -> None:
    """Where a loop is closed, its tasks and all, while a thread does the last piece of work, the lease goes back after that."""
    leases, runtime, reached, go_on = Leases(store), AsyncioRuntime(), threading.Event(), threading.Event()

    def write() -> None:
        reached.set()
        go_on.wait()
        store.notes.append("written")

    async def lead() -> None:
        async with _tenure(leases, runtime) as tenure:
            await tenure.conclude(write)

    loop = asyncio.new_event_loop()
    leading = loop.create_task(lead())
    loop.run_until_complete(loop.run_in_executor(None, reached.wait))
    loop.close()
    assert store.notes == ["taken"]
    go_on.set()
    assert store.released.wait(PATIENCE)
    assert store.notes == ["taken", "written", "released"]
    leading.get_coro().close()
    leading._log_destroy_pending = False  # type: ignore[attr-defined]


def _fork_with_overdue(pipe: Connection) -> None:
    """Fork with an overdue lease that has work left to do; tell what the child has done when it looks for overdue ones."""
    store, clock = NotedStore(), FakeClock()
    leases, runtime = Leases(store), BlockingRuntime(clock)
    tenure = drive(_take(leases, runtime))
    tenure._last = lambda: store.notes.append("written")
    clock.advance(60)
    with tenure._mutex:
        if os.fork() == 0:
            drive(_take(leases, runtime))
            pipe.send(store.notes)
            os._exit(0)
    pipe.recv()


def test_a_forked_child_leaves_its_parents_work_alone() -> None:
    """A child takes no lease back that its parent has, and does nothing of what is left to do under it."""
    with crew(1, _fork_with_overdue) as [hand]:
        assert hand.says() == ["taken", "taken"]
