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
_TRACES = ("request_id", "requestId", "trace_id", "traceId")
_ERROR_NAME = re.compile(r"[A-Za-z0-9_]*(?:Error|Exception)|[A-Z0-9]+(?:_[A-Z0-9]+)+").fullmatch


class Plain:
    """See the module."""

    name = "plain"

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        for name in _NAMES & body.members.keys():
            if isinstance(body.members[name], str):
                return Match.GUESS
        return Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`: a text that looks like an identifier may be a code, any other is words."""
        members = body.members
        original = _code(members, body.status)
        texts = (as_text(members[name]) for name in _WORDS if name in members)
        traces = (as_trace_id(members.get(name)) for name in _TRACES)
        return Facts(
            detail=next((text for text in texts if text and text != original), None),
            code=normalise_code(original),
            original_code=original,
            trace_id=next(filter(None, traces), None),
            retry_after=wait_in(members),
        )


def _code(members: dict[str, Any], status: int) -> str | None:
    """The first that makes a code; without one, what is declared to be one, for example a number."""
    declared = code_in(members, status)
    maybe = (as_identifier(members.get(name)) for name in _MAYBE_CODES)
    found = (text for text in (declared, *maybe, _error_name(members)) if normalise_code(text) is not None)
    return next(found, declared)


def _error_name(members: dict[str, Any]) -> str | None:
    """The name of an error's class. Beside an id, or without words, it is the name of somebody or something."""
    name = as_identifier(members.get("name"))
    known = name is not None and _ERROR_NAME(name) and "id" not in members and isinstance(members.get("message"), str)
    return name if known else None
