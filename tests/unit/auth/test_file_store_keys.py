"""A store in an encrypted file, and where its key lies."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from seawall.auth.stores import CorruptStoreError, FileStore, KeyringKey, StoreError
from seawall.model import Secret, UsageError
from tests.unit.auth.store_crew import crew, find_key
from tests.unit.auth.store_places import KEY
from tests.unit.auth.store_ring import FolderRing, FullRing, LockedRing
from tests.unit.auth.store_sessions import CANARIES, session, told_by


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file lies."""
    return tmp_path / "session"


@pytest.fixture
def ring(tmp_path: Path) -> FolderRing:
    """A key-ring that holds nothing yet."""
    (tmp_path / "ring").mkdir()
    return FolderRing(tmp_path / "ring")


def key_in(ring: Any) -> KeyringKey:
    return KeyringKey("acme", backend=ring, locks=ring.folder.parent / "locks")


def test_nothing_can_be_read_in_the_file(path: Path) -> None:
    """The file shows neither tokens nor the user, and the key, as text or as Secret, opens it."""
    assert FileStore(path, key=KEY).swap(None, session("first", user="Ada"))
    assert not [text for text in (*CANARIES, "Ada", "first") if text.encode() in path.read_bytes()]
    assert FileStore(path, key=Secret(KEY)).load() == session("first", user="Ada")


def test_a_wrong_key_loses_nothing(path: Path) -> None:
    """Under a wrong key the file is kept aside, and under the right one it can be read again."""
    assert FileStore(path, key=KEY).swap(None, session("first"))
    wrong = FileStore(path, key=Fernet.generate_key().decode())
    with pytest.raises(CorruptStoreError) as caught:
        wrong.load()
    assert KEY not in told_by(caught.value)
    assert wrong.load() is None
    path.with_name("session.corrupt-1").rename(path)
    assert FileStore(path, key=KEY).load() == session("first")


def test_a_plain_file_is_no_encrypted_one(path: Path) -> None:
    """With a key nobody who can only write the file can plant a session; a plain one is kept aside."""
    assert FileStore(path).swap(None, session("first"))
    with pytest.raises(CorruptStoreError):
        FileStore(path, key=KEY).load()
    assert path.with_name("session.corrupt-1").exists()


def test_a_changed_file_is_kept_aside(path: Path) -> None:
    """One changed byte anywhere shows."""
    assert FileStore(path, key=KEY).swap(None, session("first"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(CorruptStoreError):
        FileStore(path, key=KEY).load()


@pytest.mark.parametrize("key", ["", "short", "x" * 44, KEY[:20] + KEY, "ü" * 44])
def test_what_is_no_key_is_refused(path: Path, key: str) -> None:
    """A text that cannot be a key is a mistake that is told when the store is made, and not shown."""
    with pytest.raises(UsageError, match="key:") as caught:
        FileStore(path, key=key)
    assert not key or key not in told_by(caught.value)


def test_the_key_ring_makes_the_key(path: Path, ring: FolderRing) -> None:
    """The first writing makes a key in the key-ring, and every store with that key-ring reads with it; looking makes none."""
    store = FileStore(path, key=key_in(ring))
    assert store.load() is None
    assert ring.entries() == []
    assert store.swap(None, session("first"))
    assert len(ring.entries()) == 1
    assert CANARIES[0].encode() not in path.read_bytes()
    assert FileStore(path, key=key_in(ring)).load() == session("first")
    assert store.swap("first", session("second"))
    assert FileStore(path, key=key_in(ring)).load() == session("second")


def test_of_many_processes_one_makes_the_key(ring: FolderRing) -> None:
    """Four processes that need a key at once have the same one in the end."""
    with crew(4, find_key, ring.folder) as hands:
        assert [hand.says() for hand in hands] == ["ready"] * 4
        for hand in hands:
            hand.hears()
        keys = {hand.says() for hand in hands}
    assert len(keys) == 1


def test_a_lost_key_loses_nothing(path: Path, ring: FolderRing) -> None:
    """When the key-ring has forgotten the key, the file is kept aside, and the next session gets a new key."""
    assert FileStore(path, key=key_in(ring)).swap(None, session("first"))
    entry = ring.entries()[0]
    before = (ring.folder / entry).read_text(encoding="utf-8")
    (ring.folder / entry).unlink()
    store = FileStore(path, key=key_in(ring))
    with pytest.raises(CorruptStoreError):
        store.load()
    assert store.swap(None, session("second"))
    assert (ring.folder / entry).read_text(encoding="utf-8") != before
    assert path.with_name("session.corrupt-1").exists()


def test_a_locked_key_ring_leaves_the_file(path: Path, ring: FolderRing) -> None:
    """While the key-ring is locked the file is neither read nor kept aside, and can be read afterwards."""
    assert FileStore(path, key=key_in(ring)).swap(None, session("first"))
    locked = FileStore(path, key=KeyringKey("acme", backend=LockedRing(), locks=ring.folder.parent / "locks"))
    for work in (locked.load, lambda: locked.swap("first", None)):
        with pytest.raises(StoreError, match="key-ring") as caught:
            work()
        assert not isinstance(caught.value, CorruptStoreError)
    assert FileStore(path, key=key_in(ring)).load() == session("first")


def test_a_full_key_ring_tells_no_key(path: Path, ring: FolderRing) -> None:
    """When the key-ring takes no key, nothing is written, and neither the key nor a token is told."""
    store = FileStore(path, key=key_in(FullRing(ring.folder)))
    with pytest.raises(StoreError, match="key-ring") as caught:
        store.swap(None, session("first"))
    told = told_by(caught.value)
    assert not [canary for canary in CANARIES if canary in told]
    assert "a1:" not in told
    assert not path.exists()


def test_an_entry_that_is_no_key_is_an_error(path: Path, ring: FolderRing) -> None:
    """Something else in the key's entry is told, and not shown."""
    ring.set_password("acme", "key", "a1:canary-access")
    with pytest.raises(StoreError, match="is no key") as caught:
        FileStore(path, key=key_in(ring)).swap(None, session("first"))
    assert CANARIES[0] not in told_by(caught.value)


def test_without_cryptography_the_extra_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where cryptography is missing, a store with a key says what to install, and one without works."""
    monkeypatch.setitem(__import__("sys").modules, "cryptography.fernet", None)
    with pytest.raises(ModuleNotFoundError, match=r"seawall\[encryption\]"):
        FileStore(path, key=KEY)
    assert FileStore(path).swap(None, session("first"))
