"""From an error response to a problem. It never raises, whatever the server sent."""

import time
from http import HTTPStatus
from typing import Any, Protocol

import msgspec

from seawall.model import Response, Sent, charset_of, redact_url

from ._facts import Facts, as_text
from ._retry_hint import retry_hint
from ._statuses import StatusProblem, status_class
from .dialects import read_rfc9457

__all__ = ["parse"]

MAX_BODY = 8 * 1024 * 1024  # bytes: a longer body is no problem document
_TRACE_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "x-trace-id")


class ForeignResponse(Protocol):
    """What any HTTP library's response has: ours, httpx's, requests'."""

    @property
    def status_code(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Any:
        """Header fields with a case-insensitive `get`."""
        ...

    @property
    def content(self) -> bytes:
        """The whole body."""
        ...


def parse(response: ForeignResponse, *, now: float | None = None) -> StatusProblem | None:
    """Read the problem that a response of status 400 or above tells of.

    Args:
        response: Ours or another library's, its body read.
        now: Seconds since 1970, for dates in Retry-After; by default this machine's clock.

    Returns:
        The problem, or None below 400. The most specific class of its status; what the body does not say comes from the
        status.
    """
    status = response.status_code
    if status < 400:
        return None
    headers = response.headers
    facts = _read(response.content, headers.get("content-type") or "", _url(response))
    ours = response if isinstance(response, Response) else None
    return status_class(status)(
        status=status,
        title=facts.title or _phrase(status),
        detail=facts.detail or "",
        code=facts.code,
        original_code=facts.original_code,
        params=facts.params,
        type=facts.type,
        instance=facts.instance,
        field_errors=facts.field_errors,
        retry_after=retry_hint(headers.get, status, time.time() if now is None else now),
        trace_id=facts.trace_id or _trace_id(headers),
        extensions=facts.extensions,
        body_status=facts.body_status,
        sent=Sent.YES,
        method=ours.request.method if ours is not None and ours.is_answer else None,
        url=ours.request.redacted_url if ours is not None and ours.is_answer else None,
        response=ours,
    )


def _url(response: object) -> str:
    """Where it came from, redacted: `type` and `instance` are resolved against it, and kept."""
    if isinstance(response, Response):
        return response.request.redacted_url if response.is_answer else ""
    try:
        return redact_url(str(getattr(response, "url", "")))
    except RuntimeError:  # httpx: a response made by hand
        return ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


def _trace_id(headers: Any) -> str | None:
    for name in _TRACE_HEADERS:
        if value := as_text(headers.get(name)):
            return value[:200]
    return None


def _read(content: bytes, content_type: str, url: str) -> Facts:
    if not content or len(content) > MAX_BODY:
        return Facts()
    body = _decode(content, content_type)
    return (read_rfc9457(body, url) if isinstance(body, dict) else None) or Facts()


def _decode(content: bytes, content_type: str) -> Any:
    """Decode JSON by the declared charset; anything that is no JSON gives None."""
    charset = charset_of(content_type)
    try:
        if charset != "utf_8":
            content = content.decode(charset).encode()
        return msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None
