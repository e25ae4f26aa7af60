"""Matrix: `{"errcode": "M_LIMIT_EXCEEDED", "error": "...", "retry_after_ms": 819}`."""

from .._facts import Facts, as_object, as_seconds, as_text, normalise_code
from ._dialect import ErrorBody, Match

__all__ = ["Matrix"]

_STANDARD = frozenset({"errcode", "error", "retry_after_ms"})


class Matrix:
    """See the module."""

    name = "matrix"
    signs = frozenset({"errcode"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        return Match.SURE if isinstance(body.members.get("errcode"), str) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        original, wait = as_text(body.members["errcode"]), body.members.get("retry_after_ms")
        return Facts(
            detail=as_text(body.members.get("error")),
            code=normalise_code(original),
            original_code=original,
            params=as_object({name: value for name, value in body.members.items() if name not in _STANDARD}),
            retry_after=None if isinstance(wait, str) else as_seconds(wait, per_second=1000),
        )
