"""What one subject achieved in one phase, judged by the database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ._job import Kind, Step


@dataclass(frozen=True)
class Outcome:
    """What a subject told its caller about one step.

    Args:
        step: the call.
        seconds: how long it took.
        shown: it raised a typed error of its library, other than the one that the step must get.
        crashed: it raised anything else.
        words: what its user reads of a typed error, also of the one that the step must get; else nothing.
    """

    step: Step
    seconds: float
    shown: bool = False
    crashed: bool = False
    words: str = ""


@dataclass(frozen=True)
class Audit:
    """The creates whose outcome and row disagree, by name.

    Args:
        duplicates: rows beyond the first of a name, so a name may come more than once.
        lost: told that it succeeded; the database lacks it.
        ghosts: told that it failed; the database holds it.
    """

    duplicates: tuple[str, ...]
    lost: tuple[str, ...]
    ghosts: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """The figures of one subject in one phase; the names are those of `--json`."""

    calls: int
    shown_errors: int
    crashes: int
    duplicate_creates: int
    lost_creates: int
    ghost_creates: int
    requests_sent: int
    spoiled: int
    p50_ms: float
    p99_ms: float


def audit(outcomes: Iterable[Outcome], stored: Iterable[str]) -> Audit:
    """Compare what was told with what is.

    Args:
        outcomes: what the subject told.
        stored: the names of all rows in the database.
    """
    rows = Counter(stored)
    told = {each.step.name: not (each.shown or each.crashed) for each in outcomes if each.step.kind is Kind.CREATE}
    return Audit(
        duplicates=tuple(name for name in told for _ in range(rows[name] - 1)),
        lost=tuple(name for name, succeeded in told.items() if succeeded and not rows[name]),
        ghosts=tuple(name for name, succeeded in told.items() if not succeeded and rows[name]),
    )


def result(outcomes: Sequence[Outcome], found: Audit, requests: int, spoiled: int) -> Result:
    """Count.

    Args:
        outcomes: what the subject told, one per call and at least one.
        found: the audit of the same outcomes.
        requests: how many requests reached the server.
        spoiled: how many of them the storm spoiled.
    """
    seconds = sorted(each.seconds for each in outcomes)
    return Result(
        calls=len(outcomes),
        shown_errors=sum(each.shown for each in outcomes),
        crashes=sum(each.crashed for each in outcomes),
        duplicate_creates=len(found.duplicates),
        lost_creates=len(found.lost),
        ghost_creates=len(found.ghosts),
        requests_sent=requests,
        spoiled=spoiled,
        p50_ms=_percentile(seconds, 50),
        p99_ms=_percentile(seconds, 99),
    )


def _percentile(ascending: Sequence[float], percent: int) -> float:
    """The nearest rank, in milliseconds."""
    rank = -(-len(ascending) * percent // 100)
    return round(ascending[rank - 1] * 1000, 2)
