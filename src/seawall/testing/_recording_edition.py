"""Whether a recording is still what it was: what another process wrote meanwhile must not be replaced in silence.

A lock for as long as somebody records would have to be a file beside the recording, which stays there when a process is killed.
So nobody waits while others record; who comes last is told, and writes nothing.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ._recording_file import RecordingError

if sys.platform != "win32":
    import fcntl

__all__ = ["Edition", "edition", "sole_writer"]

Edition = tuple[int, int, int]
"""What differs between two writings of a file: they are two files, one put in the place of the other."""


def edition(path: Path) -> Edition | None:
    """Return which writing of a file is there, None without one."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@contextmanager
def sole_writer(path: Path, known: Edition | None) -> Iterator[None]:
    """Let a `with` block write a file, if it is still what it was.

    Args:
        path: The file.
        known: What it was.

    Raises:
        RecordingError: Somebody else has written it; writing it again would lose that.
    """
    with _alone(path.parent):
        if edition(path) not in (None, known):
            raise RecordingError(
                f"{path}: it was written by somebody else while this recording was made, which is therefore not saved; "
                "record again in one process alone, or give each process a file of its own"
            )
        yield


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from looking and writing at the same time. The lock is on the folder, so that nothing is left there.

    On Windows, and on file systems without locks, two that save in the same instant can miss each other.
    """
    lock = _lock(folder)
    try:
        yield
    finally:
        if lock is not None:
            _unlock(lock)


if sys.platform == "win32":

    def _lock(folder: Path) -> int | None:
        return None

    def _unlock(lock: int) -> None: ...

else:

    def _lock(folder: Path) -> int | None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:  # who writes there will say what is wrong
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            os.close(descriptor)
            return None
        return descriptor

    def _unlock(lock: int) -> None:
        fcntl.flock(lock, fcntl.LOCK_UN)  # a forked child may have it open, too
        os.close(lock)
