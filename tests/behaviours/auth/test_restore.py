"""Restoring a session: each time the store is asked, and each time it comes to an end."""

import asyncio

import pytest

from seawall import AsyncUserSession, NestedCalls, Tokens, UsageError, UserSession
from seawall.auth import Authenticated, EndReason, Unauthenticated
from seawall.auth.sources import FunctionSource
from seawall.auth.stores import MemoryStore, StoredSession
from seawall.testing import FakeClock
from tests.behaviours.auth.crowds import Crowd
from tests.behaviours.auth.server import AuthServer, source
from tests.behaviours.auth.stores import SlowStore
from tests.behaviours.auth.told_stores import ToldStore, write


def test_a_restore_that_is_cancelled_ends_in_a_state(server: AuthServer) -> None:
    """A14: who gives up waiting for the store sees that it was not reached, and what it held as soon as it was read."""
    store = SlowStore()
    UserSession(source(), store=store).sign_in(server.login(), "ada")
    session = AsyncUserSession(source(), store=store)

    async def main() -> None:
        store.slow = "load"
        task = asyncio.create_task(session.restore())
        await asyncio.to_thread(store.reached.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        shown = [session.state]
        store.go_on.set()
        await session._machine.view.load(session._runtime)
        assert [*shown, session.state] == [Unauthenticated(EndReason.STORE_UNREACHABLE), Authenticated("ada")]

    asyncio.run(main())


def test_a_restore_that_raises_ends_in_a_state(crowd: Crowd, server: AuthServer, clock: FakeClock) -> None:
    """A14: a mistake in the app's own refresh is raised, and the session in use is shown all the same."""

    async def broken(tokens: Tokens, api: NestedCalls) -> Tokens:
        raise KeyError("access")

    crowd.connect(server.url, source=FunctionSource(broken), clock=clock).sign_in(server.login(), "ada")
    clock.advance(7200)
    with pytest.raises(UsageError, match="KeyError"):
        crowd.restore()
    assert crowd.session.state == Authenticated("ada")


def test_a_restore_asks_the_store_each_time(crowd: Crowd, server: AuthServer) -> None:
    """A10: a store that tells nobody of writes is read at each restore, whoever was signed in here until then."""
    store = MemoryStore()
    crowd.connect(server.url, store=store)
    assert crowd.restore() == Unauthenticated(EndReason.NEVER_SIGNED_IN)
    for session in ("first", "second"):
        write(store, StoredSession(session=session, revision=session, tokens=server.login(), user=session))
        assert crowd.restore() == Authenticated(session)
    write(store, None)
    assert crowd.restore() == Unauthenticated(EndReason.SIGNED_OUT_ELSEWHERE)
    write(store, StoredSession(session="third", revision="third", tokens=server.login(), user="third"))
    assert crowd.restore() == Authenticated("third")


def test_a_restore_of_a_session_in_use_needs_no_store(crowd: Crowd, server: AuthServer) -> None:
    """A12: a store that is away does not hide who is signed in here."""
    store = ToldStore()
    crowd.connect(server.url, store=store).sign_in(server.login(), "ada")
    store.away = True
    assert crowd.restore() == Authenticated("ada")
    assert crowd.handle_unauthorized()
    assert crowd.restore() == Unauthenticated(EndReason.REVOKED)
