"""JSON:API: `{"errors": [{"status": "422", "code": "X", "source": {"pointer": "/data/attributes/t"}, "meta": {}}]}`."""

from typing import Any

from .._facts import Facts, as_object, as_status_text, as_text, as_trace_id, normalise_code
from .._field_error import FieldError
from ._dialect import ErrorBody, Match
from ._fields import objects_of, pointer_of, pointer_of_path

__all__ = ["JsonApi"]

_MEDIA_TYPE = "application/vnd.api+json"
_OWN = frozenset({"source", "links", "meta"})
_TEXTS = ("title", "detail", "code")
_OTHERS = frozenset({"message", "title", "detail", "type"})  # members that its top level never has


class JsonApi:
    """See the module. The first error speaks for all; each becomes a field error when it names a source."""

    name = "jsonapi"
    signs = frozenset({"errors"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        errors = body.members.get("errors")
        if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
            return Match.NO
        first: dict[str, Any] = errors[0]
        if body.media_type == _MEDIA_TYPE:
            return Match.DECLARED
        if _OTHERS & body.members.keys() or "message" in first:
            return Match.NO
        if _OWN & first.keys() or isinstance(first.get("status"), str):
            return Match.SURE
        return Match.LIKELY if any(isinstance(first.get(name), str) for name in _TEXTS) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        errors = objects_of(body.members.get("errors"))
        first = errors[0]
        original = as_text(first.get("code"))
        return Facts(
            title=as_text(first.get("title")),
            detail=as_text(first.get("detail")),
            code=normalise_code(original),
            original_code=original,
            params=as_object(first.get("meta")),
            field_errors=tuple([found for error in errors if (found := _field_error(error)) is not None]),
            trace_id=as_trace_id(first.get("id")),
            body_status=as_status_text(first.get("status")),
        )


def _field_error(error: dict[str, Any]) -> FieldError | None:
    source = error.get("source")
    if not isinstance(source, dict):
        return None
    parameter = as_text(source["parameter"]) if "parameter" in source else None
    if parameter is not None:
        place = pointer_of([parameter])
    elif isinstance(source.get("pointer"), str):
        place = pointer_of_path(source["pointer"])
    else:
        return None
    params = as_object(error["meta"]) if "meta" in error else None
    return FieldError(place, normalise_code(as_text(error.get("code"))), params or {}, as_text(error.get("detail")) or "")
