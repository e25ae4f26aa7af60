"""The overhead benchmark: what it promises to print, and that it looks before it measures."""

import json

import pytest

from benchmarks import _harness, overhead


def test_every_promised_row_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows that goals are set for exist in both worlds, with a goal and a verdict."""
    monkeypatch.setattr(overhead, "peers", lambda world: [])
    rows = [row for world in ("blocking", "asyncio") for row in overhead.rows_of(world, calls=5, rounds=1)]
    goals = {row.id: row for row in rows if row.goal}
    assert set(goals) == {"overhead/all/blocking", "overhead/all/asyncio"}
    assert all(row.unit == "us" and row.met is (row.value <= overhead.GOAL) for row in goals.values())
    assert {f"overhead/{name}/blocking" for name in overhead.policies("blocking")} <= {row.id for row in rows}


def test_each_policy_is_seen_acting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy that does nothing is noticed before anything is timed."""
    overhead.see_all_acting()
    monkeypatch.setattr("seawall.policies.headers._interceptor.AppHeaders.__call__", _pass_on)
    with pytest.raises((AssertionError, KeyError)):
        overhead.see_all_acting()


async def _pass_on(self: object, request: object, call_next: object) -> object:
    return await call_next(request)  # type: ignore[operator]


def test_results_can_be_read_by_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` prints a list of rows with the agreed members."""
    _harness.report([_harness.Row("a/b", "seawall", 1.0, "us")], as_json=True, title="")
    (row,) = json.loads(capsys.readouterr().out)
    assert set(row) == {"id", "subject", "value", "unit", "ratio_to", "ratio", "goal", "met"}


def test_medians_come_from_interleaved_rounds() -> None:
    """Every subject runs in every round, and none is always the first."""
    order: list[str] = []
    subjects = [_harness.Subject(name, lambda calls, name=name: order.append(name)) for name in "ab"]  # type: ignore[misc]
    assert set(_harness.measure(subjects, calls=1, rounds=2)) == {"a", "b"}
    assert order == ["a", "b", "a", "b", "b", "a"]
