"""Spring Boot: `{"timestamp": "...", "status": 404, "error": "Not Found", "path": "/x", "trace": "..."}`."""

from .._facts import Facts, as_status, as_text, as_trace_id
from .._field_error import FieldError
from ._dialect import ErrorBody, Match
from ._fields import field_error, objects_of, pointer_of_path

__all__ = ["Spring"]


class Spring:
    """See the module. Its `trace` is a stack trace, not a trace id, and is thrown away."""

    name = "spring"
    signs = frozenset({"timestamp"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        members = body.members
        if "timestamp" not in members or not isinstance(members.get("error"), str):
            return Match.NO
        own = as_status(members.get("status")) is not None or isinstance(members.get("path"), str)
        return Match.SURE if own else Match.LIKELY

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        errors = _field_errors(body.members.get("errors"))
        return Facts(
            title=as_text(body.members["error"]),
            detail=as_text(body.members.get("message")),
            code="VALIDATION_ERROR" if errors else None,
            instance=as_text(body.members.get("path")),
            field_errors=errors,
            trace_id=as_trace_id(body.members.get("requestId")),  # WebFlux
            body_status=as_status(body.members.get("status")),
        )


def _field_errors(errors: object) -> tuple[FieldError, ...]:
    return tuple(
        [
            field_error(pointer_of_path(item["field"]), item, detail="defaultMessage")
            for item in objects_of(errors)
            if isinstance(item.get("field"), str)
        ]
    )
