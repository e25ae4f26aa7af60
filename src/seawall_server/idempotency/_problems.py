"""What is answered when a key does not fit."""

from .._problem import ProblemError

__all__ = ["IdempotencyInProgress", "IdempotencyKeyInvalid", "IdempotencyKeyReused", "TooManyIdempotencyKeys"]


class IdempotencyInProgress(ProblemError):
    """409: the first request with this key is still running."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    status = 409
    detail = "A request with this key is still in progress"


class IdempotencyKeyReused(ProblemError):
    """422: this key belongs to another request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    status = 422
    detail = "This key belongs to another request"


class IdempotencyKeyInvalid(ProblemError):
    """400: this is no key."""

    code = "IDEMPOTENCY_KEY_INVALID"
    status = 400
    detail = "An Idempotency-Key has 1 to 255 printable ASCII characters without spaces"


class TooManyIdempotencyKeys(ProblemError):
    """429: this owner has used too many keys; forgetting one early would let its request happen twice."""

    code = "TOO_MANY_IDEMPOTENCY_KEYS"
    status = 429
    detail = "Too many keys are in use"
