"""The keys whose effect is running in this process: their rows cannot be seen before they are committed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ._problems import IdempotencyInProgress

__all__ = ["Names", "RunningKeys"]

Names = tuple[str, str]  # owner and key, hashed


class RunningKeys:
    """Of all threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[Names] = set()

    @contextmanager
    def hold(self, names: Names) -> Iterator[None]:
        """Hold a key while its effect runs.

        Raises:
            IdempotencyInProgress: Another thread holds it.
        """
        with self._lock:
            self.refuse(names)
            self._held.add(names)
        try:
            yield
        finally:
            self._held.discard(names)

    def refuse(self, names: Names) -> None:
        """Raise `IdempotencyInProgress` if the key is held."""
        if names in self._held:
            raise IdempotencyInProgress
