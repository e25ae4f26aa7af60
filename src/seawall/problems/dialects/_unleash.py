"""Unleash: `{"id": "...", "name": "BadDataError", "message": "...", "details": [{"path": "/body/name", "message": "..."}]}`."""

from .._facts import Facts, as_text, as_trace_id, normalise_code
from .._field_error import FieldError
from ._dialect import ErrorBody, Match
from ._fields import field_error, objects_of, pointer_of_path

__all__ = ["Unleash"]


class Unleash:
    """See the module."""

    name = "unleash"
    signs = frozenset({"name"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        members = body.members
        if not isinstance(members.get("name"), str) or not isinstance(members.get("message"), str):
            return Match.NO
        if isinstance(members.get("debug_id"), str):  # PayPal's
            return Match.NO
        return Match.SURE if isinstance(members.get("id"), str) or isinstance(members.get("details"), list) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        original = as_text(body.members["name"])
        return Facts(
            detail=as_text(body.members["message"]),
            code=normalise_code(original),
            original_code=original,
            field_errors=_field_errors(body.members.get("details")),
            trace_id=as_trace_id(body.members.get("id")),
        )


def _field_errors(details: object) -> tuple[FieldError, ...]:
    return tuple(
        [
            field_error(pointer_of_path(_within_body(item["path"])), item, detail="message")
            for item in objects_of(details)
            if isinstance(item.get("path"), str)
        ]
    )


def _within_body(path: str) -> str:
    return path.removeprefix("/body") if path.startswith("/body/") or path == "/body" else path
