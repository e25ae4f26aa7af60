"""One session shared by two processes of fifty callers each: its tokens expire all the time, and one process may be killed."""

import itertools
import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from seawall import UserSession
from seawall.auth.stores import StoredSession
from tests.soak.session_crew import Worker
from tests.soak.session_server import Fuse, SessionServer, plain
from tests.soak.session_worker import Orders
from tests.unit.auth.store_engines import ENGINES, Engine
from tests.unit.auth.store_places import FilePlace, RedisPlace

CALLERS = 50
Home = FilePlace | RedisPlace
REDIS = ENGINES[0]
DAILY, FURTHER = [("threads", "file"), ("tasks", REDIS)], [("threads", REDIS), ("tasks", "file")]
everywhere = pytest.mark.parametrize(
    ("kind", "home"), [*DAILY, *(pytest.param(*pair, marks=pytest.mark.soak) for pair in FURTHER)], indirect=["home"]
)


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Home]:
    """Where the session lies."""
    if request.param == "file":
        yield FilePlace(tmp_path / "session")
        return
    engine = Engine(request.param)
    yield RedisPlace(engine.url, "soak")
    engine.close()


def worker(server: SessionServer, home: Home, kind: str, name: str) -> Worker:
    return Worker(server, Orders(name=name, kind=kind, callers=CALLERS, url=server.url, place=home))


def sign_in(server: SessionServer, home: Home) -> None:
    async def never(tokens: Any, api: Any) -> Any:
        raise AssertionError("nobody calls through this session")

    UserSession(never, store=home.open()).sign_in(server.log_in(), "ada")


def stored(home: Home) -> StoredSession:
    """What the store holds, whole."""
    session = home.open().load()
    assert session is not None
    assert (session.user, home.asides()) == ("ada", [])
    return session


def finish(server: SessionServer, home: Home, *workers: Worker) -> None:
    """Let all come to rest; both sides have counted the same, and the store holds what the server handed out last."""
    server.rest()
    for one in workers:
        assert one.finish() == sum(server.answered(one.name))
    assert not server.mistakes
    assert (server.tokens.reuses, server.tokens.revoked) == (0, 0)
    assert server.tokens.refreshes == server.expiries
    assert plain(stored(home).tokens) == server.newest()
    print(f"\n{server}")


def assert_nobody_is_signed_out(server: SessionServer, home: Home, kind: str, seconds: float | None) -> None:
    """Two processes share a session, until its tokens have expired as often as the server was told to, or for so long."""
    sign_in(server, home)
    with server, worker(server, home, kind, "ada") as ada, worker(server, home, kind, "bob") as bob:
        for one in (ada.prepare(), bob.prepare()):
            one.begin()
        if seconds is None:
            server.wait(lambda: server.is_over)
        else:
            server.soak(seconds)
        finish(server, home, ada, bob)
        assert min(server.answered("ada") + server.answered("bob")) >= server.expiries


def assert_killed_processes_hurt_nobody(server: SessionServer, home: Home, kind: str, kills: int) -> None:
    """Of two processes, one is killed again and again; the other goes on, and a new one takes up the session."""
    sign_in(server, home)
    chance, names = random.Random(5), map(str, itertools.count(1))
    with server, ExitStack() as living:

        def begin() -> Worker:
            one = living.enter_context(worker(server, home, kind, next(names)))
            return one.prepare().begin()

        pair = [begin(), begin()]
        for _ in range(kills):
            victim = server.burn(random_fuse(chance, pair))
            dead, other = sorted(pair, key=lambda one: one.name != victim)
            dead.kill()
            assert dead.was_killed
            server.forget(victim)
            stored(home)
            server.wait_for_calls(other.name)
            pair = [other, begin()]
        expiries = server.expiries
        server.wait(lambda: server.expiries > expiries + 1)
        finish(server, home, *pair)
        assert server.replays <= kills


def random_fuse(chance: random.Random, pair: list[Worker]) -> Fuse:
    """Half of the victims are those who refresh next, the others anyone at any call; half of them die before the answer."""
    of_refresh, answers = chance.random() < 0.5, chance.random() < 0.5
    victims = pair if of_refresh else [chance.choice(pair)]
    count = 1 if of_refresh else chance.randint(1, CALLERS * 8)
    return Fuse({one.name: one.kill for one in victims}, count, of_refresh, answers)


@everywhere
def test_tokens_that_expire_sign_nobody_out(home: Home, kind: str) -> None:
    """A10: two processes whose tokens expire 5 times refresh 5 times, repeat no refresh token, and lose no call."""
    assert_nobody_is_signed_out(SessionServer(expiries=5), home, kind, seconds=None)


@everywhere
def test_a_killed_process_hurts_no_other(home: Home, kind: str) -> None:
    """A10: whenever a process is killed, the other goes on, the store is whole, and a new process takes up the session."""
    assert_killed_processes_hurt_nobody(SessionServer(grace=True), home, kind, kills=5)


@pytest.mark.soak
@everywhere
def test_a_minute_of_expiry_signs_nobody_out(home: Home, kind: str) -> None:
    """A10: two processes whose tokens expire for a minute refresh once for each time, and are never signed out."""
    assert_nobody_is_signed_out(SessionServer(), home, kind, seconds=60)


@pytest.mark.soak
@everywhere
def test_two_hundred_kills_hurt_no_other(home: Home, kind: str) -> None:
    """A10: of 200 processes that are killed, none takes the session with it, nor leaves half of it."""
    assert_killed_processes_hurt_nobody(SessionServer(grace=True), home, kind, kills=200)
