"""A key for an encrypted file, in the user's key-ring."""

import os
from typing import Any

from seawall.model import Secret

from ._attempt import attempt
from ._encryption import check_key, new_key
from ._ring import Ring
from ._store import StoreError

__all__ = ["KeyringKey"]


class KeyringKey:
    """The key of an encrypted `FileStore`, kept in the key-ring, and made when the file is first written.

    For sessions that a key-ring does not take, because they are long or change often.

    Args:
        service: The name of the app, which the user sees in the key-ring.
        name: Which key of the app it is.
        backend: See `KeyringStore`.
        locks: See `KeyringStore`.

    Raises:
        ModuleNotFoundError: keyring is not installed.
    """

    def __init__(
        self,
        service: str,
        name: str = "key",
        *,
        backend: Any = None,
        locks: str | os.PathLike[str] | None = None,
    ) -> None:
        self._ring = Ring(service, backend, locks)
        self._name = name

    def find(self) -> Secret | None:
        """See `EncryptionKey.find`."""
        text = self._ring.read(self._name)
        key = None if text is None else Secret(text)
        text = None  # frames of errors show their locals
        if key is not None and not check_key(key):
            raise StoreError(f"the key-ring's entry {self._name!r} of {self._ring.service!r} is no key")
        return key

    def find_or_make(self) -> Secret:
        """See `EncryptionKey.find_or_make`."""
        return self.find() or attempt("locks: the key-ring's lock cannot be taken", self._make, OSError)

    def _make(self) -> Secret:
        with self._ring.lock(self._name, "lock").held():
            key = self.find()
            if key is None:
                key = new_key()
                self._ring.write(self._name, key.reveal)
            return key

    def __repr__(self) -> str:
        return f"<KeyringKey {self._ring.service!r}, {self._name!r}>"
