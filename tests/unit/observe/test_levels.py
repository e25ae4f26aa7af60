"""Levels by outcome."""

import asyncio
import logging
from typing import Any

import pytest

from seawall import problems
from seawall.model import UsageError
from seawall.observe import Levels

TABLE = [
    (None, logging.INFO),
    (problems.UnauthorizedProblem(status=401), logging.INFO),
    (problems.NotFoundProblem(status=404), logging.INFO),
    (problems.NotFoundProblem(status=410), logging.INFO),
    (problems.BadRequestProblem(status=400), logging.WARNING),
    (problems.ForbiddenProblem(status=403), logging.WARNING),
    (problems.ConflictProblem(status=409), logging.WARNING),
    (problems.ValidationProblem(status=422), logging.WARNING),
    (problems.RateLimitedProblem(status=429), logging.WARNING),
    (problems.ServerErrorProblem(status=500), logging.ERROR),
    (problems.UnavailableProblem(status=503), logging.ERROR),
    (problems.ConnectProblem(), logging.ERROR),
    (problems.DeadlineProblem(), logging.ERROR),
    (problems.DecodeProblem(status=200), logging.ERROR),
    (problems.RedirectProblem(status=404), logging.ERROR),
    (ValueError("of an interceptor"), logging.ERROR),
    (problems.CancelledProblem(), logging.INFO),
    (asyncio.CancelledError(), logging.INFO),
    (KeyboardInterrupt(), logging.INFO),
]


@pytest.mark.parametrize(("problem", "level"), TABLE, ids=lambda value: type(value).__name__ if value is not None else "none")
def test_the_outcome_decides(problem: BaseException | None, level: int) -> None:
    """Each outcome has the level that the table in the docs shows."""
    assert Levels().of(problem) == level


def test_each_level_can_be_chosen() -> None:
    """What the app says of an outcome holds, and of what is expected too."""
    levels = Levels(success=10, expected=11, refused=12, failure=13, cancelled=14, expected_statuses={409})
    problem = problems.CancelledProblem()
    assert [levels.of(None), levels.of(problem), levels.of(problems.ConnectProblem())] == [10, 14, 13]
    assert levels.of(problems.ConflictProblem(status=409)) == 11
    assert levels.of(problems.NotFoundProblem(status=404)) == 12


@pytest.mark.parametrize("name", ["success", "failure", "retried", "drift"])
@pytest.mark.parametrize("wrong", ["INFO", 0, True, None, 10.0])
def test_a_wrong_level_is_refused(name: str, wrong: Any) -> None:
    """A level that logging cannot take is refused when it is given, by its name."""
    with pytest.raises(UsageError, match=f"levels.{name}"):
        Levels(**{name: wrong})


@pytest.mark.parametrize("wrong", [{500}, {200, 404}, {"404"}, {True}])
def test_a_wrong_status_is_refused(wrong: Any) -> None:
    """Only what a client can be refused with can be expected."""
    with pytest.raises(UsageError, match=r"levels\.expected_statuses"):
        Levels(expected_statuses=wrong)
