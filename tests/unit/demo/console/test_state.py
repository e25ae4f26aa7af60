"""What screens are told."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall.auth import Authenticated, EndReason, Restoring, SessionState, Unauthenticated
from seawall.auth.stores import FileStore, MemoryStore, StoredSession, StoreError
from seawall.testing import FaultServer, Reply
from seawall_demo.console import Console, User
from seawall_demo.console.repositories import ConsoleError
from seawall_demo.console.state import Failed, ListingStore, Loading, Ready
from tests.unit.demo.console.conftest import FORBIDDEN, LIST, Run, log_in, seen, stored

PAST, FUTURE = 1.0, 4e9
ADA = Authenticated(User("ada", "ada@acme.example"))
REVOKED = Reply(400, json={"code": "INVALID_GRANT", "status": 400}, headers={"Content-Type": "application/problem+json"})


class Failing(MemoryStore):
    """A store that cannot be read.

    Args:
        error: why.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def load(self) -> StoredSession | None:
        raise self._error


async def state_of(console: Console) -> SessionState:
    """The state that the start ended in."""
    return console.session.value


def store_with(session: StoredSession) -> MemoryStore:
    """A store that an earlier run has left."""
    store = MemoryStore()
    assert store.swap(None, session)
    return store


def test_a_first_start_asks_to_log_in(server: FaultServer, run: Run) -> None:
    """Without a stored session nobody is logged in, and the backend is not asked."""
    assert run(state_of) == Unauthenticated(EndReason.NEVER_SIGNED_IN)
    assert server.calls == []


def test_a_start_takes_up_the_session(server: FaultServer, run: Run) -> None:
    """A stored session that is still good needs no call."""
    assert run(state_of, store_with(stored(FUTURE))) == ADA
    assert server.calls == []


def test_a_start_refreshes_what_has_expired(server: FaultServer, run: Run) -> None:
    """A stored session whose access token is over is refreshed once, and somebody is logged in."""
    assert run(state_of, store_with(stored(PAST))) == ADA
    assert [call.json() for call in seen(server, "POST", "/auth/refresh")] == [{"refresh_token": "refresh-0"}]


def test_a_start_finds_the_session_revoked(server: FaultServer, run: Run) -> None:
    """A stored session that the backend has revoked meanwhile leads to the log-in, with its reason, and the store is empty."""
    server.route("POST", "/v1/auth/refresh", REVOKED)
    store = store_with(stored(PAST))
    assert run(state_of, store) == Unauthenticated(EndReason.REVOKED)
    assert store.load() is None


def test_a_start_while_the_backend_fails_keeps_the_session(server: FaultServer, run: Run) -> None:
    """A backend that is ill, or a network that is down, logs nobody out."""
    server.route("POST", "/v1/auth/refresh", Reply(500))
    assert run(state_of, store_with(stored(PAST))) == ADA


def test_a_start_with_a_torn_file(run: Run, tmp_path: Path) -> None:
    """A file that is no session leads to the log-in, and is kept aside."""
    path = tmp_path / "session"
    path.write_bytes(b"torn")
    assert run(state_of, FileStore(path)) == Unauthenticated(EndReason.STORE_CORRUPT)
    assert (tmp_path / "session.corrupt-1").read_bytes() == b"torn"


@pytest.mark.parametrize("error", [StoreError("not there"), ZeroDivisionError(), seawall.UsageError("wrong key")], ids=repr)
def test_a_start_always_ends_in_a_state(run: Run, error: Exception) -> None:
    """A store that fails, even by a mistake of the app, leads to a screen with a text for people."""
    state = run(state_of, Failing(error))
    assert state == Unauthenticated(EndReason.STORE_UNREACHABLE)
    assert state.message == "Your session could not be restored. Please try again, or sign in."


def test_observers_hear_of_the_session(run: Run) -> None:
    """A screen that looks on sees the start, the log-in and the log-out, each once and in order."""
    heard: list[SessionState] = []

    async def look_on(console: Console) -> None:
        console.session.changed.connect(heard.append)
        await console.session.start()
        await log_in(console)
        await console.session.log_out()

    run(look_on)
    nobody = Unauthenticated(EndReason.NEVER_SIGNED_IN)
    assert heard == [Restoring(), nobody, ADA, Unauthenticated(EndReason.SIGNED_OUT)]


def test_a_revoked_session_is_told_once(server: FaultServer, run: Run) -> None:
    """However many screens meet the end of the session, it is announced once, and each says why it has no list."""
    server.route("GET", "/v1/agents", Reply(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}))
    server.route("POST", "/v1/auth/refresh", REVOKED)
    heard: list[SessionState] = []

    async def meet(console: Console) -> list[Any]:
        await log_in(console)
        console.session.changed.connect(heard.append)
        screens = [console.agents() for _ in range(10)]
        await asyncio.gather(*(screen.load() for screen in screens))
        return [screen.value for screen in screens]

    errors = [screen.error for screen in run(meet) if isinstance(screen, Failed)]
    assert [error.reason for error in errors if isinstance(error, seawall.SessionEndedProblem)] == ["revoked"] * 10
    assert heard == [Unauthenticated(EndReason.REVOKED)]
    assert len(seen(server, "POST", "/auth/refresh")) == 1


def test_a_list_is_loaded_and_loaded_again(server: FaultServer, run: Run) -> None:
    """While a list is on its way and after it failed, the last one stays on the screen."""
    server.route("GET", "/v1/agents", Reply(json=LIST), FORBIDDEN)
    heard: list[Any] = []

    async def load(console: Console) -> None:
        screen = console.agents()
        screen.changed.connect(heard.append)
        await screen.load()
        await screen.load()

    run(load)
    ready, loading, failed = heard
    assert isinstance(ready, Ready)
    assert loading == Loading(ready.items)
    assert isinstance(failed, Failed)
    assert failed.items == ready.items
    assert failed.error.user_message() == "You are not allowed to do this."


def test_the_last_question_counts() -> None:
    """An answer that comes after that to a later question is not shown."""
    answers: list[asyncio.Future[list[str]]] = []

    def fetch() -> asyncio.Future[list[str]]:
        answers.append(asyncio.get_running_loop().create_future())
        return answers[-1]

    async def main() -> Any:
        screen: ListingStore[str] = ListingStore(fetch)
        loads = [asyncio.create_task(screen.load()) for _ in range(2)]
        await asyncio.sleep(0)
        answers[1].set_result(["new"])
        await loads[1]
        answers[0].set_result(["old"])
        await loads[0]
        return screen.value

    assert asyncio.run(main()) == Ready(["new"])


def test_a_surprise_is_shown_too() -> None:
    """A list that nobody could foresee to fail is shown as failed, with the app's own words."""

    async def fetch() -> list[str]:
        raise ConsoleError("reading agents failed")

    screen: ListingStore[str] = ListingStore(fetch)
    asyncio.run(screen.load())
    assert isinstance(screen.value, Failed)
    assert screen.value.error.user_message() == "Something went wrong. Please try again."


def test_observers_hear_of_changes_only() -> None:
    """A value that takes the place of an equal one is no news."""

    async def fetch() -> list[str]:
        return []

    screen: ListingStore[str] = ListingStore(fetch)
    heard: list[Any] = []
    screen.changed.connect(heard.append)
    asyncio.run(screen.load())
    assert heard == [Ready([])]
