"""AWS: `{"__type": "ns#ThrottlingException"}` or the header `x-amzn-ErrorType`, and the XML of S3, EC2 and the query protocol."""

from typing import Any

from .._facts import Facts, as_object, as_text, as_trace_id, normalise_code
from .._text import encodable
from ._dialect import ErrorBody, Match

__all__ = ["Aws"]

_HEADER = "x-amzn-errortype"
_ROOTS = frozenset({"Error", "ErrorResponse", "Response"})
_STANDARD = frozenset({"Code", "Message", "Type", "RequestId", "HostId"})


class Aws:
    """See the module."""

    name = "aws"
    signs = frozenset[str]()

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        if body.header(_HEADER) is not None:
            return Match.DECLARED
        if isinstance(body.members.get("__type"), str):
            return Match.SURE
        return Match.SURE if body.media_type.endswith("xml") and "Code" in _xml_error(body) else Match.NO

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        error = _xml_error(body) if body.media_type.endswith("xml") else {}
        members = error or body.members
        original = _code(body, members)
        return Facts(
            detail=as_text(members.get("message")) or as_text(members.get("Message")),
            code=normalise_code(original),
            original_code=original,
            params=as_object({name: value for name, value in error.items() if name not in _STANDARD}),
            trace_id=as_trace_id(error.get("RequestId")) or _request_id(body),
        )


def _code(body: ErrorBody, members: dict[str, Any]) -> str | None:
    """`namespace#Name:uri` without namespace and URI; the header rules, because it cannot be cut off."""
    given = body.header(_HEADER) or as_text(members.get("__type")) or as_text(members.get("Code")) or as_text(members.get("code"))
    return None if given is None else as_text(encodable(given.partition(":")[0].rpartition("#")[2].strip()))


def _xml_error(body: ErrorBody) -> dict[str, Any]:
    """The `Error` element: the root itself (S3), within `ErrorResponse` (query protocol), or within `Response/Errors` (EC2)."""
    for root in _ROOTS.intersection(body.members):
        error = body.members[root]
        for name in ("Errors", "Error"):
            if isinstance(error, dict) and isinstance(error.get(name), dict):
                error = error[name]
        if isinstance(error, dict):
            return error
    return {}


def _request_id(body: ErrorBody) -> str | None:
    root = next(iter(body.members.values()), None)
    within = root if isinstance(root, dict) else {}
    return as_trace_id(within.get("RequestId")) or as_trace_id(within.get("RequestID"))
