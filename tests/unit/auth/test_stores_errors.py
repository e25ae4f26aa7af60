"""The contract of all stores where they fail: they say so, and say nothing of what they hold."""

from pathlib import Path

import pytest

from seawall.auth.stores import CorruptStoreError, FileStore, KeyringStore, RedisStore, TokenStore
from tests.unit.auth.store_fixtures import engines, place
from tests.unit.auth.store_places import KEY, Place
from tests.unit.auth.store_ring import FullRing, LockedRing
from tests.unit.auth.store_sessions import CANARIES, error_of, pickled, session, told_by

__all__ = ["engines", "place"]


def useless(kind: str, folder: Path) -> TokenStore:
    """A store that cannot be reached, and whose library says so with all it knows."""
    (folder / "plain").touch()
    return {
        "file": lambda: FileStore(folder / "plain" / "session"),
        "encrypted file": lambda: FileStore(folder / "plain" / "session", key=KEY),
        "locked key-ring": lambda: KeyringStore("acme", backend=LockedRing(), locks=folder),
        "key-ring without locks": lambda: KeyringStore("acme", backend=FullRing(folder), locks=folder / "plain"),
        "no socket": lambda: RedisStore(f"unix://{folder}/none?password={CANARIES[0]}", key="acme"),
        "no port": lambda: RedisStore(f"redis://app:{CANARIES[0]}@127.0.0.1:1/0", key="acme"),
    }[kind]()


@pytest.mark.parametrize("kind", ["file", "encrypted file", "locked key-ring", "key-ring without locks", "no socket", "no port"])
def test_a_store_that_cannot_be_reached_says_so(kind: str, tmp_path: Path) -> None:
    """Loading and writing are errors that name the option, and tell neither tokens nor passwords."""
    store = useless(kind, tmp_path)
    for work in (store.load, lambda: store.swap(None, session("first", user="canary-access"))):
        error = error_of(work)
        assert not isinstance(error, CorruptStoreError)
        assert any(word in str(error) for word in ("path:", "key:", "key-ring", "locks:"))
        assert CANARIES[0] not in told_by(error)


@pytest.mark.parametrize("kind", ["file", "key-ring without locks", "no socket", "no port"])
def test_a_lease_that_cannot_be_taken_is_an_error(kind: str, tmp_path: Path) -> None:
    """Where nobody can know who holds the lease, nobody gets it, and nobody is told that another has it."""
    error = error_of(lambda: useless(kind, tmp_path).try_lease(60))
    assert CANARIES[0] not in told_by(error)


def test_stores_and_sessions_show_no_token(place: Place) -> None:
    """Neither a store, nor what it loads, nor a lease shows a token or a key, also when it is pickled."""
    store = place.open()
    assert store.swap(None, session("first"))
    lease, loaded = store.try_lease(60), store.load()
    shown = " ".join(f"{thing!r} {thing} {pickled(thing)} {vars(store)}" for thing in (store, lease, loaded))
    assert not [secret for secret in (*CANARIES, KEY) if secret in shown]
