"""The two context variables of the client: the ambient deadline that users set, and the mark of a call within a call."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from seawall.model import Call, UsageError

__all__ = ["NESTED", "ambient_remaining", "deadline"]

_ends: ContextVar[float | None] = ContextVar("seawall_deadline", default=None)
# The call that runs: a client used inside it (by an interceptor) leaves the retries to it. Tasks that outlive the call keep
# their copy of this variable, and look at `ended`.
NESTED: ContextVar[Call | None] = ContextVar("seawall_nested", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Limit all calls made inside the block, together, to this time; blocks nest, the earlier end rules.

    Args:
        seconds: From now.

    Raises:
        UsageError: It is no number of 0 or more.
    """
    if type(seconds) not in (int, float) or not seconds >= 0:
        raise UsageError(f"deadline: seconds of 0 or more, not {seconds!r}")
    ends = time.monotonic() + seconds
    outer = _ends.get()
    token = _ends.set(ends if outer is None else min(ends, outer))
    try:
        yield
    finally:
        _ends.reset(token)


def ambient_remaining() -> float | None:
    """Return the seconds left of the ambient deadline, or None without one."""
    ends = _ends.get()
    return None if ends is None else ends - time.monotonic()
