"""FastAPI: `{"detail": [{"type": "int_parsing", "loc": ["body", "age"], "msg": "..."}]}`, and `HTTPException` with any detail."""

from typing import Any

from .._facts import Facts, as_object, as_text, normalise_code
from ._codes import as_identifier
from ._dialect import ErrorBody, Match
from ._fields import MAX_FIELD_ERRORS, location_error

__all__ = ["FastApi"]

_CODES = ("code", "error_code", "error")
_WORDS = ("detail", "message", "msg", "error")


class FastApi:
    """See the module. The rejected input, which FastAPI echoes, is not kept."""

    name = "fastapi"
    signs = frozenset({"detail"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        detail = body.members.get("detail")
        if isinstance(detail, list) and _located(detail[:1]):
            return Match.DECLARED if body.media_type == "application/problem+json" else Match.SURE
        return Match.LIKELY if isinstance(detail, dict | list) and len(body.members) == 1 else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        detail = body.members["detail"]
        if isinstance(detail, dict):
            return _read_object(detail)
        located = _located(detail)
        if located:
            return Facts(code="VALIDATION_ERROR", field_errors=tuple([location_error(item) for item in located]))
        texts = [text for item in detail[:MAX_FIELD_ERRORS] if (text := as_text(item))]
        return Facts(detail=as_text("; ".join(texts)))


def _located(detail: list[Any]) -> list[dict[str, Any]]:
    return [item for item in detail[:MAX_FIELD_ERRORS] if isinstance(item, dict) and isinstance(item.get("loc"), list)]


def _read_object(detail: dict[str, Any]) -> Facts:
    """`HTTPException(detail={...})`: an object of the app's own making; members that are no code and no words are params."""
    original = next((code for name in _CODES if (code := as_identifier(detail.get(name)))), None)
    params = as_object(detail.get("params")) or as_object(
        {name: value for name, value in detail.items() if name not in (*_CODES, *_WORDS, "params")}
    )
    words = next((text for name in _WORDS if (text := as_text(detail.get(name))) and text != original), None)
    return Facts(detail=words, code=normalise_code(original), original_code=original, params=params)
