"""What the machine owes to those around it."""

import gc
import logging
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import seawall
from seawall import MockTransport, NestedCalls, Secret, SessionEndedProblem, Tokens, UserSession
from seawall.auth import Authenticated, EndReason, Unauthenticated
from seawall.auth._flights import Flights
from seawall.auth.sources import FunctionSource
from seawall.auth.stores import MemoryStore, StoredSession, StoreError
from seawall.chain import SingleFlight
from tests.behaviours.kit import URL

TOKENS = Tokens(access=Secret("a"), refresh=Secret("r"))


async def refresh(tokens: Tokens, api: NestedCalls) -> Tokens:
    return tokens


class WatchedStore(MemoryStore):
    """Knows who watches it."""

    def __init__(self) -> None:
        super().__init__()
        self.watchers: list[Callable[[], object]] = []

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        self.watchers.append(changed)
        return lambda: self.watchers.remove(changed)


def test_a_store_keeps_no_session_alive() -> None:
    """A session that nobody uses any more goes, and its watch ends with it."""
    store = WatchedStore()
    session = UserSession(refresh, store=store)
    session.sign_in(TOKENS)
    gone = weakref.ref(session)
    (changed,) = store.watchers
    del session
    gc.collect()
    assert gone() is None
    assert store.watchers == []
    changed()


def test_a_sign_out_without_a_client_is_noted(caplog: pytest.LogCaptureFixture) -> None:
    """Where there is no client to tell the server through, sign-out works, and a warning says what to do the next time."""
    session = UserSession(FunctionSource(refresh))
    session.sign_in(TOKENS)
    with caplog.at_level(logging.WARNING, logger="seawall"):
        session.sign_out()
    assert session.state == Unauthenticated(EndReason.SIGNED_OUT)
    assert "no client of its own world" in caplog.text
    assert "auth=session" in caplog.text


def test_tokens_that_landed_before_a_sign_out_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A9: who waited for a refresh and wakes up after a sign-out gets no token, though the refresh had brought one."""
    transport = MockTransport()
    transport.route("GET", "/agents", 401)
    session = UserSession(refresh)
    session.sign_in(TOKENS)
    join = Flights.join

    async def join_late(self: Flights, *arguments: Any) -> Any:
        landed = await join(self, *arguments)
        session.sign_out()
        return landed

    monkeypatch.setattr(Flights, "join", join_late)
    with seawall.Client(URL, transport=transport, auth=session) as api, pytest.raises(SessionEndedProblem) as caught:
        api.get("/agents")
    assert caught.value.reason == "signed_out"
    assert len(transport.calls) == 1


class StubbornStore(MemoryStore):
    """Takes sessions, and does not let go of them while it is stuck."""

    stuck = False

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        if self.stuck and session is None:
            raise StoreError("the store is stuck")
        return super().swap(expected, session)


def test_a_store_that_does_not_let_go_brings_nobody_back(caplog: pytest.LogCaptureFixture) -> None:
    """Who has signed out, or was signed out, stays so in this process, though the store could not be emptied."""
    store = StubbornStore()
    session = UserSession(refresh, store=store)
    session.sign_in(TOKENS)
    store.stuck = True
    assert session.handle_unauthorized()
    assert "still in the store" in caplog.text
    session._machine._vault.doubt()
    assert session.restore() == Unauthenticated(EndReason.REVOKED)
    session.sign_in(TOKENS, "ada")
    with pytest.raises(StoreError, match="stuck"):
        session.sign_out()
    session._machine._vault.doubt()
    assert session.restore() == Unauthenticated(EndReason.SIGNED_OUT)
    assert store.load() is not None
    session.sign_in(TOKENS, "bob")
    assert session.state == Authenticated("bob")


def test_who_finds_the_store_read_does_not_read_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A14: a call that asked just before another one's reading landed does not read the store once more."""
    loads: list[None] = []

    class Counted(MemoryStore):
        def load(self) -> StoredSession | None:
            loads.append(None)
            return super().load()

    transport = MockTransport()
    transport.route("GET", "/agents", 200)
    store = Counted()
    UserSession(refresh, store=store).sign_in(TOKENS)
    loads.clear()
    join, others = SingleFlight[bool].join, [None]

    async def late(flight: SingleFlight[bool], runtime: Any, **options: Any) -> bool:
        """Take part, after another caller's flight, if there is one, has begun and landed."""
        if others:
            others.pop()
            await join(flight, runtime)
        return await join(flight, runtime, **options)

    monkeypatch.setattr(SingleFlight, "join", late)
    with seawall.Client(URL, transport=transport, auth=UserSession(refresh, store=store)) as api:
        assert api.get("/agents").status == 200
    assert len(loads) == 1
