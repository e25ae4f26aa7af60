"""What is peculiar to a store in the key-ring: which key-rings are taken, the size of entries, and the locks beside them."""

import stat
import sys
from pathlib import Path
from typing import Any

import keyring
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest

from seawall.auth.stores import KeyringKey, KeyringStore, StoreError
from tests.unit.auth.store_places import RingPlace
from tests.unit.auth.store_ring import FolderRing, FullRing, PlainRing
from tests.unit.auth.store_sessions import CANARIES, session, told_by


@pytest.fixture
def ring(tmp_path: Path) -> FolderRing:
    """A key-ring that holds nothing yet."""
    return RingPlace(tmp_path / "ring").ring


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where lock files go if no other place is named."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "state"


@pytest.fixture(autouse=True)
def chosen(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a key-ring the one that `keyring` finds; after the test it finds anew."""
    monkeypatch.setattr("keyring.core._keyring_backend", None)
    return keyring.set_keyring


def test_the_key_ring_that_keyring_finds_is_used(ring: FolderRing, chosen: Any) -> None:
    """Without a backend the session goes to the key-ring that `keyring` has, under the app's name."""
    store = KeyringStore("acme")
    chosen(ring)
    assert store.swap(None, session("first"))
    assert ring.entries() == ["acme session"]
    assert KeyringStore("acme").load() == session("first")
    assert KeyringStore("acme", "other").load() is None
    assert KeyringStore("other").load() is None


class WeakChain(keyring.backends.chainer.ChainerBackend):
    """As `keyring` chains key-rings when there are two, whatever they are."""

    priority = 10
    backends: Any = ()


@pytest.mark.parametrize("kind", ["fail", "null", "plain", "chain"])
def test_a_key_ring_that_protects_nothing_is_refused(kind: str, ring: FolderRing, chosen: Any) -> None:
    """Where `keyring` finds no key-ring, a forgetful or a plain one, each use is an error that says so; nothing is written."""
    plain = PlainRing(ring.folder)
    chain = WeakChain()
    chain.backends = [plain, plain]
    rings = {"fail": keyring.backends.fail.Keyring(), "null": keyring.backends.null.Keyring(), "plain": plain, "chain": chain}
    chosen(rings[kind])
    store = KeyringStore("acme")
    for work in (store.load, lambda: store.swap(None, session("first"))):
        with pytest.raises(StoreError, match="no key-ring that protects what it holds") as caught:
            work()
        assert CANARIES[0] not in told_by(caught.value)
    assert ring.entries() == []


def test_a_chain_that_begins_well_is_taken(ring: FolderRing, chosen: Any) -> None:
    """A chain of key-rings is as good as its first."""
    chain = WeakChain()
    chain.backends = [ring, PlainRing(ring.folder)]
    chosen(chain)
    assert KeyringStore("acme").swap(None, session("first"))
    assert KeyringStore("acme").load() == session("first")


def test_a_key_ring_that_is_given_is_taken(ring: FolderRing) -> None:
    """Who names a backend has chosen it."""
    assert KeyringStore("acme", backend=PlainRing(ring.folder)).swap(None, session("first"))
    assert ring.entries() == ["acme session"]


def test_a_long_session_takes_many_entries_and_gives_them_back(ring: FolderRing) -> None:
    """No entry is longer than Windows allows; what a session needs no more is deleted at its next writing, or its end."""
    store = KeyringStore("acme", backend=ring)
    counts = []
    for number, size in enumerate((10, 9_000, 5_000, 9_000, 10)):
        assert store.swap(None if number == 0 else str(number - 1), session(str(number), user="x" * size))
        assert store.load() == session(str(number), user="x" * size)
        counts.append(len(ring.entries()))
    assert counts[0] == counts[-1] == 1
    assert counts[1] == counts[3] > counts[2] > 5
    assert store.swap("4", session("5", user="x" * 9_000))
    assert store.swap("5", None)
    assert ring.entries() == []


def test_a_lost_entry_is_no_shorter_session(ring: FolderRing) -> None:
    """When a piece of a long session is gone, what is left is kept aside and not taken for a session."""
    store = KeyringStore("acme", backend=ring)
    assert store.swap(None, session("first", user="x" * 9_000))
    ring.delete_password("acme", "session.a3")
    with pytest.raises(StoreError, match="corrupt-1"):
        store.load()
    assert store.load() is None
    assert all("corrupt-1" in entry for entry in ring.entries())


def test_a_full_key_ring_keeps_the_old_session(ring: FolderRing) -> None:
    """When the key-ring takes nothing more, the old session stays, and the error does not tell what should have been kept."""
    assert KeyringStore("acme", backend=ring).swap(None, session("first"))
    with pytest.raises(StoreError, match="key-ring") as caught:
        KeyringStore("acme", backend=FullRing(ring.folder)).swap("first", session("second", user="x" * 9_000))
    told = told_by(caught.value)
    assert not [canary for canary in CANARIES if canary in told]
    assert "eyJ" not in told  # base64 of JSON begins with it
    assert KeyringStore("acme", backend=ring).load() == session("first")


def test_lock_files_lie_in_the_users_folder(ring: FolderRing, state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks lie in the user's state folder, closed to others, and their names do not tell which apps there are."""
    for folder in (state_folder, state_folder.parent / "home" / ".local" / "state"):
        assert KeyringStore("acme", backend=ring).try_lease(60) is not None
        made = list((folder / "seawall").iterdir())
        assert len(made) == 1
        assert "acme" not in made[0].name
        assert stat.S_IMODE(made[0].stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "seawall").stat().st_mode) == 0o700
        monkeypatch.setenv("XDG_STATE_HOME", "relative/paths/are/invalid")


def test_sessions_of_one_app_have_leases_of_their_own(ring: FolderRing) -> None:
    """Two names, or two services, do not wait for one another."""
    leases = [KeyringStore(*names, backend=ring).try_lease(60) for names in (("a", "b"), ("a", "c"), ("d", "b"))]
    assert None not in leases
    assert KeyringStore("a", "b", backend=ring).try_lease(60) is None


@pytest.mark.parametrize("kind", [KeyringStore, KeyringKey])
def test_without_keyring_the_extra_is_named(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where keyring is missing, building says what to install."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ModuleNotFoundError, match=r"seawall\[keyring\]"):
        kind("acme")
