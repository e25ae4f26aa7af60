"""GitHub: `{"message": "...", "status": "422", "errors": [{"field": "title", "code": "missing_field"}]}`."""

from .._facts import Facts, as_status_text, as_text
from .._field_error import FieldError
from ._dialect import ErrorBody, Match
from ._fields import field_error, objects_of, pointer_of_path

__all__ = ["GitHub"]


class GitHub:
    """See the module. Rate limits come as 403, too: told by the headers, never by the prose."""

    name = "github"
    signs = frozenset({"message"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        members = body.members
        if not isinstance(members.get("message"), str):
            return Match.NO
        own = isinstance(members.get("documentation_url"), str) or body.header("x-github-request-id") is not None
        if own or (isinstance(members.get("status"), str) and as_status_text(members["status"]) is not None):
            return Match.SURE
        return Match.LIKELY if _field_errors(members.get("errors")) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        limited = body.status == 403 and (body.header("retry-after") is not None or body.header("x-ratelimit-remaining") == "0")
        errors = _field_errors(body.members.get("errors"))
        return Facts(
            detail=as_text(body.members["message"]),
            code="RATE_LIMITED" if limited else "VALIDATION_ERROR" if errors else None,
            field_errors=errors,
            body_status=as_status_text(body.members.get("status")),
            rate_limited=limited,
        )


def _field_errors(errors: object) -> tuple[FieldError, ...]:
    return tuple(
        [
            field_error(pointer_of_path(item.get("field")), item, detail="message")
            for item in objects_of(errors)
            if isinstance(item.get("code"), str) and ("field" in item or "resource" in item)
        ]
    )
