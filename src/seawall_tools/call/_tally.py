"""What many calls came to, counted."""

from array import array
from collections import Counter
from typing import Any

import msgspec

from ._answer import Answer
from ._histogram import Bar, histogram, latencies

__all__ = ["Outcome", "Tally"]


class Outcome(msgspec.Struct, frozen=True):
    """One of the calls.

    Attributes:
        seconds: How long it took.
        status: What the server answered with, None where it did not.
        problem: The name of the problem, None where all went well.
        attempts: How often it was sent.
    """

    seconds: float
    status: int | None
    problem: str | None
    attempts: int

    @classmethod
    def of(cls, answer: Answer, seconds: float) -> "Outcome":
        """Keep of an answer what is counted."""
        problem = None if answer.problem is None else type(answer.problem).__name__
        status = None if answer.response is None else answer.response.status
        return cls(seconds, status, problem, len(answer.explain().attempts))


class Tally:
    """Counts outcomes; a million of them take eight megabytes.

    Args:
        asked: How many calls there are to be.

    Attributes:
        seconds: From the first call's beginning to the last one's end.
        interrupted: Whether it ended before its time.
    """

    def __init__(self, asked: int) -> None:
        self.asked = asked
        self.seconds = 0.0
        self.interrupted = False
        self.attempts = 0
        self.statuses: Counter[int] = Counter()
        self.problems: Counter[str] = Counter()
        self._latencies = array("d")

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self._latencies.append(outcome.seconds)
        self.attempts += outcome.attempts
        if outcome.status is not None:
            self.statuses[outcome.status] += 1
        if outcome.problem is not None:
            self.problems[outcome.problem] += 1

    @property
    def calls(self) -> int:
        """How many were made."""
        return len(self._latencies)

    @property
    def bars(self) -> list[Bar]:
        """The histogram of the latencies; empty without a call."""
        return histogram(sorted(self._latencies)) if self._latencies else []

    def figures(self) -> dict[str, Any]:
        """Return all that was counted, ready for JSON; latencies in milliseconds."""
        ordered = sorted(self._latencies)
        spread = {name: _ms(seconds) for name, seconds in msgspec.to_builtins(latencies(ordered)).items()} if ordered else None
        return {
            "asked": self.asked,
            "calls": self.calls,
            "failed": self.problems.total(),
            "attempts": self.attempts,
            "interrupted": self.interrupted,
            "seconds": round(self.seconds, 3),
            "calls_per_second": round(self.calls / self.seconds, 1) if self.seconds else None,
            "statuses": {str(status): calls for status, calls in sorted(self.statuses.items())},
            "problems": dict(self.problems.most_common()),
            "latency_ms": spread,
            "histogram": [{"from_ms": _ms(bar.begin), "to_ms": _ms(bar.end), "calls": bar.calls} for bar in self.bars],
        }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
