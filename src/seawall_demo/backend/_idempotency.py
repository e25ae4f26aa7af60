"""Effects that happen at most once per `Idempotency-Key`.

Laws:
1. Key, fingerprint and answer are committed in the transaction of the effect: either all are there or none.
2. The same key with the same request gets the stored answer; with another request, 422.
3. A key whose first request is still running gets 409, and its owner's transaction goes on undisturbed.
4. An effect that fails leaves no key behind: the caller may mend its request and try again.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Response
from pydantic import BaseModel

from ._database import Database
from ._problems import Problem


class KeysInProgress:
    """The keys whose first request is running, of all threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[tuple[str, str]] = set()

    @contextmanager
    def hold(self, owner: str, key: str) -> Iterator[None]:
        """Hold a key while its request runs.

        Raises:
            Problem: 409 when another request holds it.
        """
        with self._lock:
            if (owner, key) in self._keys:
                raise Problem(409, "IDEMPOTENCY_IN_PROGRESS", "A request with this key is still in progress")
            self._keys.add((owner, key))
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard((owner, key))


@dataclass(frozen=True)
class Once:
    """Runs the effect of one request, at most once if the request has a key."""

    database: Database
    in_progress: KeysInProgress
    owner: str
    key: str | None
    fingerprint: str

    def run(self, status: int, effect: Callable[[sqlite3.Connection], BaseModel]) -> Response:
        """Answer with the effect's result, or with the stored answer of its first run.

        Args:
            status: the status of a successful answer.
            effect: writes through the open transaction and returns the body to send.

        Raises:
            Problem: whatever the effect raises; 409 and 422 as the laws say.
        """
        if self.key is None:
            with self.database.writing() as connection:
                return _answer(status, _encode(effect(connection)))
        with self.in_progress.hold(self.owner, self.key), self.database.writing() as connection:
            return self._stored(connection) or self._first(connection, status, effect)

    def _stored(self, connection: sqlite3.Connection) -> Response | None:
        row = connection.execute(
            "SELECT fingerprint, status, body FROM idempotency_keys WHERE owner = ? AND key = ?", (self.owner, self.key)
        ).fetchone()
        if row is None:
            return None
        if row["fingerprint"] != self.fingerprint:
            raise Problem(422, "IDEMPOTENCY_KEY_REUSED", "This key belongs to another request")
        return _answer(row["status"], row["body"], {"Idempotency-Replayed": "true"})

    def _first(self, connection: sqlite3.Connection, status: int, effect: Callable[[sqlite3.Connection], BaseModel]) -> Response:
        body = _encode(effect(connection))
        connection.execute(
            "INSERT INTO idempotency_keys (owner, key, fingerprint, status, body) VALUES (?, ?, ?, ?, ?)",
            (self.owner, self.key, self.fingerprint, status, body),
        )
        return _answer(status, body)


def fingerprint(method: str, target: str, body: bytes) -> str:
    """What makes two requests the same: method, path with query, and body, byte for byte."""
    return hashlib.sha256(b"\n".join((method.encode(), target.encode(), hashlib.sha256(body).digest()))).hexdigest()


def _encode(body: BaseModel) -> bytes:
    return body.model_dump_json().encode()


def _answer(status: int, body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")
