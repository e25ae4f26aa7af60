"""What one check found."""

from time import perf_counter
from typing import Any, Literal

import msgspec

__all__ = ["Finding", "Level", "Stopwatch"]

Level = Literal["ok", "warn", "fail"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one check.

    Attributes:
        check: What was looked at.
        level: "ok", "warn" (it works, and is worth a look) or "fail".
        message: What was seen, in one line.
        remedy: What is wrong and how to mend it, in one line; "" where there is nothing to mend.
        seconds: How long it took; None for what takes no time.
        facts: The same for machines.
    """

    check: str
    message: str
    level: Level = "ok"
    remedy: str = ""
    seconds: float | None = None
    facts: dict[str, Any] = msgspec.field(default_factory=dict)


class Stopwatch:
    """Counts seconds from its making."""

    def __init__(self) -> None:
        self._begun = perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds up to now."""
        return perf_counter() - self._begun
