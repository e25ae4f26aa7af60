"""A key that is held while its first request runs, and the answer that is kept of it."""

import sqlite3
from typing import TYPE_CHECKING, NamedTuple

from ._problems import IdempotencyInProgress

if TYPE_CHECKING:
    from ._store import IdempotencyStore

__all__ = ["Claim", "ClaimLost", "StoredAnswer"]


class ClaimLost(IdempotencyInProgress):
    """The request ran longer than its lease, and another one with its key has begun since."""


class StoredAnswer(NamedTuple):
    """What a request was answered.

    Attributes:
        status: HTTP status.
        headers: The fields that are replayed.
        body: Its bytes.
        replayed: Whether this is a copy of an earlier answer.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    replayed: bool = False

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The fields to send: those that are kept, and of a copy `Idempotency-Replayed: true`."""
        return [*self.headers, *([("Idempotency-Replayed", "true")] if self.replayed else [])]


class Claim:
    """The right to run a request; `IdempotencyStore.claim` gives it. End it with `complete` or `release`."""

    def __init__(self, store: "IdempotencyStore", token: str) -> None:
        self._store = store
        self._token = token

    def complete(self, answer: StoredAnswer, connection: sqlite3.Connection | None = None) -> None:
        """Keep the answer.

        Args:
            answer: What the request is answered.
            connection: An open transaction of the store's own file, to keep the answer together with the effect, or None.

        Raises:
            ClaimLost: The lease ran out and another request has the key. Roll the transaction back: the other one does the work.
        """
        self._store.keep(self._token, answer, connection)

    def release(self) -> None:
        """Give the key back: the request had no effect, and may be tried again."""
        self._store.forget(self._token)
