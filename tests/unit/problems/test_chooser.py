"""Which dialect reads a body: the surest, whatever the order in which they are asked; a user's own goes before an equal."""

import logging
import random
from typing import Any

import pytest

import seawall
from seawall.problems import ErrorBody, Facts, FieldError, Match, Parser
from seawall.problems.dialects import BUILT_IN
from seawall.testing import FaultServer, Reply
from tests.unit.problems.answers import CANARY, answer, check
from tests.unit.problems.corpus import CASES, Case, body_of, case_of, each_case, sureness, wrong_members
from tests.worlds import World


class Own:
    """A user's dialect: as sure as it is told, with the answers it is told."""

    def __init__(self, match: Any = Match.SURE, facts: Any = None, name: str = "own") -> None:
        self.name = name
        self._match = match
        self._facts = Facts(code="OWN") if facts is None else facts

    def match(self, body: ErrorBody, /) -> Match:
        if isinstance(self._match, Exception):
            raise self._match
        sureness: Match = self._match
        return sureness

    def read(self, body: ErrorBody, /) -> Facts:
        if isinstance(self._facts, Exception):
            raise self._facts
        facts: Facts = self._facts
        return facts


def shuffled(seed: int) -> Parser:
    """A parser that asks the built-in dialects in another order; as the user's own they go before themselves."""
    return Parser(random.Random(seed).sample(BUILT_IN, len(BUILT_IN)))


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 50))])
def test_the_order_decides_nothing(seed: int) -> None:
    """Asked in any order, the dialects make equal problems of every answer, whole and with a wrong member."""
    parser, usual = shuffled(seed), Parser()
    some = random.Random(seed)
    for case in CASES:
        assert case.parsed(parser) == case.parsed(usual), case.name
        wrongs = list(wrong_members(case))
        for wrong in some.sample(wrongs, min(20, len(wrongs))):
            assert wrong.parsed(parser) == wrong.parsed(usual), wrong.content


@each_case
def test_no_two_dialects_are_equally_sure(case: Case) -> None:
    """For no answer, whole or with a wrong member, are two built-in dialects the surest; the table names the one."""
    found = sureness(body_of(case))
    assert (found[0][1] if found else None) == case.problem.get("dialect")
    for wrong in (case, *wrong_members(case)):
        matches = [match for match, _ in sureness(body_of(wrong))]
        assert len(matches) < 2 or matches[0] > matches[1], wrong.content


@pytest.mark.parametrize("match", [match for match in Match if match is not Match.NO])
def test_the_users_own_wins_over_an_equally_sure_one(match: Match) -> None:
    """A dialect of the user reads what a built-in one is not surer of, and leaves the rest to it."""
    parser = Parser([Own(match)])
    for case in CASES:
        found = sureness(body_of(case))
        dialect = case.parsed(parser).dialect
        assert dialect == ("own" if not found or match >= found[0][0] else found[0][1]), case.name


def test_the_first_of_the_users_own_wins() -> None:
    """Of two equally sure dialects of the user the first reads, and a surer one before both."""
    likely, first, second = Own(Match.LIKELY, name="likely"), Own(name="first"), Own(name="second")
    assert case_of("none: nothing").parsed(Parser([likely, first, second])).dialect == "first"


FAULTS: list[Any] = [
    Own(ValueError(CANARY)),
    Own(RecursionError(CANARY)),
    Own(None),
    Own("very"),
    Own(facts=KeyError(CANARY)),
    Own(facts=ValueError(f"of {CANARY}")),
    Own(facts={"code": CANARY}),
    Own(facts=Facts(params=["canary"])),  # type: ignore[arg-type]
    Own(facts=Facts(detail=7)),  # type: ignore[arg-type]
    Own(facts=Facts(code=7)),  # type: ignore[arg-type]
    Own(facts=Facts(body_status=True)),
    Own(facts=Facts(field_errors=[CANARY])),  # type: ignore[arg-type]
    Own(facts=Facts(params={1: CANARY})),  # type: ignore[dict-item]
]


@pytest.mark.parametrize("own", FAULTS)
def test_a_dialect_that_fails_is_passed_over(own: Own, caplog: pytest.LogCaptureFixture) -> None:
    """A dialect that raises, or returns what it may not, is logged by its name alone, and the next surest reads."""
    for name, dialect in (("google: a name without details", "google"), ("none: nothing", None)):
        caplog.clear()
        case = case_of(name)
        problem = case.parsed(Parser([own]))
        check(problem, case.status)
        assert (problem.dialect, problem.code) == (dialect, case.problem.get("code"))
        assert [record.levelno for record in caplog.records] == [logging.ERROR]
        assert "own" in caplog.text
        assert str(case.status) in caplog.text
        assert CANARY not in caplog.text
        assert caplog.records[0].exc_info is None


def test_what_the_users_own_returns_is_held_to_the_bounds() -> None:
    """Codes of a user's dialect become UPPER_SNAKE, and its texts and objects are as short as those of the built-in ones."""
    many = tuple(FieldError("/a", detail="x" * 4000) for _ in range(100))
    facts = Facts(
        code="bank.e-17", detail="d" * 9999, params={"a": "x" * 99_999}, extensions={"b": ["y" * 99_999] * 9}, field_errors=many
    )
    problem = case_of("none: nothing").parsed(Parser([Own(facts=facts)]))
    check(problem, 500)
    assert (problem.code, problem.original_code, len(problem.detail)) == ("BANK_E_17", "bank.e-17", 4096)
    assert len(repr((problem.params, problem.extensions))) < 40_000
    assert 0 < sum(len(error.detail) for error in problem.field_errors) < 20_000


def test_a_dialect_is_given_what_it_needs() -> None:
    """A dialect sees status, header fields in any case, media type, document, members, challenges, and a URL without secrets."""
    fields = {"X-Own": "yes", "WWW-Authenticate": 'Bearer error="x"'}
    body = body_of(Case("", 418, "Application/X+JSON; charset=utf-8", b'{"a": [1]}', fields))
    assert (body.status, body.header("x-OWN"), body.header("other")) == (418, "yes", None)
    assert (body.media_type, body.document, body.members) == ("application/x+json", {"a": [1]}, {"a": [1]})
    assert [challenge.scheme for challenge in body.challenges] == ["bearer"]
    assert body.url == "https://a.example/agents/7?token=[redacted]"
    assert body_of(Case("", 400, "text/xml", b"<a><b>1</b></a>")).document == {"a": {"b": "1"}}
    assert body_of(Case("", 400, "", b"[1]")).members == {}
    assert body_of(Case("", 400, "", b"<p>")).document is None


async def test_a_client_asks_the_users_dialects(world: World, fault_server: FaultServer) -> None:
    """`Client(dialects=[...])` reads what its own dialects know, over a real socket, and all the rest as ever."""

    class Bank:
        name = "bank"

        def match(self, body: ErrorBody, /) -> Match:
            return Match.SURE if "fault" in body.members else Match.NO

        def read(self, body: ErrorBody, /) -> Facts:
            return Facts(code=body.members["fault"]["no"], retry_after=3.5)

    fault_server.route("GET", "/bank", Reply(409, json={"fault": {"no": "E-17"}}))
    fault_server.route("GET", "/odd", Reply(400, json={"fault": None, "message": "odd", "code": "SO_ODD"}))
    fault_server.route("GET", "/google", Reply(404, json=case_of("google: a name without details").document))
    async with world.client(fault_server.url, dialects=[Bank()]) as api:
        told = [await api.get(path, raise_for_status=False) for path in ("/bank", "/odd", "/google")]
        with pytest.raises(seawall.ConflictProblem) as caught:
            await api.get("/bank")
    assert [(answer.problem.dialect, answer.problem.code, answer.problem.retry_after) for answer in told] == [
        ("bank", "E_17", 3.5),
        ("plain", "SO_ODD", None),
        ("google", "NOT_FOUND", None),
    ]
    assert (caught.value.original_code, caught.value.dialect) == ("E-17", "bank")


@pytest.mark.parametrize("dialects", [[object()], [Own], "own", Own(), [None]])
async def test_what_is_no_dialect_is_refused_at_once(world: World, dialects: Any) -> None:
    """A client is not built with something that has no name, `match` and `read`."""
    if dialects == [Own]:
        dialects = [type("Nameless", (), {"match": Own.match, "read": Own.read})()]
    with pytest.raises(seawall.UsageError, match="dialects"):
        world.client("https://a.example", dialects=dialects)


def test_the_function_takes_dialects_too() -> None:
    """`problems.parse(..., dialects=[...])` asks them as a client does, of other libraries' responses too."""
    problem = seawall.problems.parse(answer(b"?", "text/plain", 400), dialects=[Own(Match.GUESS)])
    assert problem is not None
    assert (problem.dialect, problem.code) == ("own", "OWN")
