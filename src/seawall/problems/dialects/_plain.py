"""What servers of no known school write: a text under a usual name, `{"error": "..."}`, `{"message": "...", "code": "X"}`."""

import re
from typing import Any

from .._facts import Facts, as_text, as_trace_id, normalise_code
from ._codes import as_identifier, code_in
from ._dialect import ErrorBody, Match
from ._waits import wait_in

__all__ = ["Plain"]

_MAYBE_CODES = ("error", "reason")
_WORDS = (
    "message", "error_message", "errorMessage", "errorSummary", "msg", "description", "detail", "reason", "error", "errors",
)  # fmt: skip
_NAMES = frozenset(("code", "error_code", "errorCode", *_WORDS))
_TRACE_NAMES = ("request_id", "requestId", "trace_id", "traceId")
_TRACES = frozenset(_TRACE_NAMES)
_ERROR_NAME = re.compile(r"[A-Za-z0-9_]*(?:Error|Exception)|[A-Z0-9]+(?:_[A-Z0-9]+)+").fullmatch


class Plain:
    """See the module."""

    name = "plain"
    signs = _NAMES

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        for name in _NAMES.intersection(body.members):
            if isinstance(body.members[name], str):
                return Match.GUESS
        return Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`: a text that looks like an identifier may be a code, any other is words."""
        members = body.members
        original = _code(members, body.status)
        return Facts(
            detail=_words(members, original),
            code=normalise_code(original),
            original_code=original,
            trace_id=None if _TRACES.isdisjoint(members) else _trace_id(members),
            retry_after=wait_in(members),
        )


def _code(members: dict[str, Any], status: int) -> str | None:
    """The first that makes a code; without one, what is declared to be one, for example a number."""
    declared = code_in(members, status)
    if normalise_code(declared) is not None:
        return declared
    for name in _MAYBE_CODES:
        if name in members and normalise_code(text := as_identifier(members[name])) is not None:
            return text
    name_of_class = _error_name(members) if "name" in members else None
    return declared if normalise_code(name_of_class) is None else name_of_class


def _words(members: dict[str, Any], code: str | None) -> str | None:
    for name in _WORDS:
        if name in members and (text := as_text(members[name])) and text != code:
            return text
    return None


def _trace_id(members: dict[str, Any]) -> str | None:
    return next(filter(None, [as_trace_id(members.get(name)) for name in _TRACE_NAMES]), None)


def _error_name(members: dict[str, Any]) -> str | None:
    """The name of an error's class. Beside an id, or without words, it is the name of somebody or something."""
    name = as_identifier(members.get("name"))
    known = name is not None and _ERROR_NAME(name) and "id" not in members and isinstance(members.get("message"), str)
    return name if known else None
