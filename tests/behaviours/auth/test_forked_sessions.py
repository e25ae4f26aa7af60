"""A session in a forked child, where none of its parent's threads go on."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any

import seawall
from seawall import AsyncUserSession, UserSession
from seawall.auth import Authenticated, EndReason, Restoring, SessionState, Unauthenticated
from seawall.auth.stores import MemoryStore
from seawall.testing import Gate
from tests.behaviours.auth.crowds import Crowd, get, outcomes
from tests.behaviours.auth.server import AuthServer, source

ADA, BOB, OUT = Authenticated("ada"), Authenticated("bob"), Unauthenticated(EndReason.SIGNED_OUT)
LIMIT = 20  # seconds after which a child that hangs is killed


def _in_child(work: Callable[[], bool]) -> bool:
    """What a piece of work gives in a forked child; False if it raises or hangs."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(LIMIT)
        try:
            os._exit(0 if work() else 1)
        except BaseException:
            os._exit(2)
    return os.waitpid(child, 0)[1] == 0


def test_a_refresh_of_the_parent_is_not_waited_for(crowd: Crowd, server: AuthServer) -> None:
    """T3: a child that is forked while a refresh is on its way makes its own when it needs one."""
    gate = Gate(then=server.tokens.token_endpoint())
    server.refresh_by(gate, server.tokens.token_endpoint())
    crowd.connect(server.url).sign_in(server.login())
    server.tokens.expire_all()
    waiting = crowd.start(*[get()] * 5)
    gate.reached.wait()

    def work() -> bool:
        if isinstance(crowd.session, UserSession):
            return seawall.Client(server.url, auth=crowd.session).get("/agents", timeout=None).status == 200
        return asyncio.run(_get_once(server.url, crowd.session)) == 200

    assert _in_child(work)
    gate.open()
    outcomes(waiting)


async def _get_once(url: str, session: AsyncUserSession) -> int:
    async with seawall.AsyncClient(url, auth=session) as api:
        return (await api.get("/agents", timeout=None)).status


def test_a_reading_of_the_parent_is_not_waited_for(server: AuthServer) -> None:
    """T3: a child that is forked while the store is being read for the first time reads it itself."""
    store, reading, go_on = MemoryStore(), threading.Event(), threading.Event()
    parent, load = os.getpid(), store.load
    UserSession(source(), store=store).sign_in(server.login(), "ada")
    session = UserSession(source(), store=store)

    def slow() -> Any:
        if os.getpid() == parent:
            reading.set()
            go_on.wait()
        return load()

    store.load = slow  # type: ignore[method-assign]
    thread = threading.Thread(target=session.restore)
    thread.start()
    reading.wait()
    assert _in_child(lambda: session.restore() == ADA)
    go_on.set()
    thread.join()


def test_no_mutex_stays_locked(server: AuthServer) -> None:
    """T3: whatever threads of the parent were doing with the session in the moment of the fork, the child can use all of it."""
    session, heard = UserSession(source()), list[SessionState]()
    session.state_changed.connect(heard.append)
    machine: Any = session._machine

    def work() -> bool:
        session.sign_in(server.login(), "ada")
        is_ended = session.handle_unauthorized()
        session.sign_in(server.login(), "bob")
        session.restore()
        session.sign_out()
        return is_ended and heard == [ADA, Unauthenticated(EndReason.REVOKED), BOB, Restoring(), BOB, OUT]

    with ExitStack() as held:
        for owner in (session, session.state_changed, machine._vault, machine.view._loading, machine._flights, machine._cap):
            locked: AbstractContextManager[Any] = owner._mutex
            held.enter_context(locked)
        assert _in_child(work)


def test_observers_are_told_in_the_child(server: AuthServer) -> None:
    """T3: a child that is forked while an observer is being told tells its observers all the same."""
    session, told, telling, go_on = UserSession(source()), list[SessionState](), threading.Event(), threading.Event()
    parent = os.getpid()

    def slow(state: SessionState) -> None:
        told.append(state)
        if os.getpid() == parent:
            telling.set()
            go_on.wait()

    session.state_changed.connect(slow)
    thread = threading.Thread(target=session.sign_in, args=(server.login(), "ada"))
    thread.start()
    telling.wait()

    def work() -> bool:
        session.sign_out()
        session.state_changed.disconnect(slow)
        session.sign_in(server.login(), "bob")
        return told == [ADA, OUT]

    assert _in_child(work)
    go_on.set()
    thread.join()
