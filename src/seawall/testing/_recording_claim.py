"""Who records into which file: two recorders of one file would each write it as a whole, and the last one would win."""

import os
import threading
import weakref
from pathlib import Path

from ._recording_file import RecordingError

__all__ = ["claim", "release"]

_mutex = threading.Lock()
_holders: "weakref.WeakValueDictionary[str, object]" = weakref.WeakValueDictionary()  # one that was dropped holds nothing


def claim(path: Path, holder: object) -> None:
    """Take a file, or keep it.

    Args:
        path: The file; it need not exist.
        holder: Who is to record into it.

    Raises:
        RecordingError: Somebody else of this process records into it.
    """
    with _mutex:
        if _holders.setdefault(os.path.realpath(path), holder) is not holder:
            raise RecordingError(f"{path}: another recorder writes this file; give both clients the same one, or close it first")


def release(path: Path, holder: object) -> None:
    """Give a file back, if it is this holder's."""
    with _mutex:
        if _holders.get(key := os.path.realpath(path)) is holder:
            del _holders[key]
