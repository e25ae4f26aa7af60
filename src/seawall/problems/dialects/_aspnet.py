"""ASP.NET Core: `{"title": "...", "status": 400, "traceId": "00-...", "errors": {"Name": ["required"]}}`.

A problem document whose `errors` is a map. Laravel's `{"message": "...", "errors": {...}}`, Rails' `{"errors": {...}}`, Jira's
`{"errorMessages": [], "errors": {"summary": "..."}}` and Discord's `{"code": 50035, "errors": {"a": {"_errors": [...]}}}` have
the like and are read here, too. Its names are paths: "$.age", "Items[0].Price", "address.city".

ASP.NET Web API wrote `{"Message": "...", "ModelState": {"model.Name": ["..."]}}`; its paths begin with the name of the method's
parameter, which is no part of what was sent.
"""

from typing import Any

from .._facts import Facts, as_text
from ._codes import as_number
from ._dialect import ErrorBody, Match
from ._fields import field_errors_of_map, pointer_of_path
from ._rfc9457 import Rfc9457

__all__ = ["AspNet"]

_PROBLEM = Rfc9457()
_VALUES = (str, list, dict)  # a tuple: a union would be made anew for each value


class AspNet:
    """See the module."""

    name = "aspnet"
    signs = frozenset({"errors", "ModelState"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        if not _is_map(body.members.get("errors")):
            return Match.SURE if _is_map(body.members.get("ModelState")) else Match.NO
        if "traceId" in body.members or body.media_type == "application/problem+json":
            return Match.DECLARED
        return Match.SURE

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        members = body.members
        if "ModelState" in members and not _is_map(members.get("errors")):
            return _read_state(members)
        facts = _PROBLEM.read(body)
        facts.code = facts.code or "VALIDATION_ERROR"
        facts.original_code = facts.original_code or as_number(members.get("code"), body.status)
        facts.detail = facts.detail or as_text(members.get("message")) or _first(members.get("errorMessages"))
        facts.field_errors = field_errors_of_map(members["errors"], pointer_of_path)
        return facts


def _read_state(members: dict[str, Any]) -> Facts:
    state: dict[str, Any] = members["ModelState"]
    parameters = {name.partition(".")[0] for name in state if "." in name}

    def step(name: str) -> str:
        pointer = pointer_of_path(name)
        _, beneath, place = pointer[1:].partition("/")
        return "" if name in parameters else f"/{place}" if beneath else pointer

    errors = field_errors_of_map(state, step)
    return Facts(detail=as_text(members.get("Message")), code="VALIDATION_ERROR", field_errors=errors)


def _is_map(errors: object) -> bool:
    if not isinstance(errors, dict) or not errors:
        return False
    for value in errors.values():
        if not isinstance(value, _VALUES):
            return False
    return errors.keys() != {"detail"} or not isinstance(errors["detail"], str)  # Phoenix' words are of no field


def _first(messages: object) -> str | None:
    return as_text(messages[0]) if isinstance(messages, list) and messages else None
