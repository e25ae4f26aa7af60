"""PayPal: `{"name": "INVALID_REQUEST", "message": "...", "debug_id": "...", "details": [{"field": "/a/b", "issue": "X"}]}`."""

from typing import Any

from .._facts import Facts, as_text, as_trace_id, normalise_code
from .._field_error import FieldError
from ._codes import as_identifier
from ._dialect import ErrorBody, Match
from ._fields import objects_of, pointer_of_path

__all__ = ["PayPal"]


class PayPal:
    """See the module. Each detail becomes a field error, one without a field that of the whole; the rejected value is dropped."""

    name = "paypal"
    signs = frozenset({"debug_id"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        members = body.members
        own = isinstance(members.get("debug_id"), str) and isinstance(members.get("name"), str)
        return Match.SURE if own and isinstance(members.get("message"), str) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        original = as_text(body.members["name"])
        return Facts(
            detail=as_text(body.members["message"]),
            code=normalise_code(original),
            original_code=original,
            field_errors=tuple([_field_error(item) for item in objects_of(body.members.get("details"))]),
            trace_id=as_trace_id(body.members["debug_id"]),
        )


def _field_error(item: dict[str, Any]) -> FieldError:
    """The older APIs have words in `issue`, and no description."""
    issue = as_text(item.get("issue"))
    code = normalise_code(as_identifier(issue))
    words = as_text(item.get("description")) or (issue if code is None else None)
    return FieldError(pointer_of_path(item.get("field")), code, detail=words or "")
