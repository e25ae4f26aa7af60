"""A store in a file."""

import os
from collections.abc import Callable
from pathlib import Path

from seawall.model import Secret, UsageError

from ._attempt import attempt
from ._encryption import EncryptionKey, accept_key, seal, unseal
from ._lock_file import PATIENCE, TYPING, LockFile
from ._private_file import delete_file, keep_aside, read_file, write_file
from ._store import CorruptStoreError, Lease, StoredSession, decode_session, encode_session

__all__ = ["FileStore"]

LIMIT = 2 * 1024 * 1024  # bytes that are read: a session of a megabyte takes 1.4 encrypted


class FileStore:
    """Keeps a session in a file that only its user may read, safe over threads and processes of one machine.

    The file is replaced whole; beside it lie `NAME.lock` and `NAME.lease`, which are empty and must stay. What is no session,
    or was encrypted with another key, is kept aside as `NAME.corrupt-1` and so on. A process that dies loses the lease at
    once.

    Args:
        path: The file; `~` is the user's folder. Its folder is made if there is none, closed to others. A symbolic link is
            refused, because replacing it would not change what it points to.
        key: Encrypts the file: a key from `cryptography.fernet.Fernet.generate_key()`, or `KeyringKey`. A plain file that is
            there already is then kept aside, unread.

    Raises:
        UsageError: The path or the key is none.
        ModuleNotFoundError: A key is given, and cryptography is not installed.
    """

    def __init__(self, path: str | os.PathLike[str], key: EncryptionKey | Secret | str | None = None) -> None:
        self._path = Path(path).expanduser().absolute()
        self._key = None if key is None else accept_key(key)
        patience = PATIENCE if key is None or isinstance(key, str | Secret) else TYPING
        is_plain, key = key is None, None  # frames of errors show their locals
        if not self._path.name:
            raise UsageError(f"path: {os.fspath(path)!r} names no file")
        if self._key is None and not is_plain:
            raise UsageError(
                "key: it must be 32 bytes in url-safe base64, as cryptography.fernet.Fernet.generate_key() makes them"
            )
        self._lock = LockFile(self._path.with_name(f"{self._path.name}.lock"), patience)
        self._lease = LockFile(self._path.with_name(f"{self._path.name}.lease"))

    def load(self) -> StoredSession | None:
        """See `TokenStore.load`."""
        return attempt(f"path: {self._path} cannot be read", self._load, OSError)

    def _load(self) -> StoredSession | None:
        try:
            os.lstat(self._path)
        except FileNotFoundError:
            return None  # nothing is made, and no key-ring asked, only to find nothing
        with self._lock.held():
            return self._present()

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        """See `TokenStore.swap`."""
        return attempt(f"path: {self._path} cannot be written", lambda: self._swap(expected, session), OSError)

    def _swap(self, expected: str | None, session: StoredSession | None) -> bool:
        with self._lock.held():
            present = self._present()
            if (None if present is None else present.revision) != expected:
                return False
            if session is None:
                delete_file(self._path)
            else:
                self._write(session)
            return True

    def try_lease(self, seconds: float) -> Lease | None:
        """See `TokenStore.try_lease`; the kernel sees a holder's death."""
        return attempt(f"path: the lease beside {self._path} cannot be taken", lambda: self._lease.try_lease(seconds), OSError)

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        """See `TokenStore.watch`: the file is looked at when it is needed."""
        return _nothing

    def _present(self) -> StoredSession | None:
        try:
            return self._read()
        except CorruptStoreError:
            pass
        aside = keep_aside(self._path)
        raise CorruptStoreError(f"path: {self._path} held no session that can be read; it is kept as {aside.name}")

    def _read(self) -> StoredSession | None:
        key = None if self._key is None else self._key.find()
        content = read_file(self._path, LIMIT)
        if content is None or self._key is None:
            return None if content is None else decode_session(content)
        if key is None:
            raise CorruptStoreError("the key is gone")
        return decode_session(unseal(key, content))

    def _write(self, session: StoredSession) -> None:
        if self._key is None:
            write_file(self._path, encode_session(session))
        else:
            key = self._key.find_or_make()  # first: if it fails, no frame holds plain text yet
            write_file(self._path, seal(key, encode_session(session)))

    def __repr__(self) -> str:
        return f"<FileStore {self._path}>"


def _nothing() -> None:
    """End a watch that was none."""
