"""Keys and answers in a SQLite file, shared by all threads and processes of a backend.

Laws:
1. One request at a time has a key: it is claimed in a write transaction, of which SQLite allows one at a time, in any process.
2. The same key with the same request gets the stored answer; with another request 422; while the first runs, 409.
3. With `once`, key and answer are committed in the transaction of the effect: either all are there or none, also after a crash.
   Another process that asks meanwhile waits for that transaction, as every writer of the file does.
4. With `claim`, the effect is elsewhere, and the claim has a lease, so that a crashed process does not hold its key for ever.
   Whoever comes after the lease takes the key, and the answer of the first is refused then (`ClaimLost`).
5. An effect that fails leaves no key behind.
6. Nothing is forgotten before it expires: an owner with too many keys is refused new ones.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from ._claim import Claim, ClaimLost, StoredAnswer
from ._keys import check_key
from ._problems import IdempotencyInProgress, IdempotencyKeyReused, TooManyIdempotencyKeys
from ._running import Names, RunningKeys

__all__ = ["IdempotencyStore"]

BUSY_SECONDS = 10.0
SWEPT = 100  # expired keys that one claim removes
_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS seawall_idempotency (
    owner TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, token TEXT NOT NULL UNIQUE, expires_at REAL NOT NULL,
    status INTEGER, headers TEXT, body BLOB, PRIMARY KEY (owner, key)
);
CREATE INDEX IF NOT EXISTS seawall_idempotency_expiry ON seawall_idempotency (expires_at);
CREATE INDEX IF NOT EXISTS seawall_idempotency_owner ON seawall_idempotency (owner, expires_at);
"""


class IdempotencyStore:
    """See the module. Owners and keys are kept as hashes; answers as they are.

    Args:
        path: The file, which is put into WAL mode; the app's own database, if an effect and its key shall be committed together.
        ttl: Seconds for which an answer is kept.
        lease: Seconds for which a request may run; longer than the server's own limit.
        max_keys: Of one owner at a time.
        connect: Opens the file as the app does, with its own row factory and pragmas; effects get such a connection.
        now: The clock, in seconds since 1970; all processes must agree on it.
    """

    def __init__(
        self,
        path: Path,
        *,
        ttl: float = 86_400.0,
        lease: float = 60.0,
        max_keys: int = 10_000,
        connect: Callable[[Path], sqlite3.Connection] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._path, self._ttl, self._lease, self._max_keys, self._now = path, ttl, lease, max_keys, now
        self._open = connect or _connect
        self._running = RunningKeys()
        self._prepare()

    def claim(self, owner: str, key: str, fingerprint: str) -> Claim | StoredAnswer:
        """Claim a key for a request, or return the answer that an earlier one got.

        Args:
            owner: Who asks, as the backend has authenticated it: others' keys are not seen.
            key: The `Idempotency-Key`.
            fingerprint: See `fingerprint`.

        Raises:
            IdempotencyKeyInvalid, IdempotencyInProgress, IdempotencyKeyReused, TooManyIdempotencyKeys: As their names say.
        """
        names = (_digest(owner), _digest(check_key(key)))
        self._running.refuse(names)
        if (known := self._known(names, fingerprint)) is not None:
            return known
        with self.writing() as connection:
            return self._answer(connection, names, fingerprint) or self._claimed(connection, names, fingerprint)

    def once(self, owner: str, key: str, fingerprint: str, effect: Callable[[sqlite3.Connection], StoredAnswer]) -> StoredAnswer:
        """Run an effect in one transaction with its key, or return the answer of its first run.

        Args:
            owner: As for `claim`.
            key: As for `claim`.
            fingerprint: As for `claim`.
            effect: Writes through the open transaction and returns what to answer. If it raises, nothing of it stays.

        Raises:
            ProblemError: What `claim` raises, and whatever the effect raises.
        """
        names = (_digest(owner), _digest(check_key(key)))
        with self._running.hold(names):
            if (known := self._known(names, fingerprint)) is not None:
                return known
            with self.writing() as connection:
                if (known := self._answer(connection, names, fingerprint)) is not None:
                    return known
                claim = self._claimed(connection, names, fingerprint)
                answer = effect(connection)
                claim.complete(answer, connection)
                return answer

    def keep(self, token: str, answer: StoredAnswer, connection: sqlite3.Connection | None) -> None:
        """Do what `Claim.complete` says."""
        if connection is None:
            with self.writing() as connection:
                return self.keep(token, answer, connection)
        changed = connection.execute(
            "UPDATE seawall_idempotency SET status = ?, headers = ?, body = ?, expires_at = ? WHERE token = ?",
            (answer.status, json.dumps(answer.headers), answer.body, self._now() + self._ttl, token),
        )
        if changed.rowcount == 0:
            raise ClaimLost
        return None

    def forget(self, token: str) -> None:
        """Do what `Claim.release` says; an answer that is kept already stays."""
        with self.writing() as connection:
            connection.execute("DELETE FROM seawall_idempotency WHERE token = ? AND status IS NULL", (token,))

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _known(self, names: Names, fingerprint: str) -> StoredAnswer | None:
        """Look without waiting for a transaction that is doing its work."""
        with closing(self._connect()) as connection:
            return self._answer(connection, names, fingerprint)

    def _answer(self, connection: sqlite3.Connection, names: Names, fingerprint: str) -> StoredAnswer | None:
        row = connection.execute(
            "SELECT fingerprint, status, headers, body FROM seawall_idempotency WHERE owner = ? AND key = ? AND expires_at > ?",
            (*names, self._now()),
        ).fetchone()
        return None if row is None else _answer_of(fingerprint, *row)

    def _claimed(self, connection: sqlite3.Connection, names: Names, fingerprint: str) -> Claim:
        now, token = self._now(), uuid4().hex
        connection.execute("DELETE FROM seawall_idempotency WHERE owner = ? AND key = ?", names)  # expired, or there is none
        connection.execute(
            "DELETE FROM seawall_idempotency WHERE rowid IN "
            "(SELECT rowid FROM seawall_idempotency WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)",
            (now, SWEPT),
        )
        (count,) = connection.execute(
            "SELECT count(*) FROM seawall_idempotency WHERE owner = ? AND expires_at > ?", (names[0], now)
        ).fetchone()
        if count >= self._max_keys:
            raise TooManyIdempotencyKeys
        connection.execute(
            "INSERT INTO seawall_idempotency (owner, key, fingerprint, token, expires_at) VALUES (?, ?, ?, ?, ?)",
            (*names, fingerprint, token, now + self._lease),
        )
        return Claim(self, token)

    def _prepare(self) -> None:
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                with closing(self._connect()) as connection:
                    connection.executescript(_SCHEMA)
                return
            except sqlite3.OperationalError as error:
                # The change to WAL alone does not wait for other processes that make it too: they all start at once. The upper
                # bits of the code say what they are busy with, after a crash that is its recovery.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def _connect(self) -> sqlite3.Connection:
        # A connection for each transaction: none crosses a thread or a fork.
        return self._open(self._path)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


def _answer_of(fingerprint: str, known: str, status: int | None, headers: str, body: bytes) -> StoredAnswer:
    if known != fingerprint:
        raise IdempotencyKeyReused
    if status is None:
        raise IdempotencyInProgress
    return StoredAnswer(status, tuple((name, value) for name, value in json.loads(headers)), body, replayed=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
