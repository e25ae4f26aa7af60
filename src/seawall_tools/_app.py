"""The door of the `seawall` command. It imports nothing optional, so that it can always say what is missing."""

import io
import os
import sys


def main() -> None:
    """Run the `seawall` command with the arguments of the process.

    Raises:
        SystemExit: Always; the code is 0 when the command did its work.
    """
    if sys.stdout is None:  # closed: a socket could come to stand in its place
        sys.exit("The output cannot be written: standard output is closed")
    _open_closed()
    _spell_out()
    try:
        from ._commands import command
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich"}:
            raise
        sys.exit(f"The seawall command needs the package {error.name!r}. Install it with: pip install 'seawall[cli]'")
    try:
        command()(prog_name="seawall")
    except SystemExit as ended:
        lost = _last_error()
        if lost is not None and not ended.code:
            sys.exit(f"The output cannot be written: {lost.strerror or type(lost).__name__}")
        raise


def _open_closed() -> None:
    """Let what was closed be empty, and what is written there be lost: Python has None in their place, which nobody can ask."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - open until the process ends, as its standard streams are
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _last_error() -> OSError | None:
    """Why the rest of the output cannot be written. It is dropped: Python would try it again, and end with a code of its own."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return error
    return None


def _spell_out() -> None:
    """Let characters that the output has not be written as their numbers: a word in another script must not end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
