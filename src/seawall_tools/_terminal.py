"""What may be written to a terminal, and where."""

import re
import sys

from rich.console import Console
from rich.text import Text

__all__ = ["console", "one_line", "safe", "write"]

# Whatever could steer a terminal or reorder what people read: C0 but tab and line feed, DEL, C1, marks of direction
# (CVE-2021-42574), line and paragraph separators, halves of characters.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def safe(text: str) -> str:
    """Return text that came from elsewhere with every control character spelled out, as JSON spells it: `\\u001b`."""
    return _STEERING.sub(lambda found: f"\\u{ord(found.group()):04x}", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return text that came from elsewhere for a place within a line."""
    return safe(text).replace("\n", "\\u000a").replace("\t", " ")


def console(*, error: bool = False) -> Console:
    """Return standard output, or standard error, for plain text: nothing in it is markup.

    `FORCE_COLOR` alone makes no pipe a terminal here: what goes into a pipe is read by programs.
    """
    stream = sys.stderr if error else sys.stdout
    return Console(file=stream, markup=False, highlight=False, emoji=False, force_terminal=None if stream.isatty() else False)


def write(text: str | Text, *, error: bool = False, style: str | None = None) -> None:
    """Write a line, with no line break of our own within it.

    Args:
        text: What to write; text from elsewhere was made `safe` before.
        error: Whether it goes to standard error.
        style: Its colour on a terminal.
    """
    if isinstance(text, str) and style is None:
        print(text, file=sys.stderr if error else sys.stdout)  # as rich would, but for tabs, and at once for megabytes
    else:
        console(error=error).print(text, style=style, soft_wrap=True)
