"""gRPC in JSON without Google's envelope, as grpc-gateway writes it: `{"code": 7, "message": "...", "details": []}`."""

from .._facts import Facts
from ._dialect import ErrorBody, Match
from ._google import read_status

__all__ = ["Grpc"]

# google.rpc.Code, by number.
_NAMES = (
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip


class Grpc:
    """See the module."""

    name = "grpc"
    signs = frozenset({"code"})

    def match(self, body: ErrorBody, /) -> Match:
        """See `Dialect.match`."""
        code = body.members.get("code")
        if type(code) is not int or not 0 < code < len(_NAMES) or not isinstance(body.members.get("message"), str):
            return Match.NO
        return Match.SURE if isinstance(body.members.get("details"), list) else Match.LIKELY

    def read(self, body: ErrorBody, /) -> Facts:
        """See `Dialect.read`."""
        name = _NAMES[body.members["code"]]
        facts = read_status({**body.members, "status": name})
        if facts.original_code == name:
            facts.original_code = str(body.members["code"])
        return facts
