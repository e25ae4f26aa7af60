"""The agents console's one SQLite file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

BUSY_SECONDS = 10.0
SEEDED_ROWS = 40
USERS = ("ada", "grace")

_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE agents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, team TEXT NOT NULL, owner TEXT NOT NULL
);
CREATE TABLE agent_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, agent_id INTEGER NOT NULL REFERENCES agents (id),
    topic TEXT NOT NULL, state TEXT NOT NULL, owner TEXT NOT NULL
);
CREATE TABLE users (name TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE) WITHOUT ROWID;
CREATE TABLE codes (
    email TEXT PRIMARY KEY, hash TEXT NOT NULL DEFAULT '', expires_at REAL NOT NULL DEFAULT 0,
    wrong INTEGER NOT NULL DEFAULT 0, wrong_since REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE families (id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL REFERENCES users (name), ended TEXT);
CREATE TABLE refresh_tokens (
    hash TEXT PRIMARY KEY, family INTEGER NOT NULL REFERENCES families (id), expires_at REAL NOT NULL, used_at REAL
) WITHOUT ROWID;
CREATE TABLE access_tokens (
    hash TEXT PRIMARY KEY, family INTEGER NOT NULL REFERENCES families (id), expires_at REAL NOT NULL
) WITHOUT ROWID;
"""


class Database:
    """Agents, agent sessions and accounts in one file.

    Args:
        path: where the file is made; it must not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(open_database(path)) as connection:
            connection.executescript(_SCHEMA)
        with self.writing() as connection:
            _fill(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for queries, closed at the end."""
        with closing(open_database(self.path)) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with closing(open_database(self.path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")


def open_database(path: Path) -> sqlite3.Connection:
    """A connection to a console's file, for whoever keeps something in it; transactions are begun and ended by hand."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    # NORMAL: a demo's file outlives no power cut, so a commit need not wait for the disk.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _fill(connection: sqlite3.Connection) -> None:
    """Agent n and agent session n belong to ada when n is odd, to grace when it is even."""
    connection.executemany("INSERT INTO users (name, email) VALUES (?, ?)", [(name, f"{name}@acme.example") for name in USERS])
    for number in range(1, SEEDED_ROWS + 1):
        owner = USERS[(number + 1) % 2]
        connection.execute("INSERT INTO agents (name, team, owner) VALUES (?, ?, ?)", (f"Agent {number}", "blue", owner))
        connection.execute(
            "INSERT INTO agent_sessions (agent_id, topic, state, owner) VALUES (?, ?, 'open', ?)",
            (number, f"Topic {number}", owner),
        )
