"""From what a refresh failed with to the problem that each waiting call raises: its own, with nobody's frames on it."""

import copy

from seawall.model import UsageError
from seawall.problems import ApiProblem, OriginalError, RefreshProblem, SessionEndedProblem

from ._refresh import SessionOverError
from ._states import EndReason
from .stores import StoreError

__all__ = ["as_problem", "refresh_problem", "session_ended"]


def session_ended(reason: EndReason, cause: ApiProblem | None = None) -> SessionEndedProblem:
    """Make the problem that says so."""
    problem = SessionEndedProblem(detail=f"the session is over: {reason.value}")
    problem.reason = reason.value
    if cause is not None:
        problem.__cause__ = copy.copy(cause)
    return problem


def refresh_problem(detail: str, cause: BaseException) -> RefreshProblem:
    """Make the problem that says that there are no tokens for now."""
    problem = RefreshProblem(detail=detail)
    problem.__cause__ = cause
    return problem


def as_problem(cause: BaseException) -> Exception:
    """Return a new exception for one waiter. A mistake in a user's own function is told as such."""
    if isinstance(cause, SessionOverError):
        return session_ended(cause.reason, cause.cause)
    if isinstance(cause, UsageError):
        return copy.copy(cause)
    if isinstance(cause, ApiProblem):
        return refresh_problem("the tokens could not be refreshed", copy.copy(cause))
    if isinstance(cause, StoreError):
        return refresh_problem(str(cause), OriginalError.of(cause))
    return refresh_problem("the tokens could not be refreshed", OriginalError.of(cause))
