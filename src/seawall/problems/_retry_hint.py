"""How long a server asks to be left alone.

Looked at in this order: Retry-After (RFC 9110), retry-after-ms, RateLimit and RateLimit-Reset (IETF drafts), what the body asks
for (RetryInfo of google.rpc and its like), X-RateLimit-Reset.
The rate-limit fields also come with good answers, so they count only where the limit is used up. Malformed values are ignored.
"""

import re
from collections.abc import Callable
from typing import Any

from ._http_date import parse_http_date

__all__ = ["HINT_HEADERS", "parse_retry_after", "retry_hint"]

HINT_HEADERS = ("retry-after", "retry-after-ms", "ratelimit", "ratelimit-reset", "ratelimit-remaining",
                "x-ratelimit-reset", "x-ratelimit-remaining")  # fmt: skip
Get = Callable[[str], Any]
_SECONDS = re.compile(r"[0-9]{1,300}", re.ASCII).fullmatch  # RFC 9110 sets no end; a number too great for a float is none
_DECIMAL = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,9})?", re.ASCII).fullmatch
_RESET = re.compile(r";\s*t\s*=\s*([0-9]{1,10})(?![0-9])", re.ASCII).search
_REMAINING = re.compile(r";\s*r\s*=\s*([0-9]{1,10})(?![0-9])", re.ASCII).search
_AN_EPOCH = 1_000_000_000  # a bigger "reset" is a moment since 1970, a smaller one a span


def retry_hint(get: Get, status: int, now: float, in_body: float | None = None) -> float | None:
    """Return the seconds to wait, never negative, or None when the server says nothing that can be understood.

    Args:
        get: Returns a header field by name, or None.
        status: HTTP status of the response.
        now: Seconds since 1970 by this machine; the response's own Date is preferred where there is one.
        in_body: Seconds that the body asks for, or None.
    """
    header = get("retry-after")
    if header is not None and (seconds := parse_retry_after(header, _server_now(get, now))) is not None:
        return seconds
    millis = _number(get("retry-after-ms"))
    if millis is not None:
        return millis / 1000
    return _rate_limit(get, status, now, in_body)


def parse_retry_after(header: str, now: float) -> float | None:
    """Return the seconds of one Retry-After field: whole seconds or an HTTP date; a past date is 0, malformed is None.

    Args:
        header: The field; of several joined by commas the first counts.
        now: Seconds since 1970.
    """
    text = header.strip(" \t")
    first = text.partition(",")[0].rstrip(" \t")
    if _SECONDS(first):
        return float(first)
    moment = parse_http_date(text, now)
    return None if moment is None else max(0.0, moment - now)


def _server_now(get: Get, now: float) -> float:
    date = get("date")
    moment = parse_http_date(date, now) if date is not None else None
    return now if moment is None else moment


def _policy_wait(policy: str, status: int) -> float | None:
    """Read one of the limits of a RateLimit field: the seconds until it is refilled, or None while something is left of it."""
    reset, left = _RESET(policy), _REMAINING(policy)
    spent = status == 429 if left is None else int(left.group(1)) == 0
    return float(reset.group(1)) if reset is not None and spent else None


def _rate_limit(get: Get, status: int, now: float, in_body: float | None) -> float | None:
    waits = [_policy_wait(policy, status) for policy in (get("ratelimit") or "").split(",")]
    if any(wait is not None for wait in waits):
        return max(wait for wait in waits if wait is not None)
    drafted = _reset(get, status, now, "ratelimit")
    if drafted is not None or in_body is not None:
        return in_body if drafted is None else drafted
    return _reset(get, status, now, "x-ratelimit")


def _reset(get: Get, status: int, now: float, prefix: str) -> float | None:
    seconds = _number(get(f"{prefix}-reset"))
    if seconds is None or not (status == 429 or _number(get(f"{prefix}-remaining")) == 0):
        return None
    return max(0.0, seconds - _server_now(get, now)) if seconds > _AN_EPOCH else seconds


def _number(field: str | None) -> float | None:
    found = None if field is None else _DECIMAL(field.strip(" \t"))
    return None if found is None else float(found.group())
