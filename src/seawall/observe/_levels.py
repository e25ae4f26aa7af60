"""Which level a line has: decided by the outcome alone, before anything of the line is built."""

import logging
from collections.abc import Set

import msgspec

from seawall.model import UsageError
from seawall.problems import CancelledProblem, StatusProblem

__all__ = ["EXPECTED_STATUSES", "Levels"]

# To ask whether something is there, and to ask without a valid token, is everyday life: callers handle both.
EXPECTED_STATUSES = frozenset({401, 404, 410})


class Levels(msgspec.Struct, frozen=True, kw_only=True):
    """The levels of the lines of `log_calls` and `print_calls`, by outcome.

    A line of INFO or above shows no query, no filled places of a route and no text of a server; a line below does (redacted). So
    do not raise `attempt` to INFO in order to see more: let `logging` show DEBUG.

    Attributes:
        success: The call ended well.
        expected: The server said no with one of `expected_statuses`.
        refused: It said no with another status below 500.
        failure: It failed with 500 or above, no usable response came, a clock ran out, or something else was raised.
        cancelled: The caller gave up.
        retried: An attempt failed and another one follows.
        attempt: Any other attempt, a redirect, the end of a streamed body: the line of the call says how it ended.
        notice: The server announced a deprecation, a sunset, or warned.
        drift: A response holds what the declared type does not know.
        expected_statuses: From 400 to 499; by default 401, 404 and 410.

    Raises:
        UsageError: A level is no whole number from 1 on (`logging.INFO` is one), or a status is outside of 400 to 499.
    """

    success: int = logging.INFO
    expected: int = logging.INFO
    refused: int = logging.WARNING
    failure: int = logging.ERROR
    cancelled: int = logging.INFO
    retried: int = logging.WARNING
    attempt: int = logging.DEBUG
    notice: int = logging.WARNING
    drift: int = logging.INFO
    expected_statuses: Set[int] = EXPECTED_STATUSES

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            level = getattr(self, name)
            if name != "expected_statuses" and (type(level) is not int or level < 1):
                raise UsageError(f"levels.{name}: give a whole number such as logging.INFO, not {level!r}"[:200])
        if not all(type(status) is int and 400 <= status <= 499 for status in self.expected_statuses):
            raise UsageError("levels.expected_statuses: give statuses from 400 to 499")

    def of(self, problem: BaseException | None) -> int:
        """Return the level of a call that ended with this problem, or with none."""
        if problem is None:
            return self.success
        if isinstance(problem, CancelledProblem) or not isinstance(problem, Exception):  # the latter: a cancelled task, Ctrl-C
            return self.cancelled
        if isinstance(problem, StatusProblem) and problem.status < 500:
            return self.expected if problem.status in self.expected_statuses else self.refused
        return self.failure
