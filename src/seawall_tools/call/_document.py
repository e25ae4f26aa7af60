"""`--json`: the outcome of one call as one document, whose names stay."""

import base64
from typing import Any

import msgspec

from seawall import ApiProblem, UsageError
from seawall.model import charset_of, json_body

from ._answer import Answer
from ._exit import exit_code

__all__ = ["document", "is_json"]


def document(answer: Answer, *, timeline: bool) -> dict[str, Any]:
    """Return what can be said about a call, ready for JSON; what there is nothing to say about is null.

    Args:
        answer: The outcome.
        timeline: Whether to tell the attempts as text, too.
    """
    told = answer.explain()
    body_format, body = _body(answer)
    response, problem = answer.response, answer.problem
    return {
        "method": told.method,
        "url": told.url,
        "status": None if response is None else response.status,
        "reason": None if response is None else response.reason,
        "http_version": None if response is None else response.http_version,
        "headers": None if response is None else _headers(answer),
        "body_format": body_format,
        "body": body,
        "value": _value(answer),
        "saved": None if answer.saved is None else str(answer.saved),
        "problem": None if problem is None else _problem(problem),
        "attempts": told.to_dict()["attempts"],
        "timeline": str(told).splitlines() if timeline else None,
        "exit_code": exit_code(problem),
    }


def _problem(problem: ApiProblem) -> dict[str, Any]:
    facts = problem.to_dict()
    del facts["attempts"]  # they are the document's own
    cause = None if problem.__cause__ is None else str(problem.__cause__)
    return {**facts, "cause": cause, "user_message": problem.user_message()}


def _headers(answer: Answer) -> dict[str, str]:
    assert answer.response is not None
    together: dict[str, str] = {}
    for name, value in answer.response.headers.redacted():
        lower = name.lower()
        together[lower] = f"{together[lower]}, {value}" if lower in together else value
    return together


def _body(answer: Answer) -> tuple[str | None, Any]:
    """How the body stands in the document, and the body: JSON as it came, to the last digit."""
    content = answer.content
    if not content:
        return None, None
    if is_json(content):
        return "json", msgspec.Raw(content)
    assert answer.response is not None
    try:
        return "text", content.decode(charset_of(answer.response.headers.get("content-type", "")))
    except UnicodeDecodeError:
        return "base64", base64.b64encode(content).decode("ascii")


def is_json(content: bytes) -> bool:
    """Tell whether this is one JSON document in UTF-8."""
    try:
        content.decode()  # msgspec does not look into text that it does not decode
        msgspec.json.decode(content)
    except (ValueError, RecursionError):  # of them msgspec.DecodeError and UnicodeDecodeError
        return False
    return True


def _value(answer: Answer) -> Any:
    if not answer.decoded:
        return None
    try:
        return msgspec.Raw(json_body(answer.value).data or b"null")
    except UsageError:  # JSON cannot say it: a set of tuples, a mapping with odd keys
        return repr(answer.value)
