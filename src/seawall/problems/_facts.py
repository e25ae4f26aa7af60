"""What a dialect finds in an error body, before it becomes a problem."""

import re
from functools import lru_cache
from typing import Any

import msgspec

from ._challenges import AuthDetails
from ._field_error import FieldError

__all__ = ["Facts", "as_object", "as_seconds", "as_status", "as_status_text", "as_text", "as_trace_id", "normalise_code"]

MAX_TEXT = 4096  # characters of any text taken from a server
MAX_CODE = 63
MAX_WRITTEN_CODE = 128  # characters: with the dots and dashes that are no part of it
MAX_MEMBERS = 1000  # of params or extensions, those of members included
MAX_DEPTH = 16
MAX_SECONDS = 1e15
_STATUS = re.compile(r"[1-5][0-9]{2}", re.ASCII).fullmatch
_DURATION = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)s", re.ASCII).fullmatch
_CODE = re.compile(rf"[A-Z][A-Z0-9_]{{0,{MAX_CODE - 2}}}[A-Z0-9]").fullmatch
_WORDS = re.compile(r"[A-Za-z0-9]+")
_TRACE_ID = re.compile(r"[!-~]{1,200}").fullmatch
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Facts(msgspec.Struct):
    """The members of `ApiProblem` that a body can tell; None where it does not.

    Attributes:
        rate_limited: Whether it is a rate limit, whatever the status says.
    """

    title: str | None = None
    detail: str | None = None
    code: str | None = None
    original_code: str | None = None
    params: dict[str, Any] | None = None
    type: str = "about:blank"
    instance: str | None = None
    field_errors: tuple[FieldError, ...] = ()
    trace_id: str | None = None
    extensions: dict[str, Any] | None = None
    body_status: int | None = None
    retry_after: float | None = None
    auth: AuthDetails | None = None
    rate_limited: bool = False


def as_text(value: object) -> str | None:
    """Return text, cut to a bound, or None for anything that is no text or empty."""
    return value[:MAX_TEXT] if isinstance(value, str) and value else None


def as_object(value: object) -> dict[str, Any] | None:
    """Return a JSON object within bounds, or None for anything else."""
    return _bounded(value, [MAX_MEMBERS], MAX_DEPTH) if isinstance(value, dict) else None


def as_status(value: object) -> int | None:
    """Return an HTTP status, or None for anything else; `true` is no 1."""
    return value if type(value) is int and 100 <= value <= 599 else None


def as_status_text(value: object) -> int | None:
    """Return an HTTP status that some forms write as text, "422"."""
    return int(value) if isinstance(value, str) and _STATUS(value) else as_status(value)


def as_seconds(value: object, per_second: float = 1.0) -> float | None:
    """Return a span in seconds, never negative, or None for anything else.

    Args:
        value: A number, or a protobuf duration such as "30s" or "0.5s".
        per_second: How many of its units make a second.
    """
    if isinstance(value, str) and (span := _DURATION(value)):
        value = float(span.group(1))
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < MAX_SECONDS:
        return None
    return value / per_second


def as_trace_id(value: object) -> str | None:
    """Return the name of a request if it is fit for a log line: printable ASCII without spaces, at most 200 characters."""
    return value if isinstance(value, str) and _TRACE_ID(value) else None


def _bounded(value: Any, left: list[int], depth: int) -> Any:
    """Copy plain JSON, cutting what is too long, too deep or too much: a problem is kept, pickled and compared."""
    left[0] -= 1
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, dict):
        members = ((name, member) for name, member in value.items() if left[0] > 0 and len(name) <= MAX_TEXT)
        return {name: _bounded(member, left, depth - 1) for name, member in members} if depth else {}
    if isinstance(value, list):
        return [_bounded(member, left, depth - 1) for member in value[:MAX_MEMBERS] if left[0] > 0] if depth else []
    return value


def normalise_code(code: str | None) -> str | None:
    """Return a code as UPPER_SNAKE of at most 63 characters, or None when no such code can be made of it."""
    if code is None or len(code) > MAX_WRITTEN_CODE:
        return None
    return _normalised(code)


@lru_cache(maxsize=1024)  # an API has a few codes, and sends them again and again
def _normalised(code: str) -> str | None:
    if _CODE(code):
        return code
    upper = "_".join(_WORDS.findall(_CAMEL.sub("_", code))).upper()
    return upper if _CODE(upper) else None
