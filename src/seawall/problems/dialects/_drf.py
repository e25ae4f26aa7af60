"""Django REST framework: `{"email": ["..."], "items": {"0": {"qty": ["..."]}}}`, `["text"]`, `[{"a": ["bad"]}, {}]`."""

from typing import Any

from .._facts import Facts, as_text
from ._dialect import ErrorBody, Match
from ._fields import field_errors_of_map

__all__ = ["Drf"]

_STATUSES = frozenset({400, 409, 422})
_HOLDERS = (dict, list)  # a tuple: a union would be made anew for each value
MAX_VALUES = 2_000  # looked at


class Drf:
    """See the module. Its single errors (`{"detail": "..."}`) have the members of a problem document and are read as one."""

    name = "drf"
    signs = frozenset[str]()

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`: nothing but texts in lists, at any depth."""
        document = body.document
        if body.status not in _STATUSES or not document or not isinstance(document, _HOLDERS):
            return Match.NO
        if (isinstance(document, dict) and _is_of_others(document)) or _begins_otherwise(document):
            return Match.NO
        return Match.LIKELY if _has_only_listed_texts(document) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        errors = field_errors_of_map(body.document)
        whole = next((error.detail for error in errors if not error.pointer), None)
        return Facts(code="VALIDATION_ERROR", detail=as_text(whole), field_errors=errors)


def _is_of_others(document: dict[str, Any]) -> bool:
    """FastAPI's `{"detail": [...]}`, Rails' `{"errors": ["..."]}`, Jira's `errorMessages`, GitLab's `{"message": {...}}`."""
    if len(document) > 1 or "errorMessages" in document:
        return "errorMessages" in document
    name, value = next(iter(document.items()))
    listed = name == "errors" and isinstance(value, list) and len(value) > 0 and isinstance(value[0], str)
    return listed or name == "detail" or (name == "message" and isinstance(value, dict))


def _begins_otherwise(document: Any) -> bool:
    """Whether the first value on the way down is no text in a list, as in most bodies of other forms: a look at few values."""
    holder, value = None, document
    while isinstance(value, _HOLDERS):
        if not value:
            return False
        holder, value = value, value[0] if isinstance(value, list) else next(iter(value.values()))
    return not (isinstance(value, str) and isinstance(holder, list))


def _has_only_listed_texts(document: Any) -> bool:
    holders, texts = [document], False
    for holder in holders:  # which grows as it goes
        listed = isinstance(holder, list)
        for value in holder if listed else holder.values():
            if listed and isinstance(value, str):
                texts = True
            elif isinstance(value, _HOLDERS):
                holders.append(value)
            else:
                return False
        if len(holders) > MAX_VALUES:
            return False
    return texts
