"""Sessions encrypted at rest, by Fernet of the package `cryptography`: `pip install seawall[encryption]`."""

from typing import Any, Protocol

from seawall.model import Secret

from ._store import CorruptStoreError

__all__ = ["EncryptionKey", "accept_key", "check_key", "new_key", "seal", "unseal"]


class EncryptionKey(Protocol):
    """Where a key lies: 32 random bytes as url-safe base64, as `cryptography.fernet.Fernet.generate_key` makes them."""

    def find(self) -> Secret | None:
        """Return the key, or None where none was made yet.

        Raises:
            StoreError: It cannot be looked up now.
        """
        ...

    def find_or_make(self) -> Secret:
        """Return the key; of processes that ask at once, one makes it.

        Raises:
            StoreError: It cannot be looked up, or made, now.
        """
        ...


class _GivenKey:
    def __init__(self, key: Secret) -> None:
        self._key = key

    def find(self) -> Secret:
        return self._key

    find_or_make = find


def accept_key(key: EncryptionKey | Secret | str) -> EncryptionKey | None:
    """Take what a user gave as a key, or return None if it can be none.

    Raises:
        ModuleNotFoundError: cryptography is not installed.
    """
    _fernet()
    if not isinstance(key, str | Secret):
        return key
    given = Secret(key)
    return _GivenKey(given) if check_key(given) else None


def check_key(key: Secret) -> bool:
    """Tell whether a text can be a key."""
    try:
        _fernet()(key.reveal())
    except ValueError:
        return False
    return True


def new_key() -> Secret:
    """Return a key that nobody else has."""
    return Secret(_fernet().generate_key().decode())


def seal(key: Secret, content: bytes) -> bytes:
    """Encrypt, so that a change shows."""
    sealed: bytes = _fernet()(key.reveal()).encrypt(content)
    return sealed


def unseal(key: Secret, content: bytes) -> bytes:
    """Undo `seal`.

    Raises:
        CorruptStoreError: It was sealed with another key, changed, or never sealed: a plain file is not taken for a sealed one,
            because then anybody who can write the file could plant a session.
    """
    from cryptography.fernet import InvalidToken

    try:
        plain: bytes = _fernet()(key.reveal()).decrypt(content)
    except InvalidToken:
        plain = b""
    if not plain:
        raise CorruptStoreError("the store was not written with this key")
    return plain


def _fernet() -> Any:
    try:
        from cryptography.fernet import Fernet
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("a FileStore with a key needs cryptography: install seawall[encryption]") from error
    return Fernet
