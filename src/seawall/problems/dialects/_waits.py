"""How long to wait, under the names that bodies usually have for it; in seconds, where the name says nothing else."""

from typing import Any

from .._facts import as_seconds

__all__ = ["wait_in"]

_NAMES = ("retry_after", "retryAfter", "retry_after_seconds", "retryAfterSeconds")
_HOLDERS = ("parameters", "details")  # Telegram's, and those who write like Kubernetes
_KNOWN = frozenset((*_NAMES, *_HOLDERS))


def wait_in(members: dict[str, Any]) -> float | None:
    """Return the wait in seconds that a body asks for, or one of the objects that usually hold it; None without one."""
    if _KNOWN.isdisjoint(members):
        return None
    for holder in (members, *(members[name] for name in _HOLDERS if isinstance(members.get(name), dict))):
        for name in _NAMES:
            if name in holder and (wait := as_seconds(holder[name])) is not None:
                return wait
    return None
