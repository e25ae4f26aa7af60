"""GraphQL: `{"data": null, "errors": [{"message": "...", "path": ["a"], "extensions": {"code": "FORBIDDEN"}}]}`.

Servers send it with status 200, where it counts as an error only for calls that say so (`graphql=True`), and by
`application/graphql-response+json` with others.
"""

from typing import Any

from .._facts import Facts, as_object, as_text, normalise_code
from .._field_error import FieldError
from ._dialect import ErrorBody, Match
from ._fields import objects_of, pointer_of

__all__ = ["GraphQl"]

_MEDIA_TYPE = "application/graphql-response+json"
_OWN = frozenset({"path", "locations", "extensions"})


class GraphQl:
    """See the module. The first error speaks for all; each that has a path becomes a field error, its place in the answer."""

    name = "graphql"
    signs = frozenset({"errors"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        errors = body.members.get("errors")
        if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
            return Match.NO
        first: dict[str, Any] = errors[0]
        if body.media_type == _MEDIA_TYPE:
            return Match.DECLARED
        if not isinstance(first.get("message"), str):
            return Match.NO
        own = "data" in body.members or _OWN & first.keys()
        return Match.SURE if own and "message" not in body.members else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        errors = objects_of(body.members.get("errors"))
        extensions = as_object(errors[0].get("extensions")) or {}
        original = as_text(extensions.pop("code", None))
        extensions.pop("stacktrace", None)
        extensions.pop("exception", None)
        return Facts(
            detail=as_text(errors[0].get("message")),
            code=normalise_code(original),
            original_code=original,
            params=extensions,
            field_errors=tuple([_field_error(error) for error in errors if isinstance(error.get("path"), list)]),
        )


def _field_error(error: dict[str, Any]) -> FieldError:
    extensions = error.get("extensions")
    code = as_text(extensions.get("code")) if isinstance(extensions, dict) else None
    return FieldError(pointer_of(error["path"][:32]), normalise_code(code), detail=as_text(error.get("message")) or "")
