"""Locks between processes, on empty files beside what they guard.

A lock belongs to the open file, not to the process: each taking opens the file anew, so that threads and stores of one process
exclude each other too. The kernel ends a lock when nobody has the file open any more, however its holder died. So that a forked
child is no holder, it closes what it inherited; so that the parent's release counts whatever a child has open, it unlocks
before it closes. Lock files are never deleted: who waits for a deleted one would guard nothing.
"""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seawall.chain import mutex

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["FileLease", "LockFile"]

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_mutex = mutex()  # held while files are opened, closed, or the process forks
_held: set["FileLease"] = set()


class LockFile:
    """A lock that one holder has at a time.

    Args:
        path: The file; made when it is first used, its folder too, for this user alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for the lock, and hold it during a `with` block.

        Raises:
            OSError: The file cannot be made or locked.
        """
        lease = FileLease(self._path)
        lease.take(wait=True)
        try:
            yield
        finally:
            lease.release()

    def try_lease(self) -> "FileLease | None":
        """Take the lock, or return None when another holds it.

        Raises:
            OSError: The file cannot be made or locked.
        """
        lease = FileLease(self._path)
        return lease if lease.take(wait=False) else None


class FileLease:
    """One holding of a lock file.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, *, wait: bool) -> bool:
        """Take the lock; False when another holds it and `wait` is."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _mutex:
            descriptor = self._descriptor = os.open(self._path, _FLAGS, 0o600)
            _held.add(self)
        taken = False
        try:
            taken = _lock(descriptor, wait=wait)
        finally:
            if not taken:
                self.release()
        return taken

    def release(self) -> None:
        """See `Lease.release`."""
        with _mutex:
            _held.discard(self)
            descriptor, self._descriptor = self._descriptor, None
            if descriptor is not None:
                _let_go(descriptor)

    def forget(self) -> None:
        """Leave it to the parent process, which holds it on."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


if sys.platform == "win32":

    def _lock(descriptor: int, *, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
                return True
            except OSError as error:
                if error.errno not in (errno.EDEADLK, errno.EACCES):
                    raise
                if not wait:  # where it waits, it gives up after ten seconds, and is asked again
                    return False

    def _unlock(descriptor: int) -> None:
        """Closing unlocks: no child inherits what is open."""

else:

    def _lock(descriptor: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
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
