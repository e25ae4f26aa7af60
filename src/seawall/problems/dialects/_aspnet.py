"""ASP.NET Core: `{"title": "...", "status": 400, "traceId": "00-...", "errors": {"Name": ["required"]}}`.

A problem document whose `errors` is a map. Laravel's `{"message": "...", "errors": {...}}` and Rails' `{"errors": {...}}` have
the same map and are read here, too. Its names are paths: "$.age", "Items[0].Price", "address.city".
"""

import msgspec

from .._facts import Facts, as_text
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
        if not isinstance(errors, dict) or not errors or not all(isinstance(value, list | dict) for value in errors.values()):
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
            detail=facts.detail or as_text(body.members.get("message")),
            field_errors=field_errors_of_map(body.members["errors"], pointer_of_path),
        )
