"""Locks between processes, on empty files beside what they guard.

A lock belongs to the open file, not to the process: each taking opens the file anew, so that threads and stores of one process
exclude each other too. The kernel ends a lock when nobody has the file open any more, however its holder died. So that a forked
child is no holder, it closes what it inherited; so that the parent's release counts whatever a child has open, it unlocks
before it closes. Lock files are never deleted: who waits for a deleted one would guard nothing.

Who waits asks again and again: the kernel's own wait has no end, and a holder that was stopped would stop everybody.
"""

import errno
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seawall.chain import mutex

from ._store import StoreError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["PATIENCE", "TYPING", "FileLease", "LockFile"]

PATIENCE = 10.0  # seconds that one waits for a lock: it is held for a reading and a writing of a small file
TYPING = 120.0  # the same where a key-ring is asked meanwhile, which may ask a person for a password
PAUSE = 0.001, 0.05  # seconds between two tries, at first and at last
_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_mutex = mutex()  # held while files are opened, closed, or the process forks
_held: set["FileLease"] = set()


class LockFile:
    """A lock that one holder has at a time.

    Args:
        path: The file; made when it is first used, its folder too, for this user alone.
        patience: Seconds to wait for it.
    """

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock, and hold it during a `with` block.

        Raises:
            OSError: The file cannot be made or locked.
            StoreError: Somebody else has held it all the time.
        """
        lease = FileLease(self._path)
        if not lease.take(self._patience):
            raise StoreError(f"{self._path} has been locked for {self._patience:g} seconds by {_holder(self._path)}")
        try:
            yield
        finally:
            lease.release()

    def try_lease(self, seconds: float) -> "FileLease | None":
        """Take the lock, or return None when another holds it.

        Args:
            seconds: After which it ends by itself: other processes cannot take it from one that hangs.

        Raises:
            OSError: The file cannot be made or locked.
        """
        lease = FileLease(self._path)
        return lease.ending(seconds) if lease.take() else None


class FileLease:
    """One holding of a lock file.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._timer: threading.Timer | None = None

    def take(self, patience: float = 0.0) -> bool:
        """Take the lock; False when another has held it for so many seconds."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _mutex:
            descriptor = self._descriptor = os.open(self._path, _FLAGS, 0o600)
            _held.add(self)
        taken = False
        try:
            taken = _wait_for(descriptor, patience)
        finally:
            if not taken:
                self.release()
        return taken

    def ending(self, seconds: float) -> "FileLease":
        """Have it released after a time."""
        self._timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self.release)
        self._timer.name, self._timer.daemon = "seawall-lease", True
        self._timer.start()
        return self

    def release(self) -> None:
        """See `Lease.release`."""
        if self._timer is not None:
            self._timer.cancel()
        with _mutex:
            _held.discard(self)
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is not None:
                _let_go(descriptor)

    def forget(self) -> None:
        """Leave it to the parent process, which holds it on, and has its timer."""
        descriptor, self._descriptor, self._timer = self._descriptor, None, None
        if descriptor is not None:
            os.close(descriptor)


def _wait_for(descriptor: int, patience: float) -> bool:
    (pause, longest), ends = PAUSE, time.monotonic() + patience
    while not _lock(descriptor):
        if time.monotonic() >= ends:
            return False
        time.sleep(pause)
        pause = min(pause * 2, longest)
    return True


def _holder(path: Path) -> str:
    """Who has locked a file, as far as the system tells: Linux does, in a table of devices and numbers of files."""
    try:
        file, table = path.stat(), Path("/proc/locks").read_text(encoding="ascii")
    except (OSError, ValueError):
        return "another process"
    place = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    holders = [fields[4] for fields in map(str.split, table.splitlines()) if fields[1] == "FLOCK" and fields[5] == place]
    return f"process {holders[0]}" if holders else "another process"


if sys.platform == "win32":

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno not in (errno.EDEADLK, errno.EACCES):
                raise
            return False
        return True

    def _unlock(descriptor: int) -> None:
        """Closing unlocks: no child inherits what is open."""

else:

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _let_go(descriptor: int) -> None:
    for step in (_unlock, os.close):
        try:
            step(descriptor)
        except OSError:
            pass  # a network file system that is gone


def _in_child() -> None:
    for lease in _held:
        lease.forget()
    _held.clear()
    _after_fork()


def _after_fork() -> None:
    _mutex.__exit__(None, None, None)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_mutex.__enter__, after_in_parent=_after_fork, after_in_child=_in_child)
