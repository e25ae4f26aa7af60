"""Effects that happen at most once per `Idempotency-Key`, by the laws of `seawall_server.idempotency`."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Response
from pydantic import BaseModel

from seawall_server.idempotency import IdempotencyStore, StoredAnswer

_JSON = (("Content-Type", "application/json"),)


@dataclass(frozen=True)
class Once:
    """Runs the effect of one request, at most once if the request has a key.

    Args:
        store: the keys, in the console's own database.
        owner: who asks.
        key: the request's key, or None.
        fingerprint: what the request is known by.
    """

    store: IdempotencyStore
    owner: str
    key: str | None
    fingerprint: str

    def run(self, status: int, effect: Callable[[sqlite3.Connection], BaseModel]) -> Response:
        """Answer with the effect's result, or with the stored answer of its first run.

        Args:
            status: the status of a successful answer.
            effect: writes through the open transaction and returns the body to send.

        Raises:
            ProblemError: whatever the effect raises; and what `IdempotencyStore.once` raises of keys.
        """

        def work(connection: sqlite3.Connection) -> StoredAnswer:
            return StoredAnswer(status, _JSON, effect(connection).model_dump_json().encode())

        if self.key is None:
            with self.store.writing() as connection:
                return _response(work(connection))
        return _response(self.store.once(self.owner, self.key, self.fingerprint, work))


def _response(answer: StoredAnswer) -> Response:
    return Response(answer.body, answer.status, dict(answer.fields))
