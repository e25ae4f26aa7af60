"""What every request says of the app: its version, its platform, its language, and a name for the call."""

from collections.abc import Callable, Coroutine
from typing import Any

from seawall.chain import Next
from seawall.model import AppInfo, Headers, HeaderValue, Request, Response, check_header
from seawall.problems import current_locale

from .._ids import fresh_id

__all__ = ["AppHeaders"]

_NONE: Headers[HeaderValue] = Headers()
_ACCEPT = ("Accept", "application/json, application/problem+json, */*;q=0.8")


class AppHeaders:
    """Adds `User-Agent`, `X-App-Version`, `X-Platform`, `Accept-Language` and `X-Request-Id` where the request lacks them.

    Args:
        app: The app, or None: then only `User-Agent` tells who calls.
        agent: The library's own part of `User-Agent`.
        language: BCP 47 tags as `Accept-Language` writes them; None follows `seawall.use_locale`.
        request_id: Makes the name of a call; the same on all its attempts.
        usual: The client's own fields. They get these fields once, and not anew for each call that brings no others.
    """

    name = "headers"

    def __init__(
        self,
        app: AppInfo | None,
        agent: str,
        *,
        language: str | None = None,
        request_id: Callable[[], str] | None = None,
        usual: Headers[HeaderValue] = _NONE,
    ) -> None:
        fields: list[tuple[str, HeaderValue]] = [_ACCEPT, ("User-Agent", agent)]
        if app is not None:
            product = f"{app.name.replace(' ', '-')}/{app.version} {agent}"
            fields[1:] = [("User-Agent", product), ("X-App-Version", app.version), ("X-Platform", app.platform)]
        if language is not None:
            fields.append(("Accept-Language", language))
        for name, value in fields:
            check_header(name, value)
        self._fields = Headers(fields)
        self._follows_locale = language is None
        self._request_id = request_id or fresh_id
        self._usual = usual
        self._made = usual.with_defaults(self._fields)

    def __call__(self, request: Request, call_next: Next, /) -> Coroutine[Any, Any, Response]:
        """See `Interceptor`."""
        headers = self._with_fields(request.headers).with_default("X-Request-Id", self._request_id())
        if self._follows_locale and (locale := current_locale()) is not None:
            check_header("Accept-Language", locale)
            headers = headers.with_default("Accept-Language", locale)
        return call_next(request.with_headers(headers))

    def _with_fields(self, headers: Headers[HeaderValue]) -> Headers[HeaderValue]:
        """Add what never changes. What a call brought of its own is not kept: there may be secrets in it."""
        return self._made if headers is self._usual else headers.with_defaults(self._fields)
