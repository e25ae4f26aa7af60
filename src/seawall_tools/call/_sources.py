"""Where a value on the command line stands for a file or for standard input."""

import sys
from pathlib import Path

import typer

__all__ = ["MAX_STDIN", "content_of", "read", "wrong"]

MAX_STDIN = 64 * 1024 * 1024  # bytes kept in memory, so that they can be sent again; more belongs into a file


def wrong(option: str, message: str) -> typer.BadParameter:
    """Return the error about one option, to be raised."""
    return typer.BadParameter(message, param_hint=f"'{option}'")


def content_of(value: str, option: str) -> str | bytes | Path:
    """Return what a value stands for: `@-` is standard input, `@FILE` a file, all else itself.

    Raises:
        typer.BadParameter: There is no such file, or too much on standard input.
    """
    if value == "@-":
        return _standard_input(option)
    if not value.startswith("@"):
        return value
    path = Path(value[1:])
    if not path.is_file():
        raise wrong(option, f"there is no file {value[1:]!r}; @- is standard input")
    return path


def read(value: str, option: str) -> bytes:
    """Return what a value stands for, read to its end.

    Raises:
        typer.BadParameter: It cannot be read, or is no text that UTF-8 can write.
    """
    content = content_of(value, option)
    try:
        if isinstance(content, Path):
            return content.read_bytes()
        return content if isinstance(content, bytes) else content.encode()
    except (OSError, UnicodeEncodeError) as error:
        reason = type(error).__name__
    raise wrong(option, f"it cannot be read ({reason})")


def _standard_input(option: str) -> bytes:
    data = sys.stdin.buffer.read(MAX_STDIN + 1)
    if len(data) > MAX_STDIN:
        raise wrong(option, f"standard input holds more than {MAX_STDIN} bytes; put it into a file")
    return data
