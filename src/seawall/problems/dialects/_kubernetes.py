"""Kubernetes: `{"kind": "Status", "reason": "Invalid", "code": 422, "details": {"causes": [{"field": "spec.a", ...}]}}`."""

import re
from typing import Any

from .._facts import Facts, as_object, as_seconds, as_status, as_text, normalise_code
from ._dialect import ErrorBody, Match
from ._fields import MAX_POINTER, field_error, objects_of, pointer_of, pointer_of_path

__all__ = ["Kubernetes"]

_NO_PARAMS = frozenset({"causes", "retryAfterSeconds"})
_STEPS = re.compile(r"\[([^\]]*)\]|([^.\[]+)").findall  # an index or a key stands in brackets, and a key may have dots


class Kubernetes:
    """See the module. What the details say of the resource, its name, group and kind, are the params."""

    name = "kubernetes"
    signs = frozenset({"kind"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        members = body.members
        if members.get("kind") != "Status":
            return Match.NO
        return Match.SURE if members.get("status") == "Failure" or isinstance(members.get("apiVersion"), str) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        members = body.members
        original = as_text(members.get("reason"))
        details: dict[str, Any] = members["details"] if isinstance(members.get("details"), dict) else {}
        causes = objects_of(details.get("causes"))
        return Facts(
            detail=as_text(members.get("message")),
            code=normalise_code(original),
            original_code=original,
            params=as_object({name: value for name, value in details.items() if name not in _NO_PARAMS}),
            field_errors=tuple([field_error(_pointer(item.get("field")), item, "reason", "message") for item in causes]),
            body_status=as_status(members.get("code")),
            retry_after=as_seconds(details.get("retryAfterSeconds")),
        )


def _pointer(field: object) -> str:
    if not isinstance(field, str) or "[" not in field or len(field) > MAX_POINTER:
        return pointer_of_path(field)
    return pointer_of(bracketed or plain for bracketed, plain in _STEPS(field))
