"""JSON lines for production: ours, and the other records of the app."""

import json
import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from seawall.problems import ApiProblem

from ._fields import problem_fields

__all__ = ["JsonFormatter"]

MAX_TEXT = 1_000  # characters of a field
MAX_MESSAGE = 8_000  # characters of a message of the app
MAX_TRACEBACK = 16_000  # characters, the last ones: they tell what was raised
MAX_MEMBERS = 50  # of a record, a list or an object
MAX_DEPTH = 4  # of objects and lists in each other, the line itself included
MAX_NUMBER = 1e300
_ORDINARY = frozenset(logging.makeLogRecord({}).__dict__) | {"asctime", "message", "taskName"}


class JsonFormatter(logging.Formatter):
    """Formats every record of a handler as one line of JSON.

    `time` (ISO 8601, UTC), `level`, `logger`, the fields of the record (its `extra=`), `message`. A record with an exception has
    `exception` as well, its traceback; with a problem of Seawall it has the fields of the problem, too, under the names that the
    lines of calls have. From the loggers `seawall...` an exception tells its type and frames, and not its words. Everything is
    bounded, and in ASCII: no text can begin another line, or colour a terminal.
    """

    def __init__(self) -> None:
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
        }
        extra = {name: value for name, value in record.__dict__.items() if name not in _ORDINARY}
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, ApiProblem):
            extra = problem_fields(error, record.levelno) | extra
        line |= {name: value for name, value in _plain(extra, MAX_DEPTH).items() if name not in line}
        line["message"] = _cut(record.getMessage(), MAX_MESSAGE)
        if error is not None:
            line["exception"] = _told(record.name, error)[-MAX_TRACEBACK:]
        elif record.exc_text:  # a handler that sends records elsewhere has made text of it
            line["exception"] = record.exc_text[-MAX_TRACEBACK:]
        if record.stack_info:
            line["stack"] = record.stack_info[-MAX_TRACEBACK:]
        return json.dumps(line)


def _told(logger: str, error: BaseException) -> str:
    if logger == "seawall" or logger.startswith("seawall."):
        return "".join([*traceback.format_tb(error.__traceback__), type(error).__name__])
    return "".join(traceback.format_exception(error)).rstrip("\n")


def _plain(value: Any, depth: int) -> Any:
    """Return what JSON has words for, and of all else its text; a `Secret` hides itself in its own."""
    if value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < MAX_NUMBER):
        return value
    if depth and isinstance(value, Mapping):
        return {_cut(_text(name), MAX_TEXT): _plain(member, depth - 1) for name, member in islice(value.items(), MAX_MEMBERS)}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_plain(member, depth - 1) for member in islice(value, MAX_MEMBERS)]
    return _cut(_text(value), MAX_TEXT)


def _text(value: object) -> str:
    """The text of an object: NaN and infinity too, for which JSON has no words."""
    try:
        return str(value)
    except Exception:  # huge numbers have no text either; the line matters more
        return f"<{type(value).__name__}>"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
