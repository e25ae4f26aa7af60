"""What may go wrong, as far as the upper layers are concerned: a problem that Seawall knows, or one error for all the rest."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from seawall import ApiProblem

_log = logging.getLogger("agents_console")


class ConsoleError(Exception):
    """Something that nobody foresaw. The log has it; its cause is what was raised."""

    def user_message(self) -> str:
        """Return a text that may be shown to people."""
        return ApiProblem().user_message()  # the general text, in the reader's language


Failure: TypeAlias = ApiProblem | ConsoleError
FAILURES = (ApiProblem, ConsoleError)


@contextmanager
def failures(task: str) -> Iterator[None]:
    """Let problems pass as they are; log anything else, and raise a `ConsoleError` in its place.

    Args:
        task: what is being done, for the log.
    """
    try:
        yield
    except ApiProblem:
        raise
    except Exception as error:
        _log.exception("%s failed", task)
        raise ConsoleError(f"{task} failed") from error
