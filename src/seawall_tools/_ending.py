"""How a command ends that cannot do its work: one line, and no traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from ._terminal import one_line, write

__all__ = ["MISUSED", "ending_well"]

MISUSED = 2


@contextmanager
def ending_well(*faults: type[Exception]) -> Iterator[None]:
    """End with code 2 and one line where a command cannot do its work.

    Args:
        faults: What may be raised with a message for whoever called the command. Files, and an output that takes no more, are
            told of by themselves.
    """
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # here, where a full disk can still be told of
    except BrokenPipeError:  # whose reader had enough: typer ends without a word
        raise
    except faults as error:
        fault = str(error)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        fault = f"{error.filename}: {reason}" if error.filename else f"The output cannot be written: {reason}"
    else:
        return
    write(one_line(fault), error=True)
    raise typer.Exit(MISUSED)
