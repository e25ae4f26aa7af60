"""One key for all attempts of a call, so that a server that honours it does the work once."""

import os

from seawall.chain import Next
from seawall.model import Request, Response

from ._options import Idempotency

__all__ = ["IdempotencyInterceptor"]


class IdempotencyInterceptor:
    """Adds the key above retry, so that every attempt carries the same; a header set by hand stays.

    Args:
        options: See `Idempotency`.
    """

    name = "idempotency"

    def __init__(self, options: Idempotency) -> None:
        self._options = options

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        call = request.call
        key = call.options.idempotency_key
        if key is None and self._options.routes:
            key = f"{request.method} {call.route}" in self._options.routes
        call.keyed = bool(key) or self._options.header in request.headers
        if key:
            text = os.urandom(16).hex() if key is True else key
            request = request.with_headers(request.headers.with_default(self._options.header, text))
        return await call_next(request)
