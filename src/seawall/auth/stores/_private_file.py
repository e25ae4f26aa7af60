"""Small files that only their owner may read, and that are whole or not there, whatever is killed when."""

import errno
import logging
import os
import stat
import sys
from pathlib import Path

__all__ = ["ASIDES", "delete_file", "keep_aside", "read_file", "write_file"]

ASIDES = 9  # files kept aside at most; one more takes the place of the last, never of the first
_READ = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_READ_SAFELY = _READ | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # no links, no waiting for a pipe's writer
_DRAFT = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_log = logging.getLogger("seawall")


def read_file(path: Path, limit: int) -> bytes | None:
    """Return a file's first bytes, one more than the limit if there are more; None if there is no file.

    A file that others may read is closed to them first, with a warning: what it holds may be known to them already.

    Raises:
        OSError: It cannot be read, is a link, or is not a plain file.
    """
    try:
        descriptor = os.open(path, _READ_SAFELY)
    except FileNotFoundError:
        return None
    try:
        _make_private(path, descriptor)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)
    finally:
        os.close(descriptor)


def _make_private(path: Path, descriptor: int) -> None:
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL, "not a plain file")
    if sys.platform != "win32" and mode & 0o077:
        os.fchmod(descriptor, 0o600)
        _log.warning("others could read %s, which holds tokens; they cannot any more", path)


def write_file(path: Path, content: bytes) -> None:
    """Put a file into the place of what is there. One writer at a time: the draft's name is always the same, so none is left.

    Raises:
        OSError: It cannot be written; what was there is still there, or, if only the folder could not be synchronised, may be.
    """
    draft = _draft(path)
    draft.unlink(missing_ok=True)  # of a writer that was killed
    try:
        _write_whole(draft, content)
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(path)


def _write_whole(draft: Path, content: bytes) -> None:
    descriptor = os.open(draft, _DRAFT, 0o600)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def delete_file(path: Path) -> None:
    """Delete a file, and what a killed writer left of its successor.

    Raises:
        OSError: It cannot be deleted.
    """
    _draft(path).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    _sync_folder(path)


def keep_aside(path: Path) -> Path:
    """Give a file the first free name of those that end in `.corrupt-1` to `.corrupt-9`, and return that.

    Raises:
        OSError: It cannot be renamed.
    """
    names = [path.with_name(f"{path.name}.corrupt-{number}") for number in range(1, ASIDES + 1)]
    aside = next((name for name in names if not os.path.lexists(name)), names[-1])
    os.replace(path, aside)
    _sync_folder(path)
    return aside


def _draft(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _sync_folder(path: Path) -> None:
    """Make the folder's entries last. Windows cannot, and does not need to: it keeps a journal of names."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path.parent, _READ)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
