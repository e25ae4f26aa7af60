"""The user's key-ring, by the package `keyring`: `pip install seawall[keyring]`.

Only key-rings that protect what they hold are taken unasked: with others installed, `keyring` falls back to plain files, or to a
null one that forgets. Windows takes 2,560 bytes in an entry, as UTF-16, so that longer texts are cut into pieces. The pieces of
a new text lie beside those of the old one, under the other of two slots; the entry of the text's own name, which says where the
pieces lie and begins the text, is written last, and alone decides. What a killed writer leaves is overwritten by the next.
"""

import hashlib
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ._attempt import attempt
from ._lock_file import TYPING, LockFile
from ._store import StoreError

__all__ = ["Ring"]

PIECE = 1200  # characters of an entry, ASCII
LOST = "?"  # in place of a piece that is gone: not a character of base64, so that nobody takes the rest for a whole text
T = TypeVar("T")
_HEAD = re.compile(r"([ab])([0-9]{1,4}):").match
_OTHER = {"a": "b", "b": "a"}


class Ring:
    """The entries of one service.

    Args:
        service: The name that the user sees.
        backend: A key-ring of `keyring`'s interface that is used whatever it is; None takes the one that `keyring` chose.
        locks: Where lock files lie; None takes the user's folder for such things.

    Raises:
        ModuleNotFoundError: keyring is not installed.
    """

    def __init__(self, service: str, backend: Any, locks: str | os.PathLike[str] | None) -> None:
        self.service = service
        self._backend = backend
        self._locks = None if locks is None else Path(locks).expanduser().absolute()
        if backend is None:
            _keyring()

    def lock(self, name: str, use: str) -> LockFile:
        """Return the lock of an entry, for one of its uses. Its name tells nobody which services there are.

        Raises:
            StoreError: The user has no folder.
        """
        digest = hashlib.sha256(f"{self.service}\0{name}".encode()).hexdigest()[:32]
        folder = self._locks or attempt("locks: there is no folder of the user", _state_folder, RuntimeError)
        return LockFile(folder / f"{digest}.{use}", TYPING)

    def read(self, name: str) -> str | None:
        """Return a text, or what is left of it; None if there is none.

        Raises:
            StoreError: The key-ring cannot be used.
        """
        return self._ask(lambda ring: _read(ring, self.service, name))

    def write(self, name: str, text: Callable[[], str]) -> None:
        """Put an ASCII text into the place of what is there.

        Args:
            name: The entry.
            text: Makes it, in a frame that is gone when an error is raised.

        Raises:
            StoreError: The key-ring cannot be used.
        """
        self._ask(lambda ring: _write(ring, self.service, name, text()))

    def delete(self, name: str) -> None:
        """Delete a text, if there is one.

        Raises:
            StoreError: The key-ring cannot be used.
        """
        self._ask(lambda ring: _delete(ring, self.service, name))

    def _ask(self, work: Callable[[Any], T]) -> T:
        backend = self._backend
        if backend is None:
            backend = attempt("the key-ring cannot be found", lambda: _keyring().get_keyring())
            if not attempt("the key-ring cannot be used", lambda: _protects(backend)):
                kind = f"{type(backend).__module__}.{type(backend).__qualname__}"
                raise StoreError(f"there is no key-ring that protects what it holds, only {kind}; give one as `backend`")
        return attempt("the key-ring cannot be used", lambda: work(backend))


def _keyring() -> Any:
    try:
        import keyring
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("a key-ring needs keyring: install seawall[keyring]") from error
    return keyring


def _protects(backend: Any) -> bool:
    """Tell by the priority: `keyring` recommends one or more. A chain of key-rings is as good as its first."""
    chained = getattr(backend, "backends", None)
    first = chained[0] if chained else backend
    return bool(first.priority >= 1)


def _state_folder() -> Path:
    """XDG's base directory for state; on Windows, local application data."""
    variable, usual = ("LOCALAPPDATA", "AppData/Local") if sys.platform == "win32" else ("XDG_STATE_HOME", ".local/state")
    named = Path(os.environ.get(variable, ""))
    return (named if named.is_absolute() else Path.home() / usual) / "seawall"


def _read(ring: Any, service: str, name: str) -> str | None:
    first = ring.get_password(service, name)
    if first is None or (head := _HEAD(first)) is None:
        return None if first is None else str(first)
    slot, count = head.groups()
    pieces = [first[head.end() :]]
    for number in range(1, int(count)):
        pieces.append(ring.get_password(service, _piece(name, slot, number)) or LOST)
    return "".join(pieces)


def _write(ring: Any, service: str, name: str, text: str) -> None:
    present = ring.get_password(service, name)
    head = None if present is None else _HEAD(present)
    older, count = ("b", 1) if head is None else (head[1], int(head[2]))
    slot = _OTHER[older]
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)] or [""]
    for number, piece in enumerate(pieces[1:], 1):
        ring.set_password(service, _piece(name, slot, number), piece)
    ring.set_password(service, name, f"{slot}{len(pieces)}:{pieces[0]}")
    _clear(ring, service, name, older, 1, count)
    _clear(ring, service, name, slot, len(pieces), len(pieces))


def _delete(ring: Any, service: str, name: str) -> None:
    present = ring.get_password(service, name)
    head = None if present is None else _HEAD(present)
    if present is not None:
        ring.delete_password(service, name)
    for slot in _OTHER:
        _clear(ring, service, name, slot, 1, int(head[2]) if head is not None and head[1] == slot else 1)


def _clear(ring: Any, service: str, name: str, slot: str, start: int, end: int) -> None:
    """Delete pieces from `start` to before `end`, and all that follow them: the last one first, so that what a killed one leaves
    has no gap, at which the next would stop.
    """
    while ring.get_password(service, _piece(name, slot, end)) is not None:
        end += 1
    for number in range(end - 1, start - 1, -1):
        if ring.get_password(service, _piece(name, slot, number)) is not None:
            ring.delete_password(service, _piece(name, slot, number))


def _piece(name: str, slot: str, number: int) -> str:
    return f"{name}.{slot}{number}"
