"""The plain lock of the house, for what is made before any runtime is known."""

import threading
from contextlib import AbstractContextManager
from typing import Any

__all__ = ["mutex"]


def mutex() -> AbstractContextManager[Any]:
    """Return a lock, used with plain `with` and never held across an await; see `Runtime.mutex`."""
    return threading.Lock()
