"""The contract of all stores, and each of them in every row."""

import itertools
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.auth.stores import (
    CorruptStoreError,
    Lease,
    RedisStore,
    StoredSession,
    TokenStore,
)
from tests.unit.auth.store_crew import crew, fork_while_held, hold, hold_and_fork, race, write_once
from tests.unit.auth.store_fixtures import engines, place, shared
from tests.unit.auth.store_places import Place
from tests.unit.auth.store_sessions import CANARIES, error_of, session, told_by

__all__ = ["engines", "place", "shared"]

REVISIONS = map(str, itertools.count(1))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
BAD_USERS: list[Any] = [object(), {1, 2}.__iter__(), "x" * 2_000_000, "\ud800"]


def wait_for_lease(store: TokenStore) -> Lease:
    pause = threading.Event()
    while (lease := store.try_lease(60)) is None:
        pause.wait(0.01)
    return lease


def test_an_empty_store_holds_nothing(place: Place) -> None:
    """A store that was never written loads nothing, and has nothing to replace or delete."""
    store = place.open()
    assert store.load() is None
    assert not store.swap("first", session("second"))
    assert not store.swap("first", None)
    assert store.load() is None


def test_a_session_is_created_replaced_and_deleted(place: Place) -> None:
    """A swap that expects what is there writes, and another store at the same place reads all of it."""
    store = place.open()
    assert store.swap(None, session("first", user={"name": "Ada"}))
    assert place.open().load() == session("first", user={"name": "Ada"})
    assert place.open().swap("first", session("second"))
    assert store.load() == session("second")
    assert store.swap("second", None)
    assert place.open().load() is None
    assert store.swap(None, session("third"))
    assert store.load() == session("third")


def test_a_swap_that_expects_something_else_changes_nothing(place: Place) -> None:
    """What another has written meanwhile is neither replaced nor deleted."""
    store = place.open()
    assert store.swap(None, session("first"))
    for wrong in (None, "second", ""):
        assert not store.swap(wrong, session("second"))
        assert not store.swap(wrong, None)
    assert store.load() == session("first")


def test_all_fields_come_back(place: Place) -> None:
    """Texts of any script, missing fields and long tokens are the same after a reading as before the writing."""
    store = place.open()
    long = session("first", user={"name": "Zoë 漢字 \U0001f511 \x00", "roles": ["x" * 9_000]}, name="ü" * 40)
    bare = StoredSession(session="s", revision="second", tokens=type(long.tokens)(access=long.tokens.access))
    assert store.swap(None, long)
    assert place.open().load() == long
    assert store.swap("first", bare)
    assert place.open().load() == bare


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(user=JSON)
def test_any_json_of_a_user_comes_back(place: Place, user: Any) -> None:
    """What the app knows of its user comes back as it was, whatever plain JSON it is."""
    store = place.open()
    present = store.load()
    assert store.swap(None if present is None else present.revision, session(next(REVISIONS), user=user))
    loaded = store.load()
    assert loaded is not None
    assert loaded.user == user


@pytest.mark.parametrize("user", BAD_USERS, ids=["object", "iterator", "too big", "half a character"])
def test_what_is_no_json_is_refused(shared: Place, user: Any) -> None:
    """A user that cannot be stored is an error that names `user`, and what was there stays."""
    store = shared.open()
    assert store.swap(None, session("first"))
    error = error_of(lambda: store.swap("first", session("second", user=user)))
    assert "`user`" in str(error)
    assert store.load() == session("first")


def test_of_racing_threads_one_wins_each_revision(place: Place) -> None:
    """Eight threads, each with a store of its own, never replace the same revision twice."""

    def run(number: int) -> list[tuple[str | None, str]]:
        store, won = place.open(), []
        for step in range(10):
            present = store.load()
            expected = None if present is None else present.revision
            if store.swap(expected, session(f"{number}-{step}")):
                won.append((expected, f"{number}-{step}"))
        return won

    with ThreadPoolExecutor(8) as threads:
        assert_chain(place, list(threads.map(run, range(8))))


def test_of_racing_processes_one_wins_each_revision(shared: Place) -> None:
    """Eight processes never replace the same revision twice, and nothing that was written is lost."""
    with crew(8, race, shared, 10) as hands:
        assert [hand.says() for hand in hands] == ["ready"] * 8
        for hand in hands:
            hand.hears()
        assert_chain(shared, [hand.says() for hand in hands])


def assert_chain(place: Place, wins: list[list[tuple[str | None, str]]]) -> None:
    """From nothing to what is there now, each revision follows exactly one other."""
    pairs = [pair for won in wins for pair in won]
    following = dict(pairs)
    assert len(following) == len(pairs) >= 8
    revision = None
    while revision in following:
        revision = following.pop(revision)
    assert not following
    present = place.open().load()
    assert present is not None
    assert present.revision == revision


def test_processes_see_what_others_write(shared: Place) -> None:
    """A session that one process writes is there for another, whose older expectation then fails."""
    store = shared.open()
    with crew(1, write_once, shared, None, "theirs") as [hand]:
        assert hand.says() == "ready"
        assert store.load() is None
        assert hand.hears().says() is True
        assert store.load() == session("theirs")
        assert not store.swap(None, session("ours"))


def test_one_lease_at_a_time(place: Place) -> None:
    """While one holds the lease neither the same store, nor another, nor another thread gets it; then anybody does."""
    store, other = place.open(), place.open()
    lease = store.try_lease(60)
    assert lease is not None
    assert store.try_lease(60) is None
    assert other.try_lease(60) is None
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(other.try_lease, 60).result() is None
    lease.release()
    assert other.try_lease(60) is not None


def test_a_lease_is_released_once(place: Place) -> None:
    """Releasing again is harmless, and takes nothing away from who holds the lease by then."""
    lease = place.open().try_lease(60)
    assert lease is not None
    lease.release()
    lease.release()
    assert place.open().try_lease(60) is not None
    lease.release()
    assert place.open().try_lease(60) is None


def test_the_lease_does_not_keep_anybody_from_writing(place: Place) -> None:
    """A sign-in does not wait for a refresh: who has no lease can read and write."""
    assert place.open().try_lease(60) is not None
    assert place.open().swap(None, session("first"))
    assert place.open().load() == session("first")


def test_a_lease_excludes_other_processes(shared: Place) -> None:
    """While another process holds the lease nobody here gets it; when it has released it, or died, somebody does."""
    store = shared.open()
    with crew(1, hold, shared, 60) as [hand]:
        assert hand.says() is True
        assert store.try_lease(60) is None
        assert hand.hears().says() == "released"
        lease = store.try_lease(60)
        assert lease is not None
        with crew(1, hold, shared, 60) as [late]:
            assert late.says() is False
        lease.release()


def test_a_killed_holder_loses_the_lease(shared: Place) -> None:
    """The lease of a process that was killed goes to another, at once or after the time that it was taken for."""
    with crew(1, hold, shared, 0.5) as [hand]:
        assert hand.says() is True
        hand.kill()
        wait_for_lease(shared.open()).release()


def test_a_forked_child_neither_holds_nor_releases(shared: Place) -> None:
    """A child forked by the holder cannot release the lease."""
    with crew(1, hold_and_fork, shared) as [hand]:
        child = hand.says()
        try:
            taken = shared.open().try_lease(60)
            if not isinstance(shared.open(), RedisStore):  # there the lease is no file, and its holder is known by a name
                assert taken is None
                hand.kill()
                assert shared.open().try_lease(60) is not None
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_forked_child_has_a_memory_of_its_own() -> None:
    """Forked while a thread holds the lease of a session in memory, the child can take it, and write."""
    with crew(1, fork_while_held) as [hand]:
        assert hand.says() == (True, True)


def test_what_is_no_session_is_kept_aside(shared: Place) -> None:
    """Garbage is an error once, is kept as it was, and leaves the store empty; a second time, both are kept."""
    for number, garbage in enumerate(['{"session": "canary-access', "x" * 400], 1):
        shared.spoil(garbage)
        error = error_of(shared.open().load)
        assert isinstance(error, CorruptStoreError)
        assert f"corrupt-{number}" in str(error)
        assert CANARIES[0] not in told_by(error)
        assert shared.open().load() is None
        assert shared.asides()[number - 1] == garbage
    assert shared.open().swap(None, session("first"))
    assert shared.open().load() == session("first")


def test_a_bounded_number_is_kept_aside(shared: Place) -> None:
    """Of many corrupt contents the first ones are kept, and the last in the place of the one before."""
    for number in range(12):
        shared.spoil(f"garbage {number}")
        with pytest.raises(CorruptStoreError):
            shared.open().load()
    assert shared.asides() == [f"garbage {number}" for number in (*range(8), 11)]


def test_a_swap_upon_garbage_keeps_it_aside(shared: Place) -> None:
    """Who writes where garbage lies learns of it and has written nothing; the next writing succeeds."""
    shared.spoil("{}")
    store = shared.open()
    if isinstance(store, RedisStore):  # it compares revisions only, and does not read what it replaces
        assert not store.swap(None, session("first"))
        error_of(store.load)
    else:
        assert isinstance(error_of(lambda: store.swap(None, session("first"))), CorruptStoreError)
    assert store.swap(None, session("first"))
    assert shared.asides() == ["{}"]


def test_a_watch_ends_without_harm(place: Place) -> None:
    """Ending a watch, and ending it again, is harmless whether or not the store has anything to tell."""
    end = place.open().watch(lambda: None)
    end()
    end()
