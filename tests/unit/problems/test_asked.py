"""Which built-in dialects are asked about a body: not all, but each that would match."""

import pytest

from seawall.problems import Match
from seawall.problems.dialects import BUILT_IN, asked_about
from tests.unit.problems.corpus import Case, body_of, each_case, wrong_members


def asked(case: Case) -> list[str]:
    return [dialect.name for _, dialect in asked_about(body_of(case).members)]


@each_case
def test_whoever_would_match_is_asked(case: Case) -> None:
    """Of no answer, whole or with a wrong member, does a dialect know anything that is not asked about it."""
    for each in (case, *wrong_members(case)):
        body = body_of(each)
        matching = {dialect.name for dialect in BUILT_IN if dialect.match(body) is not Match.NO}
        assert matching <= set(asked(each)), each.content


@pytest.mark.parametrize(("name", "signs"), [(dialect.name, dialect.signs) for dialect in BUILT_IN if dialect.signs])
def test_nobody_is_asked_without_a_sign(name: str, signs: frozenset[str]) -> None:
    """A dialect with signs is asked where one of them is a member, and nowhere else."""
    strange = Case("", 400, "application/json", b'{"strange": 1}')
    assert name not in asked(strange)
    for sign in signs - {""}:
        assert name in asked(strange.with_document({"strange": 1, sign: None}))


def test_a_body_without_members_has_a_sign_of_its_own() -> None:
    """A list, an empty object and what cannot be read are shown to those who read such bodies, and to no others with signs."""
    for content in (b"", b"<p>", b"{}", b"[1]", b'["x"]'):
        assert asked(Case("", 400, "", content)) == ["aws", "bearer", "drf", "listed", "rfc9457"]


def test_the_order_is_kept() -> None:
    """Those who are asked are asked in the order of the list, again and again."""
    both = Case("", 400, "application/json", b'{"error": {}, "errors": [], "message": "x"}')
    names = asked(both)
    assert names == sorted(names) == asked(both)
    assert [dialect.name for dialect in BUILT_IN] == sorted(dialect.name for dialect in BUILT_IN)
    assert "github" in names
    assert "fastapi" not in names
