"""A sign-in whose task is cancelled: it has happened in the store and in memory, or in neither."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import seawall
from seawall import AsyncUserSession
from seawall.auth import Authenticated
from tests.behaviours.auth.server import AuthServer, source
from tests.behaviours.auth.stores import SlowStore


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def _check(server: AuthServer, session: AsyncUserSession, store: SlowStore, user: str) -> None:
    """Memory and store agree, also after the next refusal."""
    stored = store.load()
    assert stored is not None
    assert (stored.user, session.state) == (user, Authenticated(user))
    server.tokens.expire_all()
    async with seawall.AsyncClient(server.url, auth=session) as api:
        assert (await api.get("/agents")).status == 200
    assert session.state == Authenticated(user)


@pytest.mark.parametrize("place", ["slow", "slow_before"])
def test_what_is_being_written_takes_effect(server: AuthServer, place: str) -> None:
    """A11: cancelled while its thread writes the store, a sign-in takes effect as soon as that is done."""
    store = SlowStore()
    session = AsyncUserSession(source(), store=store)

    async def main() -> None:
        await session.sign_in(server.login(), "ada")
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        setattr(store, place, "swap")
        task = asyncio.create_task(session.sign_in(server.login(), "bob"))
        await _until(store.reached)
        await _cancelled(task)
        assert session.state == Authenticated("ada")
        store.go_on.set()
        await asyncio.to_thread(lambda: None)  # behind it, in its thread
        await _check(server, session, store, "bob")

    asyncio.run(main())


def test_what_was_written_just_now_takes_effect(server: AuthServer) -> None:
    """A11: cancelled when the store has been written, and the loop has not heard of it, a sign-in takes effect at once."""
    store = SlowStore()
    session = AsyncUserSession(source(), store=store)

    async def main() -> None:
        await session.sign_in(server.login(), "ada")
        executor = ThreadPoolExecutor(1)
        asyncio.get_running_loop().set_default_executor(executor)
        task = asyncio.create_task(session.sign_in(server.login(), "bob"))
        await asyncio.sleep(0)
        executor.submit(lambda: None).result()  # the loop stands still until the thread is through
        await _cancelled(task)
        await _check(server, session, store, "bob")

    asyncio.run(main())


def test_what_was_not_begun_changes_nothing(server: AuthServer) -> None:
    """A11: cancelled while all threads of the loop are busy, a sign-in has changed nothing, and will not."""
    store, busy = SlowStore(), threading.Event()
    session = AsyncUserSession(source(), store=store)

    async def main() -> None:
        await session.sign_in(server.login(), "ada")
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        blocker = loop.run_in_executor(None, busy.wait)
        task = asyncio.create_task(session.sign_in(server.login(), "bob"))
        await asyncio.sleep(0)
        await _cancelled(task)
        busy.set()
        await blocker
        await _check(server, session, store, "ada")

    asyncio.run(main())


async def _until(event: threading.Event) -> None:
    """Wait without a thread of the loop's."""
    with ThreadPoolExecutor(1) as aside:
        await asyncio.get_running_loop().run_in_executor(aside, event.wait)
