"""What servers of no known school write: a text under a usual name, `{"error": "..."}`, `{"message": "...", "code": "X"}`."""

from .._facts import Facts, as_text, as_trace_id, normalise_code
from ._dialect import ErrorBody, Match

__all__ = ["Plain"]

_CODES = ("code", "error_code", "errorCode", "error", "reason", "name")
_WORDS = ("message", "error_message", "errorMessage", "msg", "description", "reason", "error")
_NAMES = frozenset((*_CODES, *_WORDS))
_TRACES = ("request_id", "requestId", "trace_id", "traceId")


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
        """See `Dialect.read`: text with a space in it is words, text without one may be a code."""
        texts = {name: text for name in (*_CODES, *_WORDS) if (text := as_text(body.members.get(name)))}
        codes = (texts[name] for name in _CODES if " " not in texts.get(name, " "))
        declared = next((texts[name] for name in _CODES[:3] if name in texts), None)
        original = next((code for code in codes if normalise_code(code) is not None), declared)
        traces = (as_trace_id(body.members.get(name)) for name in _TRACES)
        return Facts(
            detail=next((texts[name] for name in _WORDS if name in texts and texts[name] != original), None),
            code=normalise_code(original),
            original_code=original,
            trace_id=next(filter(None, traces), None),
        )
