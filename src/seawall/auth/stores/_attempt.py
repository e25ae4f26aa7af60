"""Errors of the system and of libraries as `StoreError`: their words may quote what is stored, so only their kind is told."""

import os
from collections.abc import Callable
from typing import TypeVar

from seawall.problems import OriginalError

from ._store import StoreError

__all__ = ["attempt"]

T = TypeVar("T")


def attempt(failure: str, work: Callable[[], T], errors: type[Exception] = Exception) -> T:
    """Return what the work returns.

    Args:
        failure: What to say if it fails: which option is concerned, and what cannot be done.
        work: What may fail. Its frames hold plain text, and are gone when the error is raised.
        errors: What it may fail with.

    Raises:
        StoreError: It failed; the cause is a redacted stand-in.
    """
    try:
        return work()
    except StoreError:
        raise
    except errors as error:
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if isinstance(number, int) else type(error).__name__
        raised = StoreError(f"{failure} ({reason})")
        raised.__cause__ = OriginalError.of(error)
    raise raised
