"""Stores that other processes write to, and that can be away."""

from collections.abc import Callable

from seawall.auth.stores import MemoryStore, StoredSession, StoreError
from tests.behaviours.auth.stores import SlowStore

__all__ = ["StuckStore", "ToldStore", "write"]


class ToldStore(SlowStore):
    """Tells of a write when it is told to; can be away.

    Attributes:
        tell: Tells of a write by another process.
        away: Whether it cannot be reached.
        loads: How often it was read, or was to be.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tell: Callable[[], object] = lambda: None
        self.away = False
        self.loads = 0

    def watch(self, changed: Callable[[], object]) -> Callable[[], None]:
        self.tell = changed
        return lambda: None

    def load(self) -> StoredSession | None:
        self.loads += 1
        if self.away:
            raise StoreError("the store is away")
        return super().load()


class StuckStore(MemoryStore):
    """Takes sessions, and does not let go of them while it is stuck."""

    stuck = False

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        if self.stuck and session is None:
            raise StoreError("the store is stuck")
        return super().swap(expected, session)


def write(store: MemoryStore, session: StoredSession | None) -> None:
    """Write over what is there, as another process does."""
    present = store.load()
    assert store.swap(None if present is None else present.revision, session)
