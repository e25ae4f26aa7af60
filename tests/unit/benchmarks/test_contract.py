"""The benchmark of the error contract: what it promises to print, and that it looks before it measures."""

import sys

import pytest
from fastapi import FastAPI

from benchmarks import _contract_codes, _contract_l10n, _contract_server, contract
from benchmarks._harness import Row

GOALS = {
    "contract/check_warm": "<= 0.3 s",
    "contract/message_simple": ">= 200,000/s",
    "contract/message_plural": ">= 100,000/s",
    "contract/server_problem": "no slower",
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A contract of fewer codes, but of all locales."""
    monkeypatch.setattr(_contract_codes, "CODES", 20)
    monkeypatch.setattr(_contract_codes, "FILES", 2)


def by_id(rows: list[Row]) -> dict[str, Row]:
    assert len({row.id for row in rows}) == len(rows)
    return {row.id: row for row in rows}


@pytest.mark.usefixtures("small")
def test_every_promised_row_is_there() -> None:
    """The rows that goals are set for exist under their ids, each with its goal and a verdict."""
    rows = by_id(contract.rows_of(checks=1, messages=5, problems=2, rounds=1))
    assert {name: row.goal for name, row in rows.items() if row.goal} == GOALS
    assert all(isinstance(rows[name].met, bool) for name in GOALS)
    assert {rows[name].unit for name in GOALS} == {"s", "/s", "us"}
    assert rows["contract/server_problem/fastapi-problem"].ratio_to == "seawall"


def test_a_contract_has_a_thousand_codes_in_six_locales() -> None:
    """What the goal is set for is what is measured."""
    assert (_contract_codes.CODES, len(_contract_codes.LOCALES) + 1) == (1000, 6)


@pytest.mark.usefixtures("small")
def test_a_check_that_finds_nothing_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that overlooks a missing translation is noticed before anything is timed."""
    monkeypatch.setattr(_contract_codes, "check_project", lambda found: [])
    with pytest.raises(AssertionError), _contract_codes.project() as root:
        _contract_codes.see_it_check(root)


def test_a_message_that_nobody_says_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages in another language than asked for are noticed before anything is timed."""
    monkeypatch.setattr(_contract_l10n, "LOCALE", "en")
    with pytest.raises(AssertionError):
        _contract_l10n.message_rows(calls=1, rounds=1)


@pytest.mark.parametrize(("theirs", "met"), [(9.9, False), (10.0, True)])
def test_our_row_is_judged_by_the_others(monkeypatch: pytest.MonkeyPatch, theirs: float, met: bool) -> None:
    """The goal is met if none of the others is faster."""
    apps = {"seawall": FastAPI(), "one": FastAPI(), "other": FastAPI()}
    monkeypatch.setattr(_contract_server, "APPS", apps)
    monkeypatch.setattr(_contract_server, "built", lambda: apps)
    monkeypatch.setattr(_contract_server, "see_all_answering", lambda apps: None)
    monkeypatch.setattr(_contract_server, "measure", lambda *args, **size: {"seawall": 10.0, "one": theirs, "other": 11.0})
    ours, one, _ = _contract_server.problem_rows(calls=1, rounds=1)
    assert (ours.id, ours.met) == ("contract/server_problem", met)
    assert (one.id, one.value, one.ratio) == ("contract/server_problem/one", theirs, theirs / 10)


def test_without_the_others_nothing_is_met(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whose package is missing is named, with what installs it, and the goal counts as missed."""
    monkeypatch.setitem(sys.modules, "fastapi_problem.error", None)
    rows = by_id(_contract_server.problem_rows(calls=1, rounds=1))
    assert rows["contract/server_problem"].met is False
    assert "contract/server_problem/fastapi-problem" not in rows
    assert "fastapi-problem is not installed" in (words := capsys.readouterr().err)
    assert "make bench" in words


def test_what_answers_something_else_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that lost its handlers is noticed before anything is timed."""
    monkeypatch.setattr(_contract_server, "install", lambda app: None)
    with pytest.raises((AssertionError, _contract_server.AgentForbidden)):
        _contract_server.see_all_answering({"seawall": _contract_server.seawall_app()})
    with pytest.raises(KeyError, match="status"):
        _contract_server.see_all_answering({"none": FastAPI(openapi_url=None)})
