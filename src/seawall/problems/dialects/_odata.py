"""OData, Azure, Microsoft Graph: `{"error": {"code": "X", "target": "f", "message": "...", "details": [], "innererror": {}}}`."""

from typing import Any

from .._facts import Facts, as_text, as_trace_id, normalise_code
from .._field_error import FieldError
from ._dialect import ErrorBody, Match
from ._fields import field_error, objects_of, pointer_of_path

__all__ = ["OData"]

_OWN = frozenset({"target", "details", "innererror", "innerError"})


class OData:
    """See the module. `innererror` is for the service's own developers and is thrown away, but for the request's name."""

    name = "odata"
    signs = frozenset({"error"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        error = body.members.get("error")
        if not isinstance(error, dict) or not isinstance(error.get("code"), str) or "type" in error:
            return Match.NO
        return Match.SURE if _OWN & error.keys() else Match.LIKELY

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        error: dict[str, Any] = body.members["error"]
        original, message, inner = as_text(error["code"]), error.get("message"), error.get("innerError")
        if isinstance(message, dict):  # OData 3: {"lang": "en", "value": "..."}
            message = message.get("value")
        return Facts(
            detail=as_text(message),
            code=normalise_code(original),
            original_code=original,
            field_errors=_field_errors(error),
            trace_id=as_trace_id(inner.get("request-id")) if isinstance(inner, dict) else None,
        )


def _field_errors(error: dict[str, Any]) -> tuple[FieldError, ...]:
    return tuple(
        [
            field_error(pointer_of_path(item["target"]), item, detail="message")
            for item in (error, *objects_of(error.get("details")))
            if isinstance(item.get("target"), str)
        ]
    )
