"""Several errors in a list: `{"errors": [{"code": 7003, "message": "..."}]}` (Cloudflare, SendGrid), `[{"errorCode": "X"}]`.

Salesforce sends the list alone; Rails `{"errors": ["..."]}`, Jira `{"errorMessages": ["..."]}` and NestJS `{"message": ["..."]}`
send texts, GitLab `{"message": {"name": ["..."]}}` a map, and Phoenix `{"errors": {"detail": "..."}}` one text.
"""

from typing import Any

import msgspec

from .._facts import MAX_TEXT, Facts, as_text, normalise_code
from .._field_error import FieldError
from ._codes import code_in
from ._dialect import ErrorBody, Match
from ._fields import MAX_DEPTH, MAX_FIELD_ERRORS, field_error, field_errors_of_map, pointer_of, pointer_of_path
from ._plain import Plain
from ._rfc9457 import Rfc9457

__all__ = ["Listed"]

_PLAIN, _PROBLEM = Plain(), Rfc9457()
_LISTS = ("errors", "errorMessages", "message")
_HOLDERS = frozenset(_LISTS)
_WORDS = ("message", "msg", "description", "detail")
_PLACES = ("field", "path", "param")


class Listed:
    """See the module. The first error speaks for all; each that names its place becomes a field error."""

    name = "listed"

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        if _HOLDERS.isdisjoint(body.members) and not isinstance(body.document, list):  # most, at once
            return Match.NO
        return Match.RESEMBLES if _listed(body) and _PROBLEM.match(body) is Match.NO else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        listed, facts = _listed(body)[:MAX_FIELD_ERRORS], _PLAIN.read(body)
        first: Any = listed[0]
        original = facts.original_code or (code_in(first, body.status) if isinstance(first, dict) else None)
        errors = tuple(error for item in listed for error in _field_errors(item))
        invalid = original is None and any(error.pointer or body.status == 422 for error in errors)
        return msgspec.structs.replace(
            facts,
            detail=as_text(body.members.get("message")) or _words(first) or facts.detail,
            code="VALIDATION_ERROR" if invalid else normalise_code(original),
            original_code=original,
            field_errors=errors[:MAX_FIELD_ERRORS],
        )


def _listed(body: ErrorBody) -> list[Any]:
    """The errors, the first of which is a text, an object with words, or a map of texts; none where there are no such errors."""
    if isinstance(body.document, list):
        return body.document if _speaks(body.document) else []
    for name in _LISTS:
        if name in body.members:
            value = body.members[name]
            if isinstance(value, list) and _speaks(value):
                return value
            if isinstance(value, dict) and _is_map(name, value):
                return [value]
    return []


def _speaks(listed: list[Any]) -> bool:
    return bool(listed) and _words(listed[0]) is not None


def _is_map(name: str, value: dict[str, Any]) -> bool:
    if name == "message":
        return bool(value) and all(isinstance(member, list | dict) for member in value.values())
    return value.keys() == {"detail"} and isinstance(value["detail"], str)


def _words(item: Any) -> str | None:
    if not isinstance(item, dict):
        return as_text(item)
    for name in _WORDS:
        if name in item and (text := as_text(item[name])):
            return text
    return None


def _field_errors(item: Any) -> tuple[FieldError, ...]:
    if not isinstance(item, dict):
        return (FieldError("", detail=item[:MAX_TEXT]),) if isinstance(item, str) else ()
    if all(isinstance(member, list | dict) for member in item.values()):
        return field_errors_of_map(item)
    code = "errorCode" if "errorCode" in item else "code"
    words = next((name for name in _WORDS if name in item), "message")
    return tuple(field_error(pointer, item, code=code, detail=words) for pointer in _pointers(item))


def _pointers(item: dict[str, Any]) -> list[str]:
    if isinstance(item.get("fields"), list):  # Salesforce's
        return [pointer_of_path(field) for field in item["fields"][:MAX_FIELD_ERRORS] if isinstance(field, str)]
    place = next((item[name] for name in _PLACES if name in item), None)
    if isinstance(place, list):
        return [pointer_of(place[:MAX_DEPTH])]
    return [pointer_of_path(place)] if isinstance(place, str) else []
