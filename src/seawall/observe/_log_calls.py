"""The listener that writes to the standard library's logging."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import msgspec

from seawall.model import (
    AttemptFinished,
    CallFinished,
    Deprecated,
    Event,
    RedirectFollowed,
    RetryScheduled,
    RetryStopped,
    SchemaDrift,
    ServerWarning,
    StreamFinished,
    SunsetAnnounced,
    UsageError,
)

from ._fields import attempt_fields, call_fields, drift_fields, notice_fields, redirect_fields, stream_fields
from ._levels import Levels
from ._lines import line_of

__all__ = ["CallLogger", "Loggers", "log_calls"]

MAX_OPEN = 10_000  # failed attempts that wait to be told why they were repeated or not; each does so for microseconds
DEFAULT_LEVELS = Levels()


def log_calls(logger: str = "seawall", *, levels: Levels = DEFAULT_LEVELS) -> Callable[[Event], None]:
    """Return a listener that writes a line per call, per attempt and per announcement of a server to `logging`.

        api = seawall.Client(listeners=[seawall.observe.log_calls()])

    The lines go to the loggers `seawall.call`, `seawall.attempt` and `seawall.lifecycle`; handlers, levels and filters are the
    app's. The record's message is a readable line, and its fields are attributes of the record, as `extra=` would make them:
    `JsonFormatter` and structlog's `ProcessorFormatter` write them out. What the app's own record factory has set stays. Nothing
    is built for a logger that is not enabled for the level. It never raises: a handler that does is named on stderr.

    Args:
        logger: Name in front of `.call`, `.attempt` and `.lifecycle`.
        levels: Which outcome has which level.

    Raises:
        UsageError: An argument is of the wrong type.
    """
    if not isinstance(logger, str):
        raise UsageError(f"logger: give a name, not {type(logger).__name__}")
    call, attempt, lifecycle = (logging.getLogger(f"{logger}.{part}") for part in ("call", "attempt", "lifecycle"))
    return CallLogger(Loggers(call, attempt, lifecycle), levels)


class Loggers(msgspec.Struct, frozen=True):
    """Who writes what.

    Attributes:
        call: Calls, and the ends of streamed bodies.
        attempt: Attempts and redirects.
        lifecycle: What servers announce, and drift.
    """

    call: logging.Logger
    attempt: logging.Logger
    lifecycle: logging.Logger


class CallLogger:
    """Writes events to loggers.

    An attempt that failed is written when the retry policy has decided on it, so that its line says why; both events come from
    the same call, one right after the other.

    Args:
        loggers: Where to.
        levels: Which outcome has which level.

    Attributes:
        kinds: The events that it writes of.

    Raises:
        UsageError: `levels` are none.
    """

    def __init__(self, loggers: Loggers, levels: Levels) -> None:
        if not isinstance(levels, Levels):
            raise UsageError(f"levels: a seawall.observe.Levels, not {type(levels).__name__}")
        self._loggers = loggers
        self._levels = levels
        self._undecided: dict[int, AttemptFinished] = {}
        self._takers: dict[type[Event], Callable[[Any], None]] = {
            AttemptFinished: self._attempt_finished,
            CallFinished: self._call_finished,
            Deprecated: self._notice,
            RedirectFollowed: self._redirect,
            RetryScheduled: self._decided,
            RetryStopped: self._decided,
            SchemaDrift: self._drift,
            ServerWarning: self._notice,
            StreamFinished: self._stream,
            SunsetAnnounced: self._notice,
        }
        self.kinds = frozenset(self._takers)

    def __call__(self, event: Event, /) -> None:
        """Write what happened, or nothing."""
        try:
            take = self._takers.get(type(event))
            if take is not None:
                take(event)
        except Exception as error:  # a handler's: not even the app's logging can be told of it
            _complain(error)

    def wants(self, kind: type[Event], failed: bool) -> bool:
        """Tell whether a line would be written of a call or an attempt, before its event is built."""
        if failed:
            return True
        if kind is CallFinished:
            return bool(self._undecided) or self._loggers.call.isEnabledFor(self._levels.success)
        return kind is not AttemptFinished or self._loggers.attempt.isEnabledFor(self._levels.attempt)

    def _call_finished(self, event: CallFinished) -> None:
        self._decided(event)  # by an interceptor that raised: the policy was not asked
        level = self._levels.of(event.problem)
        if self._loggers.call.isEnabledFor(level):
            _write(self._loggers.call, level, call_fields(event, level))

    def _attempt_finished(self, event: AttemptFinished) -> None:
        if event.attempt.problem is None:
            self._write_attempt(event, None)
        elif len(self._undecided) < MAX_OPEN:
            self._undecided[event.call] = event

    def _decided(self, event: RetryScheduled | RetryStopped | CallFinished) -> None:
        attempt = self._undecided.pop(event.call, None)
        if attempt is not None:
            self._write_attempt(attempt, event)

    def _write_attempt(self, event: AttemptFinished, decision: RetryScheduled | RetryStopped | CallFinished | None) -> None:
        level = self._levels.retried if isinstance(decision, RetryScheduled) else self._levels.attempt
        if self._loggers.attempt.isEnabledFor(level):
            _write(self._loggers.attempt, level, attempt_fields(event, decision, level))

    def _redirect(self, event: RedirectFollowed) -> None:
        level = self._levels.attempt
        if self._loggers.attempt.isEnabledFor(level):
            _write(self._loggers.attempt, level, redirect_fields(event, level))

    def _stream(self, event: StreamFinished) -> None:
        level = self._levels.attempt
        if self._loggers.call.isEnabledFor(level):
            _write(self._loggers.call, level, stream_fields(event, level))

    def _notice(self, event: Deprecated | SunsetAnnounced | ServerWarning) -> None:
        level = self._levels.notice
        if self._loggers.lifecycle.isEnabledFor(level):
            _write(self._loggers.lifecycle, level, notice_fields(event, level))

    def _drift(self, event: SchemaDrift) -> None:
        level = self._levels.drift
        if self._loggers.lifecycle.isEnabledFor(level):
            _write(self._loggers.lifecycle, level, drift_fields(event, level))


def _write(logger: logging.Logger, level: int, fields: dict[str, Any]) -> None:
    """Hand a record to a logger.

    Not by `logger.log`: it looks for the line of code that logs, which is this one, and refuses the whole record when the app's
    record factory has set an attribute of the same name.
    """
    record = logger.makeRecord(logger.name, level, "seawall", 0, line_of(fields), (), None)
    for name, value in fields.items():
        record.__dict__.setdefault(name, value)
    logger.handle(record)


def _complain(error: Exception) -> None:
    """As `logging.Handler.handleError` does, but without the words of the error, which may quote the app's secrets."""
    if logging.raiseExceptions and sys.stderr is not None:
        try:
            sys.stderr.write(f"seawall: logging a call raised {type(error).__name__}\n")
        except (OSError, ValueError):
            pass
