"""Several errors in a list: `{"errors": [{"code": 7003, "message": "..."}]}` (Cloudflare, SendGrid), `[{"errorCode": "X"}]`.

Salesforce sends the list alone; Rails `{"errors": ["..."]}`, Jira `{"errorMessages": ["..."]}` and NestJS `{"message": ["..."]}`
send texts, GitLab `{"message": {"name": ["..."]}}` a map, and Phoenix `{"errors": {"detail": "..."}}` one text.

Validators call their lists otherwise: Symfony's `violations` have a `propertyPath`, Zod's `issues` (alone, or in the `error` of
a `safeParse`) a way of names and indexes, and Ajv's, which Fastify calls `validation`, an `instancePath`. They count where such
a place stands.
"""

from typing import Any

from .._facts import MAX_TEXT, Facts, as_text, normalise_code
from .._field_error import FieldError
from ._codes import code_in
from ._dialect import ErrorBody, Match
from ._fields import MAX_DEPTH, MAX_FIELD_ERRORS, MAX_POINTER, field_error, field_errors_of_map, pointer_of, pointer_of_path
from ._plain import Plain
from ._rfc9457 import Rfc9457
from ._signs import NO_MEMBERS

__all__ = ["Listed"]

_PLAIN, _PROBLEM = Plain(), Rfc9457()
_LISTS = ("errors", "errorMessages", "message")
_PLACED_LISTS = ("violations", "issues", "validation")
_MAY_HOLD = frozenset((*_PLACED_LISTS, "success"))
_WORDS = ("message", "msg", "description", "detail")
_PLACES = ("field", "path", "param", "propertyPath")
_MISSING = ("missingProperty", "additionalProperty")  # what Ajv has no path to


class Listed:
    """See the module. The first error speaks for all; each that names its place becomes a field error."""

    name = "listed"
    signs = frozenset((*_LISTS, *_MAY_HOLD, NO_MEMBERS))

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        return Match.RESEMBLES if (_listed(body) or _placed(body.members)) and _PROBLEM.match(body) is Match.NO else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        named, facts = _listed(body), _PLAIN.read(body)
        listed = (named or _placed(body.members))[:MAX_FIELD_ERRORS]
        first: Any = listed[0]
        original = facts.original_code or (code_in(first, body.status) if named and isinstance(first, dict) else None)
        errors = tuple([error for item in listed for error in _field_errors(item)])
        invalid = original is None and any(error.pointer or body.status == 422 for error in errors)
        facts.detail = as_text(body.members.get("message")) or _words(first) or facts.detail
        facts.code, facts.original_code = "VALIDATION_ERROR" if invalid else normalise_code(original), original
        facts.field_errors = errors[:MAX_FIELD_ERRORS]
        return facts


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


def _placed(members: dict[str, Any]) -> list[Any]:
    """What a validator found. Its codes are those of fields, and none speaks for all."""
    if _MAY_HOLD.isdisjoint(members):  # most, at once
        return []
    parsed = members.get("error") if "success" in members else None
    for holder in (members, parsed) if isinstance(parsed, dict) else (members,):
        for name in _PLACED_LISTS:
            value = holder.get(name)
            if isinstance(value, list) and _speaks(value) and isinstance(value[0], dict) and _pointers(value[0]):
                return value
    return []


def _speaks(listed: list[Any]) -> bool:
    return bool(listed) and _words(listed[0]) is not None


def _is_map(name: str, value: dict[str, Any]) -> bool:
    if name == "message":
        return bool(value) and _is_nested(value)
    return value.keys() == {"detail"} and isinstance(value["detail"], str)


def _is_nested(value: dict[str, Any]) -> bool:
    return all(isinstance(member, list | dict) for member in value.values())


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
    if _is_nested(item):
        return field_errors_of_map(item)
    code = "errorCode" if "errorCode" in item else "keyword" if "instancePath" in item else "code"
    pointers = _pointers(item)
    words = next((name for name in _WORDS if name in item), "message") if pointers else ""
    return tuple([field_error(pointer, item, code=code, detail=words) for pointer in pointers])


def _pointers(item: dict[str, Any]) -> list[str]:
    if isinstance(item.get("fields"), list):  # Salesforce's
        return [pointer_of_path(field) for field in item["fields"][:MAX_FIELD_ERRORS] if isinstance(field, str)]
    if isinstance(item.get("instancePath"), str):
        return [_pointer_of_instance(item["instancePath"], item.get("params"))]
    place = next((item[name] for name in _PLACES if name in item), None)
    if isinstance(place, list):
        return [pointer_of(place[:MAX_DEPTH])]
    return [pointer_of_path(place)] if isinstance(place, str) else []


def _pointer_of_instance(path: str, params: object) -> str:
    names = [params[name] for name in _MISSING if name in params] if isinstance(params, dict) else []
    pointer = pointer_of_path(path) + pointer_of(names[:1])
    return pointer if len(pointer) <= MAX_POINTER else ""
