"""What a refresh that failed says to people and to programs: by the group of its cause, and never in its cause's own words."""

import copy
import pickle

import pytest

from seawall import problems
from seawall.model import Sent
from seawall.problems import ApiProblem, OriginalError, RefreshProblem

CANARY = "canary-51c0"
NETWORK, RENEWED = "cannot be reached. Please check your connection", "could not be renewed"


def failed(cause: BaseException | None) -> RefreshProblem:
    """The problem of a refresh that failed with something."""
    problem = RefreshProblem(detail="the tokens could not be refreshed")
    problem.__cause__ = cause
    return problem


def offline() -> ApiProblem:
    """A network problem of a machine without a network."""
    problem = problems.ConnectProblem(sent=Sent.NO)
    problem.__cause__ = OriginalError("OSError", 101)
    return problem


@pytest.mark.parametrize(
    ("cause", "words", "retryable"),
    [
        (problems.ConnectProblem(), NETWORK, True),
        (problems.DisconnectProblem(), NETWORK, True),
        (problems.DeadlineProblem(), NETWORK, True),
        (offline(), "no internet connection", True),
        (problems.CertificateProblem(), NETWORK, False),
        (problems.ServerErrorProblem(status=500, code=CANARY, detail=CANARY), "The server has a problem", True),
        (problems.UnavailableProblem(status=503, detail=CANARY), "not available at the moment", True),
        (problems.UnauthorizedProblem(status=401, code="INVALID_CLIENT", detail=CANARY), RENEWED, False),
        (problems.BadRequestProblem(status=400, code="UNAUTHORIZED_CLIENT", detail=CANARY), RENEWED, False),
        (problems.StatusProblem(status=200, code="INCORRECT_CLIENT_CREDENTIALS"), RENEWED, False),
        (problems.StatusProblem(status=200, code="TEMPORARILY_UNAVAILABLE"), RENEWED, True),
        (problems.RateLimitedProblem(status=429, detail=CANARY), RENEWED, True),
        (problems.DecodeProblem(status=200, detail=CANARY), RENEWED, True),
        (OriginalError("StoreError"), RENEWED, True),
        (None, RENEWED, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_a_failed_refresh_speaks_by_its_cause(cause: BaseException | None, words: str, retryable: bool) -> None:
    """Networks, servers and all else have a text each; what nobody mends will not pass; copies and pickles say the same."""
    problem = failed(cause)
    for same in (problem, copy.copy(problem), pickle.loads(pickle.dumps(problem))):
        assert words in same.user_message("en")
        assert str(same) == same.user_message()
        assert CANARY.lower() not in str(same).lower()
        assert same.retryable is retryable
        assert same.to_dict()["retryable"] is retryable
