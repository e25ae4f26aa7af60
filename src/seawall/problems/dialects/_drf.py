"""Django REST framework: `{"email": ["..."], "items": {"0": {"qty": ["..."]}}}`, `["text"]`, `[{"a": ["bad"]}, {}]`."""

from typing import Any

from .._facts import Facts, as_text
from ._dialect import ErrorBody, Match
from ._fields import field_errors_of_map

__all__ = ["Drf"]

_STATUSES = frozenset({400, 409, 422})
MAX_VALUES = 2_000  # looked at


class Drf:
    """See the module. Its single errors (`{"detail": "..."}`) have the members of a problem document and are read as one."""

    name = "drf"

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`: nothing but texts in lists, at any depth."""
        document = body.document
        if body.status not in _STATUSES or not document or not isinstance(document, dict | list):
            return Match.NO
        if isinstance(document, dict):
            if isinstance(next(iter(document.values())), str):  # most bodies of other forms, at once
                return Match.NO
            if _is_of_others(document):
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


def _has_only_listed_texts(document: Any) -> bool:
    waiting, seen, texts = [document], 0, 0
    while waiting:
        seen += 1
        value = waiting.pop()
        if seen > MAX_VALUES:
            return False
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            further = [item for item in value if not isinstance(item, str)]
            texts += len(value) - len(further)
            waiting += further
        else:
            return False
    return texts > 0
