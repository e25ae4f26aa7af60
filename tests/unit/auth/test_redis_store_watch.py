"""Hearing of other processes' writes in Redis and Valkey."""

import queue
import threading

from seawall.auth.stores import RedisStore
from tests.unit.auth.store_crew import crew, hear_after_fork, write_once
from tests.unit.auth.store_engines import Engine
from tests.unit.auth.store_fixtures import engine, engines, lasting
from tests.unit.auth.store_places import RedisPlace
from tests.unit.auth.store_sessions import session

__all__ = ["engine", "engines", "lasting"]


class Ear:
    """Listens to a store, and waits for what it says."""

    def __init__(self, store: RedisStore) -> None:
        self._heard: queue.Queue[None] = queue.Queue()
        self.end = store.watch(lambda: self._heard.put(None))
        self.hears()  # that listening has begun

    def hears(self) -> None:
        self._heard.get(timeout=50)

    @property
    def is_silent(self) -> bool:
        return self._heard.empty()


def watch_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "seawall-watch"]


def test_writes_of_others_are_heard(engine: RedisPlace) -> None:
    """What another store, or another process, writes or deletes is heard at once, and one's own writes are not."""
    store = engine.open()
    ear = Ear(store)
    assert store.swap(None, session("first"))
    assert store.swap("first", None)
    assert engine.open().swap(None, session("second"))
    ear.hears()
    with crew(1, write_once, engine, "second", "third") as [hand]:
        assert hand.says() == "ready"
        assert ear.is_silent
        assert hand.hears().says() is True
        ear.hears()
    assert engine.open().swap("third", None)
    ear.hears()
    assert ear.is_silent
    ear.end()


def test_an_ended_watch_ends_its_thread(engine: RedisPlace) -> None:
    """After the end nothing is heard, and no thread is left; a store that is not watched starts none."""
    before = set(watch_threads())
    store = engine.open()
    assert store.swap(None, session("first"))
    assert not set(watch_threads()) - before  # those of earlier tests may end meanwhile
    ear = Ear(store)
    [thread] = set(watch_threads()) - before
    assert thread.daemon
    ear.end()
    assert engine.open().swap("first", session("second"))
    thread.join()
    assert ear.is_silent


class Listener:
    """Has a method that can be called."""

    def __init__(self) -> None:
        self.called = threading.Event()

    def hear(self) -> None:
        self.called.set()


def test_a_listener_that_is_gone_ends_the_thread(engine: RedisPlace) -> None:
    """A watch does not keep alive what listens, and ends with it, though nobody ended it."""
    before = set(watch_threads())
    store, listener = engine.open(), Listener()
    store.watch(listener.hear)
    assert listener.called.wait(50)
    [thread] = set(watch_threads()) - before
    del listener
    assert engine.open().swap(None, session("first"))
    thread.join()


def test_a_gap_in_listening_is_heard(lasting: Engine) -> None:
    """When the server comes back the watcher is told, since it may have missed something, and goes on listening."""
    store = RedisStore(lasting.url, key="acme")
    ear = Ear(store)
    lasting.kill()
    lasting.start()
    ear.hears()
    assert RedisStore(lasting.url, key="acme").swap(None, session("first"))
    ear.hears()
    ear.end()


def test_a_listener_that_raises_is_called_again(engines: dict[str, Engine]) -> None:
    """A listener's error does not end the listening."""
    heard: queue.Queue[None] = queue.Queue()

    def stumble() -> None:
        heard.put(None)
        raise RuntimeError

    end = RedisStore(engines["valkey"].url, key="acme").watch(stumble)
    heard.get(timeout=50)
    heard.get(timeout=50)
    end()


def test_a_forked_child_hears_too(engine: RedisPlace) -> None:
    """In a forked child listening begins anew with the store's next use, and the parent hears the child's writes."""
    with crew(1, hear_after_fork, engine) as [hand]:
        assert hand.says() == b"P"
        assert hand.says() == b"C"
        assert engine.open().swap(None, session("first"))
        assert {hand.hears().says(), hand.hears().says()} == {b"P", b"C"}
        assert hand.hears("child writes").says() == b"P"
