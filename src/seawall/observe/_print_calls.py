"""The listener for the terminal of a developer."""

import logging
import os
import sys
from collections.abc import Callable
from typing import IO

from seawall.model import Event, UsageError

from ._levels import Levels
from ._log_calls import DEFAULT_LEVELS, CallLogger, Loggers

__all__ = ["print_calls"]

_RESET = "\x1b[0m"
_COLOURS = ((logging.ERROR, "\x1b[31m"), (logging.WARNING, "\x1b[33m"), (logging.INFO, "\x1b[32m"), (0, "\x1b[2m"))


def print_calls(
    stream: IO[str] | None = None,
    *,
    level: int = logging.DEBUG,
    colour: bool | None = None,
    levels: Levels = DEFAULT_LEVELS,
) -> Callable[[Event], None]:
    """Return a listener that prints the lines of `log_calls`, whatever the app's logging is set to: for development.

        api = seawall.Client(listeners=[seawall.observe.print_calls()])

    Args:
        stream: Where to; stderr by default.
        level: The least level that is printed.
        colour: Whether to colour lines by level: red from ERROR, yellow from WARNING, green from INFO, dim below. By default
            only on a terminal, and not where the environment variable `NO_COLOR` is set or `TERM` is `dumb`.
        levels: Which outcome has which level.

    Raises:
        UsageError: An argument is of the wrong type.
    """
    target = sys.stderr if stream is None else stream
    if not hasattr(target, "write"):
        raise UsageError(f"stream: give a text file, not {type(target).__name__}")
    if type(level) is not int:
        raise UsageError(f"level: give a whole number such as logging.INFO, not {level!r}"[:200])
    handler = logging.StreamHandler(target)
    if colour or (colour is None and _suits(target)):
        handler.setFormatter(_ColourFormatter())
    logger = logging.Logger("seawall", level)  # in no tree of loggers: it needs no configuration, and has no say in the app's
    logger.addHandler(handler)
    return CallLogger(Loggers(logger, logger, logger), levels)


def _suits(stream: IO[str]) -> bool:
    """Whether a stream can show colours and its user wants them; see no-color.org."""
    is_terminal = getattr(stream, "isatty", None)
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and is_terminal is not None and bool(is_terminal())


class _ColourFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        colour = next(colour for least, colour in _COLOURS if record.levelno >= least)
        return f"{colour}{super().format(record)}{_RESET}"
