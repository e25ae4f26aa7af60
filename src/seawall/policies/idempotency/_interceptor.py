"""One key for all attempts of a call, so that a server that honours it does the work once."""

from collections.abc import Coroutine
from typing import Any

from seawall.chain import Next
from seawall.model import Request, Response, split_url

from .._ids import fresh_id
from ._options import Idempotency

__all__ = ["IdempotencyInterceptor"]


class IdempotencyInterceptor:
    """Adds the key above retry, so that every attempt carries the same; a header set by hand stays.

    Args:
        options: See `Idempotency`.
        base_url: What routes are below; "" when they are whole paths.
    """

    name = "idempotency"

    def __init__(self, options: Idempotency, base_url: str = "") -> None:
        self._options = options
        self._base_url = base_url

    def __call__(self, request: Request, call_next: Next, /) -> Coroutine[Any, Any, Response]:
        """See `Interceptor`."""
        call = request.call
        key = call.options.idempotency_key
        if key is None and self._options.routes:
            key = f"{request.method} {_rooted(call.route or self._below(request))}" in self._options.routes
        call.keyed = bool(key) or self._options.header in request.headers
        if key:
            text = fresh_id() if key is True else key
            request = request.with_headers(request.headers.with_default(self._options.header, text))
        return call_next(request)

    def _below(self, request: Request) -> str:
        """The path below the base URL, without its query: the route of a call without `path_params`; "?" elsewhere."""
        path = request.target.partition("?")[0]
        if not self._base_url:
            return path
        origin, base = split_url(self._base_url)
        base = base.rstrip("/") + "/"
        return path[len(base) :] if request.origin == origin and path.startswith(base) else "?"


def _rooted(route: str) -> str:
    return f"/{route.removeprefix('/')}"
