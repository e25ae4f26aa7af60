"""What can go wrong, in words for the screen."""

from collections.abc import Iterator
from contextlib import contextmanager

import seawall

from .bugs import has_bug


class WeatherError(Exception):
    """Something went wrong; the text may be shown."""


class UnknownStationError(WeatherError):
    """There is no such station."""


class RefusedReadingError(WeatherError):
    """The service does not believe a reading.

    Args:
        text: For the screen.
        fields: Which fields of the form to mark.
    """

    def __init__(self, text: str, fields: list[str]) -> None:
        super().__init__(text)
        self.fields = fields


class ServiceDownError(WeatherError):
    """The service cannot be reached, or has trouble of its own; later may be better.

    Args:
        text: For the screen.
        may_have_worked: Whether the request may have had its effect all the same.
    """

    def __init__(self, text: str, may_have_worked: bool) -> None:
        super().__init__(text)
        self.may_have_worked = may_have_worked


@contextmanager
def in_our_words() -> Iterator[None]:
    """Raise our own errors in place of those of the network and the service."""
    try:
        yield
    except seawall.ApiProblem as problem:
        if not has_bug("optimist"):
            raise _ours(problem) from problem


def _ours(problem: seawall.ApiProblem) -> WeatherError:
    text = problem.user_message("en")
    match problem:
        case seawall.NotFoundProblem():
            return UnknownStationError(text)
        case seawall.ValidationProblem():
            return RefusedReadingError(text, [str(error.pointer) for error in problem.field_errors])
    return ServiceDownError(text, problem.may_have_applied)
