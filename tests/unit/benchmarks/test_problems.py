"""The benchmark of error dialects: what it promises to print, and that it looks before it measures."""

import pytest

from benchmarks import problems
from seawall.problems.dialects import BUILT_IN


def test_every_dialect_has_a_row() -> None:
    """Each built-in dialect has a row under its name, with the goal and a verdict."""
    rows = {row.id: row for row in problems.rows_of(calls=3, rounds=1) if row.goal}
    assert {f"problems/{dialect.name}" for dialect in BUILT_IN} <= set(rows)
    assert all(row.unit == "us" and row.met is (row.value <= problems.GOAL) for row in rows.values())


def test_each_body_is_seen_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dialect that does not read its body is noticed before anything is timed."""
    problems.see_all_read()
    monkeypatch.setitem(problems.BODIES, "google", problems.BODIES["grpc"])
    with pytest.raises(AssertionError, match="google"):
        problems.see_all_read()
