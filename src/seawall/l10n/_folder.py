"""The ARB files of a folder."""

import os
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeAlias

from ._arb import MAX_FILE, ArbFile, read_arb
from ._fault import CatalogueError, Fault, writable

__all__ = ["Folder", "read_folder"]

MAX_FILES = 500
Folder: TypeAlias = str | os.PathLike[str] | Traversable


def read_folder(folder: Folder) -> list[ArbFile]:
    """Read all ARB files of a folder, whatever is in them; what is wrong stands in each file's `faults`.

    Args:
        folder: A path, or what `importlib.resources.files` gives; its own folders are not looked into.

    Raises:
        CatalogueError: The folder cannot be read, holds no ARB file, or more than 500.
    """
    place = folder if isinstance(folder, Traversable) else Path(folder)
    name = writable(str(place))
    try:
        found = sorted((each for each in place.iterdir() if _is_arb(each.name)), key=lambda each: each.name)
    except OSError as error:
        raise CatalogueError([Fault(name, 1, "", f"no folder that can be read ({_reason(error)})")]) from None
    if not 0 < len(found) <= MAX_FILES:
        message = f"{len(found)} ARB files; up to {MAX_FILES} are read" if found else "no ARB file, such as app_en.arb, in it"
        raise CatalogueError([Fault(name, 1, "", message)])
    return [_read(each) for each in found]


def _is_arb(name: str) -> bool:
    """Names that begin with a dot are left to editors and systems, which put locks and notes of their own beside a file."""
    return name.endswith(".arb") and not name.startswith(".")


def _read(file: Traversable) -> ArbFile:
    name = writable(str(file))
    try:
        if not file.is_file():  # reading a pipe would wait for ever
            return _unread(name, "is no file")
        with file.open("rb") as stream:
            content = stream.read(MAX_FILE + 1)
    except OSError as error:
        return _unread(name, f"cannot be read ({_reason(error)})")
    return read_arb(content, name)


def _unread(name: str, reason: str) -> ArbFile:
    return ArbFile(name, None, {}, (Fault(name, 1, "", reason),))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
