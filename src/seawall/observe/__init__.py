"""Sinks for events: what a client tells its listeners goes to the app's logging, or to a terminal."""

from ._json import JsonFormatter
from ._levels import Levels
from ._log_calls import log_calls
from ._print_calls import print_calls

__all__ = ["JsonFormatter", "Levels", "log_calls", "print_calls"]
