"""Stripe, and those who write like it: `{"error": {"type": "card_error", "code": "card_declined", "param": "n"}}`."""

from typing import Any

from .._facts import Facts, as_object, as_text, as_trace_id, normalise_code
from .._field_error import FieldError
from ._codes import as_number
from ._dialect import ErrorBody, Match
from ._fields import pointer_of_path

__all__ = ["Stripe"]

_STANDARD = frozenset({"type", "code", "param", "message", "request_id", "fbtrace_id"})


class Stripe:
    """See the module. The APIs of OpenAI, Anthropic and Facebook use the same form; Facebook's code is a number."""

    name = "stripe"
    signs = frozenset({"error"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        error = body.members.get("error")
        if not isinstance(error, dict) or not isinstance(error.get("type"), str):
            return Match.NO
        return Match.SURE if error["type"].endswith("_error") or "param" in error else Match.LIKELY

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        error: dict[str, Any] = body.members["error"]
        number, kind = as_number(error.get("code"), body.status), as_text(error["type"])
        original = as_text(error.get("code")) or number or kind
        code, param = normalise_code(kind if original is number else original), error.get("param")
        words = as_text(error.get("message")) or as_text(error.get("reason"))  # Elasticsearch'
        fields = (FieldError(pointer_of_path(param), code, detail=words or ""),) if isinstance(param, str) and param else ()
        return Facts(
            detail=words,
            code=code,
            original_code=original,
            field_errors=fields,
            trace_id=as_trace_id(body.members.get("request_id")) or as_trace_id(error.get("fbtrace_id")),
            extensions=as_object({name: value for name, value in error.items() if name not in _STANDARD}),
        )
