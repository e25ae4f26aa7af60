"""A store in the user's key-ring."""

import base64
import binascii
import os
from collections.abc import Callable
from typing import Any, TypeVar

from ._attempt import attempt
from ._private_file import ASIDES
from ._ring import Ring
from ._store import CorruptStoreError, Lease, StoredSession, decode_session, encode_session

__all__ = ["KeyringStore"]

T = TypeVar("T")


class KeyringStore:
    """Keeps a session in the key-ring of the user: Keychain, Secret Service, KWallet, Windows' credentials.

    Key-rings have no locks; lock files in a folder of the user's stand in for them, and a process that dies loses the lease at
    once. What is no session is kept aside under the name with `.corrupt-1` and so on.

    Args:
        service: The name of the app, which the user sees in the key-ring.
        name: Which session of the app it is.
        backend: A key-ring of `keyring`'s interface to use, whatever it is. None takes the one that `keyring` finds, if it
            protects what it holds; plain files are not taken unasked.
        locks: The folder of the lock files; None is `seawall` in the user's state folder (XDG_STATE_HOME, ~/.local/state or
            LOCALAPPDATA). All processes have to use the same.

    Raises:
        ModuleNotFoundError: keyring is not installed.
    """

    def __init__(
        self,
        service: str,
        name: str = "session",
        *,
        backend: Any = None,
        locks: str | os.PathLike[str] | None = None,
    ) -> None:
        self._ring = Ring(service, backend, locks)
        self._name = name

    def load(self) -> StoredSession | None:
        """See `TokenStore.load`."""
        return self._locked(self._present)

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        """See `TokenStore.swap`."""
        return self._locked(lambda: self._swap(expected, session))

    def _swap(self, expected: str | None, session: StoredSession | None) -> bool:
        present = self._present()
        if (None if present is None else present.revision) != expected:
            return False
        if session is None:
            self._ring.delete(self._name)
        else:
            self._ring.write(self._name, lambda: base64.b64encode(encode_session(session)).decode())
        return True

    def try_lease(self, seconds: float) -> Lease | None:
        """See `TokenStore.try_lease`; the kernel sees a holder's death."""
        lease = self._ring.lock(self._name, "lease")
        return attempt("locks: the lease cannot be taken", lambda: lease.try_lease(seconds), OSError)

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        """See `TokenStore.watch`: the key-ring is looked at when it is needed."""
        return _nothing

    def _locked(self, work: Callable[[], T]) -> T:
        """Work under the lock; readers take it too, since a text may lie in many entries."""
        lock = self._ring.lock(self._name, "lock")

        def locked() -> T:
            with lock.held():
                return work()

        return attempt("locks: the key-ring's lock cannot be taken", locked, OSError)

    def _present(self) -> StoredSession | None:
        try:
            return self._read()
        except CorruptStoreError:
            pass
        aside = self._keep_aside()
        raise CorruptStoreError(f"the key-ring held no session that can be read; it is kept as {aside}")

    def _read(self) -> StoredSession | None:
        text = self._ring.read(self._name)
        return None if text is None else decode_session(_decoded(text))

    def _keep_aside(self) -> str:
        names = [f"{self._name}.corrupt-{number}" for number in range(1, ASIDES + 1)]
        aside = next((name for name in names if self._ring.read(name) is None), names[-1])
        self._ring.write(aside, lambda: self._ring.read(self._name) or "")
        self._ring.delete(self._name)
        return aside

    def __repr__(self) -> str:
        return f"<KeyringStore {self._ring.service!r}, {self._name!r}>"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _nothing() -> None:
    """End a watch that was none."""
