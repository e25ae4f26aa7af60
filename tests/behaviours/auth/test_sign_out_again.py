"""A sign-out that did not come through can be made again, and then ends what the first one left."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from seawall import AsyncUserSession
from seawall.auth import EndReason, SessionState, Unauthenticated
from seawall.auth.stores import StoreError
from tests.behaviours.auth.crowds import Crowd, get
from tests.behaviours.auth.server import AuthServer, source
from tests.behaviours.auth.told_stores import StuckStore

OUT, REVOKED = Unauthenticated(EndReason.SIGNED_OUT), Unauthenticated(EndReason.REVOKED)


def test_a_sign_out_that_failed_is_made_again(crowd: Crowd, server: AuthServer) -> None:
    """A9, A13: who signs out again after the store failed has signed out at the next start, too; observers hear of it once."""
    store, heard = StuckStore(), list[SessionState]()
    crowd.connect(server.url, store=store).sign_in(server.login())
    crowd.session.state_changed.connect(heard.append)
    store.stuck = True
    for _ in range(2):
        with pytest.raises(StoreError, match="stuck"):
            crowd.sign_out()
    store.stuck = False
    crowd.sign_out()
    assert store.load() is None
    assert heard == [OUT]
    told = len(server.revoked())
    crowd.sign_out()
    assert (heard, len(server.revoked())) == ([OUT], told)


@pytest.mark.parametrize("by_server", [False, True])
def test_a_sign_out_deletes_what_an_end_left(crowd: Crowd, server: AuthServer, by_server: bool) -> None:
    """A9, A13: a session that was ended while its store failed, by the app or by the server, is deleted by a sign-out."""
    store, heard = StuckStore(), list[SessionState]()
    crowd.connect(server.url, store=store).sign_in(server.login())
    crowd.session.state_changed.connect(heard.append)
    store.stuck = True
    if by_server:
        server.tokens.revoke_all()
        assert crowd.one(get()).reason == "revoked"
    else:
        assert crowd.handle_unauthorized()
    store.stuck = False
    crowd.sign_out()
    assert store.load() is None
    assert heard == [REVOKED, OUT]


def test_a_sign_out_before_anything_was_read_is_made_again(crowd: Crowd, server: AuthServer) -> None:
    """A9: a program that only signs out deletes what the last one left, also at the second try, and has it revoked."""
    store = StuckStore()
    with Crowd("blocking") as before:
        before.connect(server.url, store=store).sign_in(server.login())
    crowd.connect(server.url, store=store)
    store.stuck = True
    with pytest.raises(StoreError):
        crowd.sign_out()
    store.stuck = False
    crowd.sign_out()
    assert store.load() is None
    assert server.revoked() == [server.tokens.issued[0].refresh_token.reveal()]


def test_a_sign_out_that_was_cancelled_is_made_again(server: AuthServer) -> None:
    """A9, A11: a sign-out whose task was cancelled while all threads of the loop were busy deletes at the second try."""
    store, busy = StuckStore(), threading.Event()
    session = AsyncUserSession(source(), store=store)

    async def main() -> None:
        await session.sign_in(server.login())
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        blocker = loop.run_in_executor(None, busy.wait)
        task = asyncio.create_task(session.sign_out())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert session.state == OUT
        busy.set()
        await blocker
        assert store.load() is not None
        await session.sign_out()

    asyncio.run(main())
    assert store.load() is None
