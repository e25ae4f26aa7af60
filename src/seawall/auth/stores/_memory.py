"""A store that ends with the process."""

import os
import time
import weakref
from collections.abc import Callable

from seawall.chain import mutex

from ._store import Lease, StoredSession

__all__ = ["MemoryStore"]

_all: "weakref.WeakSet[MemoryStore]" = weakref.WeakSet()


class MemoryStore:
    """Keeps a session in this process; the default."""

    def __init__(self) -> None:
        self._stored: StoredSession | None = None
        self.forget_holder()
        _all.add(self)

    def forget_holder(self) -> None:
        """Be free, in a forked child: what its parent's threads were doing there, nobody ends."""
        self._mutex = mutex()
        self._holder: _MemoryLease | None = None

    def load(self) -> StoredSession | None:
        """See `TokenStore.load`."""
        return self._stored

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        """See `TokenStore.swap`."""
        with self._mutex:
            present = None if self._stored is None else self._stored.revision
            if present == expected:
                self._stored = session
            return present == expected

    def try_lease(self, seconds: float) -> Lease | None:
        """See `TokenStore.try_lease`."""
        with self._mutex:
            if self._holder is not None and time.monotonic() < self._holder.ends:
                return None
            self._holder = _MemoryLease(self._give_back, time.monotonic() + seconds)
            return self._holder

    def _give_back(self, lease: "_MemoryLease") -> None:
        with self._mutex:
            if self._holder is lease:
                self._holder = None

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        """See `TokenStore.watch`: no other process can write here."""
        return _nothing

    def __repr__(self) -> str:
        return "<MemoryStore>"


def _nothing() -> None:
    """End a watch that was none."""


class _MemoryLease:
    def __init__(self, give_back: "Callable[[_MemoryLease], None]", ends: float) -> None:
        self._give_back = give_back
        self.ends = ends

    def release(self) -> None:
        """See `Lease.release`."""
        self._give_back(self)


def _after_fork() -> None:
    for store in list(_all):
        store.forget_holder()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
