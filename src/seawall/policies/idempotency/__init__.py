"""Policy: idempotency keys."""

from ._interceptor import IdempotencyInterceptor
from ._options import Idempotency

__all__ = ["Idempotency", "IdempotencyInterceptor"]
