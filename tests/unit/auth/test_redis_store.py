"""What is peculiar to a store in Redis and Valkey: clients, servers that go and come, and the lease's time."""

import sys
from typing import Any

import pytest
import redis
import redis.asyncio
import valkey

from seawall.auth.stores import CorruptStoreError, RedisStore, StoreError
from seawall.model import Secret, UsageError
from tests.unit.auth.store_crew import crew, hold
from tests.unit.auth.store_engines import Engine
from tests.unit.auth.store_fixtures import engine, engines, lasting
from tests.unit.auth.store_places import RedisPlace
from tests.unit.auth.store_sessions import session, told_by

__all__ = ["engine", "engines", "lasting"]


class Resending:
    """A client whose answers are lost, and that sends everything again, as clients do that retry."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def execute_command(self, *arguments: Any, **options: Any) -> Any:
        self._client.execute_command(*arguments, **options)
        return self._client.execute_command(*arguments, **options)


def test_what_a_client_sends_twice_happens_once(engine: RedisPlace) -> None:
    """A lost answer is no lost race: creating, replacing and taking the lease succeed when the client sends them again."""
    store = RedisStore(Resending(engine.client), key=engine.key)
    assert store.swap(None, session("first"))
    assert store.swap("first", session("second"))
    lease = store.try_lease(60)
    assert lease is not None
    assert engine.open().try_lease(60) is None
    lease.release()
    assert engine.open().try_lease(60) is not None
    assert engine.open().load() == session("second")


@pytest.mark.parametrize("library", [redis, valkey], ids=["redis", "valkey"])
@pytest.mark.parametrize("decoding", [False, True])
def test_clients_of_both_libraries_serve(engine: RedisPlace, library: Any, decoding: bool) -> None:
    """A client of redis or valkey serves as it is, also one that decodes its answers, garbage included."""
    client = (library.Redis if library is redis else library.Valkey).from_url(engine.url, decode_responses=decoding)
    store = RedisStore(client, key=engine.key)
    assert store.load() is None
    assert store.swap(None, session("first", user="Zoë"))
    assert store.load() == session("first", user="Zoë")
    engine.client.hset(f"{{{engine.key}}}:session", "session", b"\xff\xfe")
    with pytest.raises(CorruptStoreError):
        store.load()
    assert store.load() is None


def test_a_key_of_another_kind_is_kept_aside(engine: RedisPlace) -> None:
    """What is no hash at all is kept aside too, by whoever loads or writes."""
    for number, work in enumerate([RedisStore.load, lambda store: store.swap(None, session("first"))], 1):
        engine.client.set(f"{{{engine.key}}}:session", "something else")
        with pytest.raises(CorruptStoreError, match=f"corrupt-{number}"):
            work(engine.open())
        assert engine.client.get(f"{{{engine.key}}}:corrupt-{number}") == b"something else"
        assert engine.open().load() is None


def test_a_session_under_another_revision_is_corrupt(engine: RedisPlace) -> None:
    """Where revision and session were not written together, they are no session."""
    assert engine.open().swap(None, session("first"))
    engine.client.hset(f"{{{engine.key}}}:session", "revision", "second")
    with pytest.raises(CorruptStoreError):
        engine.open().load()


def test_all_keys_of_a_session_lie_on_one_node(engine: RedisPlace) -> None:
    """All keys share a hash tag, so that a cluster can run the scripts."""
    engine.spoil("garbage")
    with pytest.raises(CorruptStoreError):
        engine.open().load()
    assert engine.open().swap(None, session("first"))
    assert engine.open().try_lease(60) is not None
    ours = [key.decode() for key in engine.client.keys(f"*{engine.key}*")]
    assert len(ours) == 3
    assert all(key.startswith(f"{{{engine.key}}}:") for key in ours)


def test_flushed_scripts_are_sent_again(engine: RedisPlace) -> None:
    """A server that forgot all scripts serves on."""
    store = engine.open()
    assert store.swap(None, session("first"))
    engine.client.script_flush()
    assert store.load() == session("first")
    assert store.swap("first", session("second"))
    lease = store.try_lease(60)
    assert lease is not None
    engine.client.script_flush()
    lease.release()
    assert store.try_lease(60) is not None


def test_a_server_that_comes_back_serves_on(lasting: Engine) -> None:
    """While the server is away each use is an error, releasing is none, and afterwards the same store works."""
    store = RedisStore(lasting.url, key="acme")
    assert store.swap(None, session("first"))
    lease = store.try_lease(60)
    assert lease is not None
    lasting.kill()
    lease.release()
    for work in (store.load, lambda: store.swap("first", None), lambda: store.try_lease(60)):
        with pytest.raises(StoreError, match="key: 'acme' in Redis"):
            work()
    lasting.start()
    assert store.load() == session("first")
    assert store.try_lease(60) is None  # it was not released, and lasts
    assert store.swap("first", session("second"))


def test_a_lease_ends_with_its_time(engine: RedisPlace) -> None:
    """The server knows when the lease of a holder that is not heard of ends: no later than was asked."""
    assert engine.open().try_lease(20.5) is not None
    assert 0 < engine.client.pttl(f"{{{engine.key}}}:lease") <= 20_500


def test_a_lost_lease_is_not_released_for_another(engine: RedisPlace) -> None:
    """A holder whose time is over releases nothing: the lease is another's by then."""
    late = engine.open().try_lease(0.001)
    assert late is not None
    while (lease := engine.open().try_lease(60)) is None:
        pass
    late.release()
    assert engine.open().try_lease(60) is None
    lease.release()


def test_a_holder_whose_time_is_over_writes_only_what_is_newest(engine: RedisPlace) -> None:
    """A holder that was too slow may write while nobody else has, and is refused when somebody has."""
    store, other = engine.open(), engine.open()
    assert store.swap(None, session("first"))
    assert store.try_lease(0.001) is not None
    with crew(1, hold, engine, 60):
        assert store.swap("first", session("second"))
        assert not other.swap("first", session("late"))
    assert store.load() == session("second")


@pytest.mark.parametrize("client", ["http://canary-access", "redis://app:canary-access@host:port", "canary-access", 7, None])
def test_what_is_no_client_is_refused(client: Any) -> None:
    """A URL that cannot be one, or something else, is a mistake that is told when the store is made, without the URL."""
    with pytest.raises(UsageError, match="client:") as caught:
        RedisStore(client, key="acme")
    assert "canary-access" not in told_by(caught.value)


def test_an_asynchronous_client_is_refused(engine: RedisPlace) -> None:
    """Stores are plain synchronous code, and an asynchronous client would seem to work and do nothing."""
    with pytest.raises(UsageError, match="synchronous"):
        RedisStore(redis.asyncio.Redis.from_url(engine.url), key=engine.key)


def test_a_session_needs_a_name(engine: RedisPlace) -> None:
    """An empty key is a mistake, since all apps would share it."""
    with pytest.raises(UsageError, match="key:"):
        RedisStore(engine.url, key="")


def test_a_url_may_be_a_secret(engine: RedisPlace) -> None:
    """A URL that is wrapped, because it holds a password, serves as any other."""
    assert RedisStore(Secret(engine.url), key=engine.key).swap(None, session("first"))


def test_without_redis_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where redis is missing, a URL says what to install."""
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ModuleNotFoundError, match=r"seawall\[redis\]"):
        RedisStore("redis://127.0.0.1", key="acme")
