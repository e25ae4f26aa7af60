"""The store and its file: how it is made while others make it too, and how it is read."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from seawall_server.idempotency import IdempotencyStore

Connect = Callable[[Path], sqlite3.Connection]


def failing(*codes: int) -> tuple[Connect, list[int]]:
    """A `connect` that first fails with each of these codes, and what is left of them."""
    left = list(codes)

    def connect(path: Path) -> sqlite3.Connection:
        if left:
            error = sqlite3.OperationalError("cannot be opened")
            error.sqlite_errorcode = left.pop(0)
            raise error
        return sqlite3.connect(path, isolation_level=None)

    return connect, left


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY])
def test_a_busy_file_is_tried_again(tmp_path: Path, code: int) -> None:
    """Processes that start at once, also after a crash, find the file busy: that passes, and the store is made."""
    connect, left = failing(code, code)
    store = IdempotencyStore(tmp_path / "keys.sqlite", connect=connect)
    assert left == []
    with store.writing() as connection:
        assert connection.execute("SELECT count(*) FROM seawall_idempotency").fetchone() == (0,)


def test_any_other_failure_is_told_at_once(tmp_path: Path) -> None:
    """A file that cannot be opened will not open later."""
    connect, left = failing(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY)
    with pytest.raises(sqlite3.OperationalError, match="cannot be opened"):
        IdempotencyStore(tmp_path / "keys.sqlite", connect=connect)
    assert left == [sqlite3.SQLITE_BUSY]


def test_a_file_that_stays_busy_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is an end to it, after which the failure is told as it is."""
    monkeypatch.setattr("seawall_server.idempotency._store.BUSY_SECONDS", -1.0)
    connect, left = failing(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY)
    with pytest.raises(sqlite3.OperationalError, match="cannot be opened"):
        IdempotencyStore(tmp_path / "keys.sqlite", connect=connect)
    assert left == [sqlite3.SQLITE_BUSY]


def test_no_statement_reads_the_whole_table(tmp_path: Path) -> None:
    """Each finds its rows by an index, and an owner's keys, which may be thousands, are counted in the index alone."""
    path, asked = tmp_path / "keys.sqlite", list[str]()

    def connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.set_trace_callback(asked.append)
        return connection

    IdempotencyStore(path).claim("ada", "before", "same")
    IdempotencyStore(path, connect=connect).claim("ada", "key", "same")
    with closing(sqlite3.connect(path)) as connection:
        plans = {
            statement: [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            for statement in asked
            if statement.startswith(("SELECT", "DELETE", "UPDATE"))
        }
    (counting,) = [plan for statement, plan in plans.items() if "count(*)" in statement]
    assert [step for step in counting if "USING COVERING INDEX seawall_idempotency_owner" in step] == counting != []
    assert [step for plan in plans.values() for step in plan if "SCAN" in step] == []
