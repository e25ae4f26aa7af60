"""Every form of error bodies that servers write, by the table of tests/vectors/dialects.json."""

import itertools
from typing import Any

import pytest

from seawall import problems
from seawall.problems import AuthDetails, Challenge, FieldError, StatusProblem
from seawall.problems.dialects import BUILT_IN
from tests.unit.problems.answers import check
from tests.unit.problems.corpus import CASES, Case, body_of, each_case, phrase, sureness, wrong_members

DEFAULTS: dict[str, Any] = {
    "code": None,
    "original_code": None,
    "params": {},
    "type": "about:blank",
    "detail": "",
    "instance": None,
    "field_errors": [],
    "retry_after": None,
    "trace_id": None,
    "extensions": {},
    "body_status": None,
    "auth": None,
    "challenges": [],
    "dialect": None,
    "minimum": None,
}


def expected(case: Case) -> dict[str, Any]:
    """All that the problem of a case must say."""
    told = {**DEFAULTS, "title": phrase(case.status), **case.problem}
    told["class"] = getattr(problems, told["class"])
    told["field_errors"] = tuple(FieldError(**error) for error in told["field_errors"])
    told["auth"] = told["auth"] and AuthDetails(**told["auth"])
    told["challenges"] = tuple(Challenge(**challenge) for challenge in told["challenges"])
    return told


def told_by(problem: StatusProblem) -> dict[str, Any]:
    """All that a problem says of an answer."""
    names = [*DEFAULTS, "title"]
    return {"class": type(problem), **{name: getattr(problem, name, None) for name in names}}


@each_case
def test_every_form_is_read(case: Case) -> None:
    """Each answer gives a problem of exactly these members, and of the status's title and defaults elsewhere."""
    problem = case.parsed()
    check(problem, case.status)
    assert told_by(problem) == expected(case)


def test_every_dialect_has_rows_in_the_table() -> None:
    """Each built-in dialect reads at least three of the answers, and no answer is read by any other."""
    named = [case.problem.get("dialect") for case in CASES]
    assert set(named) == {dialect.name for dialect in BUILT_IN} | {None}
    assert all(named.count(name) >= 3 for name in named)
    assert len({case.name for case in CASES}) == len(CASES)


@each_case
def test_a_member_of_the_wrong_type_costs_itself_at_most(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """E1: every member of every form, replaced by a value of every type, gives a problem, and no dialect raises on it."""
    for wrong in wrong_members(case):
        check(wrong.parsed(), case.status)
        sureness(body_of(wrong))
    assert caplog.records == []


@each_case
def test_a_body_cut_anywhere_gives_a_problem(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    """E6: what came of a body before it broke off gives a problem of its status, and of nothing that is not there."""
    whole = case.parsed()
    for end in range(len(case.content)):
        problem = case.with_content(case.content[:end]).parsed()
        assert problem.status == case.status
        assert problem.dialect in (None, "bearer", "aws")  # which headers declare
        assert problem.code in {None, whole.code, "INVALID_TOKEN"}
        assert not problem.field_errors
    assert caplog.records == []


@each_case
def test_blanks_and_marks_around_a_document_change_nothing(case: Case) -> None:
    """White space and a byte order mark around a document are no part of it, and the order of its members neither."""
    if not isinstance(case.document, dict):
        return
    for changed in (b"\xef\xbb\xbf" + case.content, b"\r\n \t" + case.content + b"\n"):
        assert case.with_content(changed).parsed() == case.parsed()
    one, other = case.parsed(), case.with_document(dict(reversed(case.document.items()))).parsed()
    for problem in (one, other):  # whose field errors are told in the order of the body
        problem.field_errors = tuple(sorted(problem.field_errors, key=lambda error: error.pointer))
    assert one == other


@each_case
def test_the_charset_changes_nothing(case: Case) -> None:
    """A document says the same in every charset that its Content-Type names."""
    if case.document is None or not case.type:
        return
    base = case.type.partition(";")[0]
    for charset in ("utf-16", "utf-16-le", "utf-32-be", "utf-8-sig", "cp1252", "cp037"):
        content = case.content.decode().encode(charset)
        problem = problems.parse(
            Case(case.name, case.status, f"{base}; charset={charset}", content, case.fields).response, now=0.0
        )
        assert problem == case.parsed()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500, 503])
def test_the_answers_status_rules_over_every_form(status: int) -> None:
    """E2: whatever a body claims, the problem is of the answer's status, and the body's is kept beside it."""
    for case in CASES:
        problem = Case(case.name, status, case.type, case.content, case.fields).parsed()
        check(problem, status)
        assert problem.body_status is None or problem.body_status == case.problem.get("body_status", problem.body_status)


def test_no_two_forms_make_one_that_raises(caplog: pytest.LogCaptureFixture) -> None:
    """E1: no dialect raises on a body with the members of two forms."""
    documents = [case.document for case in CASES[::2] if isinstance(case.document, dict)]
    for one, other in itertools.product(documents, repeat=2):
        sureness(body_of(Case("both", 400, "application/json", b"{}").with_document({**one, **other})))
    assert caplog.records == []
