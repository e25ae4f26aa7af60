"""What the tests of sinks share: events made by hand, and a handler that keeps records."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from seawall.model import Attempt, AttemptFinished, CallFinished, Event, RetryScheduled, Sent

URL = "https://api.acme.example/v1/agents/7?team=blue"
E = TypeVar("E", bound=Event)


def made(kind: type[E], /, **facts: Any) -> E:
    """An event about one request, but for what is said otherwise."""
    return kind(**{"method": "GET", "url": URL, "route": "/agents/{id}", "at": 1.0, "call": 7, **facts})


def ended(problem: BaseException | None = None, status: int | None = 200, **facts: Any) -> CallFinished:
    """The end of a call."""
    return made(CallFinished, **{"duration": 0.25, "status": status, "problem": problem, "attempts": 1, **facts})


def sent(problem: str | None = None, status: int | None = 200, **facts: Any) -> AttemptFinished:
    """The end of an attempt."""
    attempt = Attempt(1, "GET", URL, duration=0.125, status=status, problem=problem, sent=Sent.YES, connection="new connection 3")
    return made(AttemptFinished, attempt=attempt, **facts)


def again(**facts: Any) -> RetryScheduled:
    """The decision to try once more."""
    return made(RetryScheduled, **{"number": 2, "delay": 0.5, "reason": "status 503", **facts})


class Keeper(logging.Handler):
    """Keeps records."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    @property
    def lines(self) -> list[str]:
        return [record.getMessage() for record in self.records]


@contextmanager
def listening(name: str, handler: logging.Handler, level: int = logging.DEBUG) -> Iterator[None]:
    """Add a handler to a logger of this name, and nothing else above it."""
    logger = logging.getLogger(name)
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]
