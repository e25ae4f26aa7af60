"""How asking for tokens can end without any, made from what the server said."""

import re
from typing import Any, TypeVar

from seawall.problems import ApiProblem, SignInDeniedProblem, SignInExpiredProblem, SignInProblem

__all__ = ["denied", "error_facts", "expired"]

P = TypeVar("P", bound=SignInProblem)
MAX_WORDS = 4096  # characters kept of what a server says
_CODE = re.compile(r"[a-z][a-z_]{1,62}").fullmatch


def error_facts(error: str, words: object) -> dict[str, Any]:
    """Return the members of a problem that an OAuth error tells (RFC 6749, sections 4.1.2.1 and 5.2).

    Args:
        error: For example "invalid_grant".
        words: The description, if it is text.
    """
    detail = words[:MAX_WORDS] if isinstance(words, str) else ""
    return {"code": error.upper() if _CODE(error) else None, "original_code": error[:MAX_WORDS], "detail": detail}


def denied(cause: ApiProblem) -> SignInDeniedProblem:
    """Return the problem for a person who said no."""
    return _told(SignInDeniedProblem(), cause)


def expired(cause: ApiProblem | None) -> SignInExpiredProblem:
    """Return the problem for a sign-in that nobody finished in time; the cause is the last thing that was heard."""
    problem = SignInExpiredProblem()
    return problem if cause is None else _told(problem, cause)


def _told(problem: P, cause: ApiProblem) -> P:
    problem.status, problem.sent, problem.method, problem.url = cause.status, cause.sent, cause.method, cause.url
    problem.code, problem.original_code, problem.detail = cause.code, cause.original_code, cause.detail
    problem.__cause__ = cause
    return problem
