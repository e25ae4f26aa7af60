"""The contract of all stores where time runs out: leases that nobody gives back, and locks that nobody lets go of."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from seawall.auth.stores import FileStore, KeyringKey, KeyringStore, TokenStore
from seawall.auth.stores._lock_file import PATIENCE, TYPING, LockFile
from tests.unit.auth.store_crew import crew, hold, lock
from tests.unit.auth.store_fixtures import engines, place, shared
from tests.unit.auth.store_places import KEY, Place
from tests.unit.auth.store_ring import FolderRing
from tests.unit.auth.store_sessions import error_of, session
from tests.unit.auth.test_stores import wait_for_lease

__all__ = ["engines", "place", "shared"]

Open = Callable[[Path], TokenStore]
STORES: dict[str, Open] = {
    "file": lambda folder: FileStore(folder / "session"),
    "encrypted file": lambda folder: FileStore(folder / "session", key=KEY),
    "key in the key-ring": lambda folder: FileStore(
        folder / "session", key=KeyringKey("acme", backend=FolderRing(folder), locks=folder)
    ),
    "key-ring": lambda folder: KeyringStore("acme", backend=FolderRing(folder), locks=folder),
}


def test_a_lease_ends_with_its_time(place: Place) -> None:
    """A lease that its holder never gives back is free when its time is over, in the holder's own process, too."""
    lease = place.open().try_lease(0.01)
    assert lease is not None
    wait_for_lease(place.open()).release()


def test_a_holder_that_hangs_loses_the_lease(shared: Place) -> None:
    """A process that lives on, and never gives its lease back, stops the others no longer than it said."""
    with crew(1, hold, shared, 0.05) as [hand]:
        assert hand.says() is True
        wait_for_lease(shared.open()).release()
        hand.hears()
        assert hand.says() == "released"


def test_who_lost_a_lease_releases_no_other(place: Place) -> None:
    """A release that comes when the time was over long ago leaves the next holder's lease alone."""
    late = place.open().try_lease(0.01)
    assert late is not None
    present = wait_for_lease(place.open())
    late.release()
    late.release()
    assert place.open().try_lease(60) is None
    present.release()
    assert place.open().try_lease(60) is not None


def test_a_lease_may_last_for_ever(place: Place) -> None:
    """Any number of seconds will do, also one that no clock counts to."""
    lease = place.open().try_lease(1e12)
    assert lease is not None
    lease.release()
    assert place.open().try_lease(60) is not None


@pytest.mark.parametrize("kind", STORES)
def test_nobody_waits_for_a_lock_without_end(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another process keeps the lock, reading and writing end in an error that names the file and the process."""
    monkeypatch.setattr("seawall.auth.stores._file.PATIENCE", 0.01)
    monkeypatch.setattr("seawall.auth.stores._file.TYPING", 0.01)
    monkeypatch.setattr("seawall.auth.stores._ring.TYPING", 0.01)
    store = STORES[kind](tmp_path)
    assert store.swap(None, session("first"))
    path = next(tmp_path.glob("session.lock"), None) or next(tmp_path.glob("*.lock"))
    with crew(1, lock, path) as [hand]:
        number = hand.says()
        for work in (store.load, lambda: store.swap("first", None)):
            words = str(error_of(work))
            assert ".lock has been locked for 0.01 seconds by " in words
            assert (f"process {number}" in words) == (sys.platform == "linux")
        hand.hears()
        assert hand.says() == "let go"
    assert store.load() == session("first")


def test_a_lock_that_is_let_go_of_is_taken(tmp_path: Path) -> None:
    """Who waits for a lock has it when the other lets go."""
    path = tmp_path / "lock"
    with crew(1, lock, path) as [hand]:
        hand.says()
        hand.hears()
        with LockFile(path).held():
            assert LockFile(path).try_lease(60) is None


def test_who_may_be_typing_is_given_time(tmp_path: Path) -> None:
    """Where a key-ring is asked under the lock, and may ask a person for a password, others wait for that."""
    patience = {kind: open_(tmp_path)._lock._patience for kind, open_ in STORES.items() if kind != "key-ring"}  # type: ignore[attr-defined]
    assert patience == {"file": PATIENCE, "encrypted file": PATIENCE, "key in the key-ring": TYPING}
    assert STORES["key-ring"](tmp_path)._ring.lock("session", "lock")._patience == TYPING  # type: ignore[attr-defined]
