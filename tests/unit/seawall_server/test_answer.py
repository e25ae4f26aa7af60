"""From a problem to bytes, and back by the client's parser."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import seawall
from seawall.model import Headers
from seawall_server import Answer, FieldError, ProblemError, answer

TEXTS = st.text(st.characters(), max_size=30)  # lone surrogates too
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,9}", fullmatch=True).filter(lambda name: name != "i")
PARAMS = st.dictionaries(NAMES, st.one_of(TEXTS, st.integers(-(2**63), 2**63 - 1), st.floats(), st.booleans()), max_size=4)
ERRORS = st.lists(st.builds(FieldError, TEXTS.map(lambda text: f"/{text}"), st.just("ODD"), TEXTS), max_size=3)
XML = "application/problem+xml"


class Foreign:
    """What the parser reads, of an answer."""

    def __init__(self, found: Answer) -> None:
        self.status_code, self.headers, self.content = found.status, Headers(found.headers), found.body


def parsed(found: Answer) -> seawall.StatusProblem:
    problem = seawall.problems.parse(Foreign(found))
    assert problem is not None
    return problem


def made(params: dict[str, Any], detail: str, errors: list[FieldError]) -> ProblemError:
    problem = ProblemError(**params).with_errors(*errors)
    problem.status, problem.code, problem.detail = 409, "AGENT_BUSY", detail
    return problem


@given(params=PARAMS, detail=TEXTS, errors=ERRORS, accept=st.sampled_from([None, XML]))
@example(params={}, detail="", errors=[FieldError("/\ud800", "ODD")], accept=None)
@example(params={"name": "\0"}, detail="", errors=[], accept=XML)
def test_whatever_is_raised_is_answered_and_understood(
    params: dict[str, Any], detail: str, errors: list[FieldError], accept: str | None
) -> None:
    """Lone surrogates, control characters, NaN: the answer is whole, and the client reads all of it."""
    found = answer(made(params, detail, errors), accept, "call-7")
    assert ("Content-Length", str(len(found.body))) in found.headers
    problem = parsed(found)
    assert (problem.dialect, problem.code, problem.trace_id, problem.body_status) == ("rfc9457", "AGENT_BUSY", "call-7", 409)
    assert problem.params.keys() == params.keys()
    assert len(problem.field_errors) == len(errors)
    assert problem.extensions == {}


@given(params=st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["C"]), max_size=30), max_size=4))
def test_plain_text_survives_both_forms(params: dict[str, str]) -> None:
    """Quotes, angle brackets, other scripts: JSON gives back what was raised, and XML the same but for outer blanks."""
    assert parsed(answer(made(params, "", []))).params == params
    stripped = {name: text.strip() for name, text in params.items()}
    assert parsed(answer(made(params, "", []), XML)).params == stripped


@given(name=TEXTS)
def test_a_pointer_leads_back_to_its_name(name: str) -> None:
    """A member's name may hold anything that JSON may hold, slashes and tildes and spaces too."""
    pointer = "/" + name.encode("utf-8", "replace").decode().replace("~", "~0").replace("/", "~1")
    (error,) = parsed(answer(made({}, "", [FieldError(pointer, "ODD")]))).field_errors
    assert error.pointer == pointer


def test_a_moment_is_written_as_rfc_3339() -> None:
    """In both forms, and on the slow way too."""
    params: dict[str, Any] = {"at": datetime(2026, 11, 22, tzinfo=UTC)}
    assert json.loads(answer(made(params, "", [])).body)["params"]["at"] == "2026-11-22T00:00:00Z"
    assert b"<at>2026-11-22T00:00:00Z</at>" in answer(made(params, "", []), XML).body
    slow = json.loads(answer(made(params | {"odd": "\ud800"}, "", [])).body)["params"]
    assert slow == {"at": "2026-11-22T00:00:00Z", "odd": "?"}


def test_the_fields_of_the_document_are_our_own() -> None:
    """What was raised may bring fields that describe another body: two lengths would be two responses."""
    problem = made({}, "", [])
    for name, value in [("content-type", "text/html"), ("Content-Length", "3"), ("Content-Encoding", "gzip"), ("Allow", "GET")]:
        problem.with_header(name, value)
    found = answer(problem)
    assert found.headers == [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(found.body))),
        ("Vary", "Accept"),
        ("Allow", "GET"),
    ]


@pytest.mark.parametrize("name", ["a b", "<x>", "1", "", "é"])
def test_what_xml_cannot_name_is_left_out(name: str) -> None:
    """A param with an odd name breaks no document."""
    problem = parsed(answer(made({name: 1, "queue": 3}, "", []), XML))
    assert problem.params == {"queue": "3"}


def test_params_outside_the_body_have_names() -> None:
    """They are no pointers, and bounded."""
    assert FieldError("limit", "ODD", location="query").to_dict() == {"name": "limit", "in": "query", "code": "ODD"}
    assert len(FieldError("x" * 5000, "ODD", location="header").to_dict()["name"]) == 1000
