"""What a dialect finds in an error body, before it becomes a problem."""

import re
from functools import lru_cache
from typing import Any

import msgspec

from ._challenges import AuthDetails
from ._field_error import FieldError

__all__ = [
    "Facts",
    "as_object",
    "as_seconds",
    "as_status",
    "as_status_text",
    "as_text",
    "as_trace_id",
    "bounded_errors",
    "checked",
    "normalise_code",
]

MAX_TEXT = 4096  # characters of any text taken from a server
MAX_CODE = 63
MAX_WRITTEN_CODE = 128  # characters: with the dots and dashes that are no part of it
MAX_SIZE = 16 * 1024  # bytes of the params, of the extensions, and (characters, they cost less to count) of all field errors
MAX_DEPTH = 16
MEMBER_SIZE = 16  # bytes that a value takes beside its text
MAX_SECONDS = 1e15
_STATUS = re.compile(r"[1-5][0-9]{2}", re.ASCII).fullmatch
_DURATION = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)s", re.ASCII).fullmatch
_CODE = re.compile(rf"[A-Z][A-Z0-9_]{{0,{MAX_CODE - 2}}}[A-Z0-9]").fullmatch
_WORDS = re.compile(r"[A-Za-z0-9]+")
_TRACE_ID = re.compile(r"[!-~]{1,200}").fullmatch
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}").fullmatch
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
    return _bounded(value, [MAX_SIZE], MAX_DEPTH) if isinstance(value, dict) else None


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
    if isinstance(value, str):
        text = value[:MAX_TEXT]
        left[0] -= MEMBER_SIZE + (len(text) if text.isascii() else 4 * len(text))
        return text
    left[0] -= MEMBER_SIZE
    if isinstance(value, dict):
        return _bounded_members(value, left, depth - 1) if depth else {}
    if isinstance(value, list):
        return [_bounded(item, left, depth - 1) for item in value[: MAX_SIZE // MEMBER_SIZE] if left[0] > 0] if depth else []
    return None if type(value) is int and not -(2**63) <= value < 2**64 else value  # JSON of other languages ends there


def _bounded_members(members: dict[str, Any], left: list[int], depth: int) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, member in members.items():
        if left[0] <= 0:
            break
        if len(name) <= MAX_TEXT:
            left[0] -= len(name) if name.isascii() else 4 * len(name)
            kept[name] = _bounded(member, left, depth)
    return kept


def bounded_errors(errors: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
    """Return as many of the first errors as may be kept."""
    left = MAX_SIZE
    for place, error in enumerate(errors):
        left -= MEMBER_SIZE + len(error.pointer) + len(error.detail)
        if error.params:
            left -= len(str(error.params))
        if left < 0:
            return errors[:place]
    return errors


def checked(facts: Facts) -> Facts:
    """Hold what a user's dialect returned to the types and bounds of every problem, and its code to the form of codes.

    Raises:
        TypeError: It returned something else.
        msgspec.ValidationError: A member is of the wrong type.
    """
    sound = msgspec.convert(msgspec.structs.asdict(facts), Facts)
    code = normalise_code(sound.code)
    return msgspec.structs.replace(
        sound,
        title=as_text(sound.title),
        detail=as_text(sound.detail),
        code=code,
        original_code=as_text(sound.original_code) or (None if code == sound.code else as_text(sound.code)),
        params=as_object(sound.params),
        type=as_text(sound.type) or "about:blank",
        instance=as_text(sound.instance),
        trace_id=as_trace_id(sound.trace_id),
        extensions=as_object(sound.extensions),
        retry_after=as_seconds(sound.retry_after),
    )


def normalise_code(code: str | None) -> str | None:
    """Return a code as UPPER_SNAKE of at most 63 characters, or None when no such code can be made of it."""
    if code is None or len(code) > MAX_WRITTEN_CODE:
        return None
    return _normalised(code)


@lru_cache(maxsize=1024)  # an API has a few codes, and sends them again and again
def _normalised(code: str) -> str | None:
    if _CODE(code):
        return code
    if _UUID(code):  # Symfony's names of constraints: no word, and most begin with a digit, which no code may
        return None
    upper = "_".join(_WORDS.findall(_CAMEL.sub("_", code))).upper()
    return upper if _CODE(upper) else None
