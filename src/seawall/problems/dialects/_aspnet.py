"""ASP.NET Core: `{"title": "...", "status": 400, "traceId": "00-...", "errors": {"Name": ["required"]}}`.

A problem document whose `errors` is a map. Laravel's `{"message": "...", "errors": {...}}`, Rails' `{"errors": {...}}`, Jira's
`{"errorMessages": [], "errors": {"summary": "..."}}` and Discord's `{"code": 50035, "errors": {"a": {"_errors": [...]}}}` have
the like and are read here, too. Its names are paths: "$.age", "Items[0].Price", "address.city".
"""

from typing import Any

import msgspec

from .._facts import Facts, as_text
from ._codes import as_number
from ._dialect import ErrorBody, Match
from ._fields import field_errors_of_map, pointer_of_path
from ._rfc9457 import Rfc9457

__all__ = ["AspNet"]

_PROBLEM = Rfc9457()


class AspNet:
    """See the module."""

    name = "aspnet"

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        errors = body.members.get("errors")
        if not isinstance(errors, dict) or not errors or not _is_map(errors):
            return Match.NO
        if "traceId" in body.members or body.media_type == "application/problem+json":
            return Match.DECLARED
        return Match.SURE

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        facts = _PROBLEM.read(body)
        return msgspec.structs.replace(
            facts,
            code=facts.code or "VALIDATION_ERROR",
            original_code=facts.original_code or as_number(body.members.get("code"), body.status),
            detail=facts.detail or as_text(body.members.get("message")) or _first(body.members.get("errorMessages")),
            field_errors=field_errors_of_map(body.members["errors"], pointer_of_path),
        )


def _is_map(errors: dict[str, Any]) -> bool:
    if not all(isinstance(value, str | list | dict) for value in errors.values()):
        return False
    return errors.keys() != {"detail"} or not isinstance(errors["detail"], str)  # Phoenix' words are of no field


def _first(messages: object) -> str | None:
    return as_text(messages[0]) if isinstance(messages, list) and messages else None
