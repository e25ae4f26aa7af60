"""Key-rings by the interface of `keyring`: one in a folder, so that processes share it, and some that are of no use."""

import os
from pathlib import Path
from urllib.parse import quote

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError

WINDOWS_LIMIT = 2560  # bytes


class FolderRing(KeyringBackend):
    """Each entry is a file, written whole; it takes no more than Windows does."""

    priority = 5

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def entries(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("draft"))

    def get_password(self, service: str, username: str) -> str | None:
        try:
            return self._path(service, username).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > WINDOWS_LIMIT:
            raise PasswordSetError(password)
        draft = self.folder / f"draft-{os.getpid()}"
        draft.write_text(password, encoding="utf-8")
        draft.replace(self._path(service, username))

    def delete_password(self, service: str, username: str) -> None:
        try:
            self._path(service, username).unlink()
        except FileNotFoundError:
            raise PasswordDeleteError(username) from None

    def _path(self, service: str, username: str) -> Path:
        return self.folder / quote(f"{service} {username}", safe=" ")


class PlainRing(FolderRing):
    """Protects nothing, as `keyrings.alt` has them."""

    priority = 0.5


class LockedRing(KeyringBackend):
    """Its user has not unlocked it; as careless as others with what it was asked to keep."""

    priority = 5

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(password)


class FullRing(FolderRing):
    """Takes nothing more, and quotes what it was asked to keep."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PasswordSetError(password)
