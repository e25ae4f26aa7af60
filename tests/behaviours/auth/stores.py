"""Stores for tests: slow ones, and one that remembers."""

import threading
from typing import Any

from seawall.auth.stores import MemoryStore, StoredSession

__all__ = ["SlowStore"]


class SlowStore(MemoryStore):
    """Remembers what was written; takes its time for one operation, until it may go on.

    Attributes:
        slow: "load", "swap" or "lease": which does not return before `go_on` is set, once; what it does, it has done by then.
        slow_before: The same, but it has done nothing yet.
        reached: Set when it has come so far.
        written: The access tokens that were written, None for nobody.
    """

    def __init__(self) -> None:
        super().__init__()
        self.slow = self.slow_before = ""
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.written: list[str | None] = []

    def _wait(self) -> None:
        self.slow = self.slow_before = ""
        self.reached.set()
        self.go_on.wait()

    def _do(self, name: str, work: Any) -> Any:
        if self.slow_before == name:
            self._wait()
        result = work()
        if self.slow == name:
            self._wait()
        return result

    def load(self) -> StoredSession | None:
        stored: StoredSession | None = self._do("load", super().load)
        return stored

    def swap(self, expected: str | None, session: StoredSession | None) -> bool:
        written: bool = self._do("swap", lambda: MemoryStore.swap(self, expected, session))
        if written:
            self.written.append(None if session is None else session.tokens.access.reveal())
        return written

    def try_lease(self, seconds: float) -> Any:
        return self._do("lease", lambda: MemoryStore.try_lease(self, seconds))
