"""Names that nobody else has: for calls, and for idempotency keys."""

import os
from collections import deque

__all__ = ["fresh_id"]

_BATCH = 64  # ids made of one read of the kernel's entropy: a read for each costs more than all other headers together
_ready: deque[str] = deque()


def fresh_id() -> str:
    """Return 32 hexadecimal digits of the kernel's randomness; safe over threads, and never the same in a forked child."""
    try:
        return _ready.pop()
    except IndexError:
        entropy = os.urandom(16 * _BATCH).hex()
        _ready.extend(entropy[start : start + 32] for start in range(32, len(entropy), 32))
        return entropy[:32]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ready.clear)
