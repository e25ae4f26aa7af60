"""The benchmark of auth: what it promises to print, and that it looks before it measures."""

import pytest

from benchmarks import auth


def test_every_promised_row_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows that goals are set for exist, with a goal and a verdict, and the storm is one refresh."""
    monkeypatch.setattr(auth, "STORM", 50)
    monkeypatch.setattr(auth, "WAITERS", 50)
    rows = {row.id: row for row in auth.rows_of(calls=5, rounds=1, storms=1)}
    assert set(rows) == {"auth/attach/blocking", "auth/attach/asyncio", "auth/attach", "auth/storm", "auth/waiters"}
    assert rows["auth/attach"].met is (rows["auth/attach"].value <= auth.GOAL)
    assert rows["auth/attach"].value == max(rows[f"auth/attach/{world}"].value for world in ("blocking", "asyncio"))
    assert (rows["auth/storm"].goal, rows["auth/storm"].met) == ("refreshes = 1", True)
    assert {rows[name].unit for name in rows} == {"us", "ms", "KiB each"}
    assert rows["auth/waiters"].value > 1


def test_the_stage_is_seen_acting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage that attaches nothing is noticed before anything is timed."""
    auth.see_it_acting()
    monkeypatch.setattr("seawall.auth._interceptor.AuthInterceptor.__call__", _pass_on)
    with pytest.raises(AssertionError):
        auth.see_it_acting()


async def _pass_on(self: object, request: object, call_next: object) -> object:
    return await call_next(request)  # type: ignore[operator]
