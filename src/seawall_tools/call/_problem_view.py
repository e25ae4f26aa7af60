"""A problem for the developer at the terminal. The server's words among it are quoted, and can steer nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from seawall import ApiProblem, NetworkProblem
from seawall.model import split_url

from .._terminal import one_line

__all__ = ["problem_lines"]

_MAX_SHOWN = 2000  # characters of one fact
# Told by the first line, or by --explain, or of no use at a terminal.
_TOLD = frozenset({"problem", "title", "status", "method", "url", "attempts", "retryable", "body_status"})
_EMPTY: tuple[object, ...] = ("", (), [], {})
_PLAIN: Mapping[str, object] = {"type": "about:blank", "sent": "yes"}  # what says nothing new


def problem_lines(problem: ApiProblem) -> list[str]:
    """Return what is known about a problem, a line for each fact."""
    facts = problem.to_dict()
    status = f" {problem.status}" if problem.status else ""
    first = f"{facts['problem']}{status}: {one_line(problem.title)}"
    return [first, *(f"  {line}" for line in (*_facts(facts), *_causes(problem)))]


def _facts(facts: dict[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        if name in _TOLD or value is None or value is False or value in _EMPTY or _PLAIN.get(name) == value:
            continue
        if name == "original_code" and value == facts.get("code"):
            continue
        if name == "field_errors":
            yield from (_field(error) for error in value)
        else:
            yield f"{name}: {_shown(value)}"


def _field(error: Mapping[str, Any]) -> str:
    words = [str(error[name]) for name in ("code", "detail") if error.get(name)]
    return _cut(f"at {error['pointer'] or 'the whole body'}: {', '.join(words)}")


def _shown(value: object) -> str:
    return _cut(value if isinstance(value, str) else msgspec.json.encode(value).decode())


def _cut(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _causes(problem: ApiProblem) -> Iterator[str]:
    if problem.__cause__ is not None:
        yield f"cause: {one_line(str(problem.__cause__))}"
    if isinstance(problem, NetworkProblem) and problem.url:
        yield f"to look into it: seawall doctor {split_url(problem.url)[0]}"
