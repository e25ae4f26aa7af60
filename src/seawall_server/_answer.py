"""From a problem to the response that tells of it."""

from typing import Any, NamedTuple

import msgspec

from ._accept import JSON, preferred
from ._params import plain
from ._problem import ProblemError
from ._xml import to_xml

__all__ = ["Answer", "answer"]

# Fields about another body, which a framework's exception or error page may have brought.
_OF_THE_BODY = frozenset({
    "accept-ranges", "content-disposition", "content-encoding", "content-language", "content-length", "content-range",
    "content-type", "etag", "last-modified", "transfer-encoding",
})  # fmt: skip


class Answer(NamedTuple):
    """A whole response, for whatever framework sends it.

    Attributes:
        status: HTTP status.
        headers: Its fields, in order.
        body: The document.
    """

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def answer(problem: ProblemError, accept: str | None = None, trace_id: str | None = None) -> Answer:
    """Return the response to a problem (RFC 9457). It never raises, whatever the params hold.

    Args:
        problem: What was raised.
        accept: The request's `Accept`, which chooses between JSON and XML.
        trace_id: The name of the request, by which its log lines are found.
    """
    members = problem.to_dict()
    if trace_id is not None:
        members["trace_id"] = trace_id
    media_type = preferred(accept)
    body = to_json(members) if media_type == JSON else to_xml(msgspec.to_builtins(members, enc_hook=plain))
    fields = [("Content-Type", media_type), ("Content-Length", str(len(body))), ("Vary", "Accept")]
    fields += [pair for pair in problem.headers if pair[0].lower() not in _OF_THE_BODY]
    return Answer(problem.status, fields, body)


def to_json(members: dict[str, Any]) -> bytes:
    """Return JSON. Lone surrogates, which a request can bring and UTF-8 cannot hold, become question marks."""
    try:
        return msgspec.json.encode(members, enc_hook=plain)
    except UnicodeEncodeError:
        return msgspec.json.encode(_without_surrogates(msgspec.to_builtins(members, enc_hook=plain)))


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
