"""Requests with an `Idempotency-Key`, whose effect happens at most once (IETF draft "The Idempotency-Key HTTP Header Field")."""

from ._claim import Claim, ClaimLost, StoredAnswer
from ._keys import check_key, fingerprint
from ._problems import IdempotencyInProgress, IdempotencyKeyInvalid, IdempotencyKeyReused, TooManyIdempotencyKeys
from ._store import IdempotencyStore

__all__ = [
    "Claim",
    "ClaimLost",
    "IdempotencyInProgress",
    "IdempotencyKeyInvalid",
    "IdempotencyKeyReused",
    "IdempotencyStore",
    "StoredAnswer",
    "TooManyIdempotencyKeys",
    "check_key",
    "fingerprint",
]
