"""How things are measured: CPU time, interleaved rounds, medians, ratios of one run."""

import gc
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

__all__ = ["Row", "Subject", "machine", "measure", "report"]

Batch = Callable[[int], None]


@dataclass(frozen=True)
class Subject:
    """What is measured: `run(n)` makes n calls."""

    name: str
    run: Batch


@dataclass(frozen=True)
class Row:
    """One line of a result."""

    id: str
    subject: str
    value: float
    unit: str
    ratio_to: str | None = None
    ratio: float | None = None
    goal: str | None = None
    met: bool | None = None


def measure(subjects: list[Subject], *, calls: int, rounds: int) -> dict[str, float]:
    """Return the median CPU microseconds per call of each subject.

    The subjects take turns, in an order that moves on by one each round, so that a change of the machine's pace hits all.
    """
    for subject in subjects:
        subject.run(max(50, calls // 10))
    samples: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    for number in range(rounds):
        turn = number % len(subjects)
        for subject in subjects[turn:] + subjects[:turn]:
            gc.collect()
            begun = time.process_time()
            subject.run(calls)
            samples[subject.name].append((time.process_time() - begun) / calls * 1e6)
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r" + " " * 30 + "\r", end="", file=sys.stderr)
    return {name: statistics.median(values) for name, values in samples.items()}


def machine() -> str:
    """Describe the machine's shape, without its name."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, CPython {platform.python_version()}"


def report(rows: list[Row], *, as_json: bool, title: str) -> None:
    """Print rows as JSON or as a Markdown table."""
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
        return
    print(f"{title}: {machine()}, {date.today().isoformat()}\n")
    print("| id | subject | value | ratio | goal | met |\n|---|---|---|---|---|---|")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} x {row.ratio_to}"
        met = "" if row.met is None else "yes" if row.met else "NO"
        print(f"| {row.id} | {row.subject} | {row.value:.2f} {row.unit} | {ratio} | {row.goal or ''} | {met} |")
