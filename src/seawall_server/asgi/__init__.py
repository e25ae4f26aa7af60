"""Middlewares for any ASGI app."""

from ._idempotency import IdempotencyMiddleware
from ._problems import ProblemMiddleware
from ._wire import begin, decoded, field, joined, raw

__all__ = ["IdempotencyMiddleware", "ProblemMiddleware", "begin", "decoded", "field", "joined", "raw"]
