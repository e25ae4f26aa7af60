"""The answers of tests/vectors/dialects.json, and what may become of them on their way."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from seawall.model import Response
from seawall.problems import ErrorBody, Match, Parser, StatusProblem
from seawall.problems.dialects import BUILT_IN
from tests.unit.problems.answers import answer

Way = tuple[str | int, ...]
WRONG: list[Any] = [None, True, 7, 1.5, "", "x", [], {}, ["x"], {"x": 1}, [[]], [{}]]


@dataclass(frozen=True)
class Case:
    """An answer, and what its problem says where that is not the default."""

    name: str
    status: int
    type: str
    content: bytes
    fields: dict[str, str] = field(default_factory=dict)
    document: Any = None  # the body, where it is JSON
    problem: dict[str, Any] = field(default_factory=dict)

    @property
    def response(self) -> Response:
        return answer(self.content, self.type, self.status, **self.fields)

    def parsed(self, parser: Parser | None = None) -> StatusProblem:
        problem = (parser or Parser()).parse(self.response, now=0.0)
        assert problem is not None
        return problem

    def with_document(self, document: Any) -> "Case":
        return replace(self, document=document, content=json.dumps(document).encode())

    def with_content(self, content: bytes) -> "Case":
        return replace(self, document=None, content=content)


def _case(row: dict[str, Any]) -> Case:
    content = row["text"].encode() if "text" in row else json.dumps(row["body"]).encode()
    return Case(
        row["name"], row["status"], row["type"], content, row.get("fields", {}), copy.deepcopy(row.get("body")), row["problem"]
    )


_ROWS = json.loads((Path(__file__).parents[2] / "vectors" / "dialects.json").read_text(encoding="utf-8"))["answers"]
CASES = [_case(row) for row in _ROWS]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def case_of(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else f"Status {status}"


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """Every member of a document at any depth, by the names and indexes that lead to it."""
    members: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield (*way, step)
        yield from ways(member, (*way, step))


def put(document: Any, way: Way, value: Any) -> Any:
    """A copy of a document with another value at one place."""
    if not way:
        return value
    made = copy.copy(document)
    made[way[0]] = put(made[way[0]], way[1:], value)
    return made


def wrong_members(case: Case) -> Iterator[Case]:
    """The case with each of its members replaced by a value of each other type."""
    for way in ways(case.document):
        for wrong in WRONG:
            yield case.with_document(put(case.document, way, wrong))


def body_of(case: Case) -> ErrorBody:
    """What dialects are given of an answer: a dialect that only looks is asked with the others."""

    class Onlooker:
        name = "onlooker"

        def match(self, body: ErrorBody, /) -> Match:
            seen.append(body)
            return Match.NO

        read: Any = None

    seen: list[ErrorBody] = []
    Parser([Onlooker()]).parse(case.response, now=0.0)
    return seen[0]


def sureness(body: ErrorBody) -> list[tuple[Match, str]]:
    """How sure each built-in dialect is, the surest first; each that thinks it can read does so, and none may raise."""
    found = []
    for dialect in BUILT_IN:
        match = dialect.match(body)
        assert isinstance(match, Match), dialect.name
        if match is not Match.NO:
            dialect.read(body)
            found.append((match, dialect.name))
    return sorted(found, reverse=True)
