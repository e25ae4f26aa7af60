"""Problem documents (RFC 9457) and the short form of our own backends, member by member."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import problems
from seawall.problems import FieldError
from tests.unit.problems.answers import DOCUMENT, check, parsed


def test_a_whole_document_is_read() -> None:
    """Every member of RFC 9457 and of the short form finds its place, references resolved against the URL."""
    problem = parsed(DOCUMENT)
    assert isinstance(problem, problems.ForbiddenProblem)
    assert problem.type == "https://a.example/problems/forbidden"
    assert problem.instance == "https://a.example/occurrences/7"
    assert (problem.title, problem.detail, problem.code, problem.original_code) == (
        "Forbidden",
        "No right to update",
        "AGENT_FORBIDDEN",
        "AGENT_FORBIDDEN",
    )
    assert (problem.params, problem.extensions) == ({"resource": "agent_session"}, {"balance": 30})
    assert problem.field_errors == (FieldError("/age", "TOO_LOW", {"min": 1}, "no"),)
    assert (problem.trace_id, problem.body_status, problem.method) == ("t7", 403, "PATCH")
    assert problem.url == "https://a.example/agents/7?token=[redacted]"


def test_the_short_form_is_read() -> None:
    """Code, detail and params alone make a problem; the title is the status's."""
    problem = parsed({"code": "AGENT_FORBIDDEN", "detail": "Forbidden", "params": {"action": "update"}})
    assert (problem.code, problem.detail, problem.params) == ("AGENT_FORBIDDEN", "Forbidden", {"action": "update"})
    assert (problem.title, problem.type) == ("Forbidden", "about:blank")


@pytest.mark.parametrize("member", [name for name in DOCUMENT if name != "balance"])
@pytest.mark.parametrize("wrong", [None, True, 7, 1.5, "", "x", [], {}, ["x"], {"x": 1}, [[]], [{}], [None]])
def test_a_member_of_the_wrong_type_is_ignored_alone(member: str, wrong: Any) -> None:
    """One wrong member is as if it were absent, or is taken where its type is right; the others are read as ever."""
    problem, whole = parsed({**DOCUMENT, member: wrong}), parsed(DOCUMENT)
    check(problem, 403)
    attribute = {"errors": "field_errors", "status": "body_status"}.get(member, member)
    for name in (
        "type",
        "title",
        "detail",
        "instance",
        "code",
        "params",
        "field_errors",
        "trace_id",
        "extensions",
        "body_status",
    ):
        if name != attribute:
            assert getattr(problem, name) == getattr(whole, name)
    expected = type(getattr(whole, attribute))
    assert isinstance(getattr(problem, attribute), expected | None)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"pointer": "#/a~1b"}, FieldError("/a~1b")),
        ({"pointer": "#/a%20b"}, FieldError("/a b")),
        ({"pointer": "/a%20b"}, FieldError("/a%20b")),
        ({"pointer": "#"}, FieldError("")),
        ({"pointer": ""}, FieldError("")),
        ({"pointer": "/a", "code": 7, "params": [], "detail": {}}, FieldError("/a")),
        ({"pointer": 7}, None),
        ({"detail": "x"}, None),
        ("x", None),
        ({"pointer": "/" + "a" * 5000}, None),
    ],
)
def test_field_errors_are_read_one_by_one(error: Any, expected: FieldError | None) -> None:
    """A pointer is taken as a URI fragment or plain, and an error without one is left out alone."""
    problem = parsed({"errors": [error, {"pointer": "/last"}]}, status=422)
    assert problem.field_errors == (*([] if expected is None else [expected]), FieldError("/last"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AGENT_FORBIDDEN", "AGENT_FORBIDDEN"),
        ("agent.forbidden", "AGENT_FORBIDDEN"),
        ("agentForbidden", "AGENT_FORBIDDEN"),
        ("HTTPError", "HTTP_ERROR"),
        ("urn:x:too-low", "URN_X_TOO_LOW"),
        ("__a1__", "A1"),
        ("a", None),
        ("7A", None),
        ("!!", None),
        ("A" * 63, "A" * 63),
        ("A" * 64, None),
        ("A" * 9999, None),
    ],
)
def test_codes_are_normalised(code: str, expected: str | None) -> None:
    """A code becomes UPPER_SNAKE of at most 63 characters, or none; the server's spelling is kept beside it."""
    problem = parsed({"code": code})
    assert problem.code == expected
    assert problem.original_code == code[:4096]


@given(st.text(max_size=100))
def test_any_code_is_upper_snake_or_none(code: str) -> None:
    """Whatever stands as code, the normalised one fits the pattern, and is itself when normalised again."""
    problem = parsed({"code": code})
    if problem.code is not None:
        assert problem.code.isascii()
        assert problem.code.upper() == problem.code
        assert parsed({"code": problem.code}).code == problem.code


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("https://b.example/x", "https://b.example/x"),
        ("/x", "https://a.example/x"),
        ("x", "https://a.example/agents/x"),
        ("#x", "https://a.example/agents/7?token=[redacted]#x"),
        ("?x", "https://a.example/agents/7?x"),
        ("urn:x:y", "urn:x:y"),
        ("about:blank", "about:blank"),
        ("http://[::1", "http://[::1"),
        ("//[", "//["),
    ],
)
def test_references_are_resolved_without_the_secrets_of_the_url(reference: str, expected: str) -> None:
    """Relative types and instances become absolute, broken ones stay, and no query secret comes along."""
    problem = parsed({"type": reference, "instance": reference})
    assert problem.type == problem.instance == expected


@pytest.mark.parametrize(
    ("named", "kept"), [(404, 404), (403, 403), (True, None), ("404", None), (404.5, None), (0, None), (99999, None)]
)
def test_the_http_status_rules(named: Any, kept: int | None) -> None:
    """The answer's own status makes the problem; the document's is kept beside it where it is one."""
    problem = parsed({"status": named, "code": "X_Y"})
    assert (problem.status, type(problem), problem.body_status) == (403, problems.ForbiddenProblem, kept)
