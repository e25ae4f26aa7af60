"""JSON for standard output: as it is for programs, indented and coloured for people, harmless for their terminals."""

import sys

import msgspec
from rich.highlighter import JSONHighlighter
from rich.text import Text

from ._terminal import safe, write

__all__ = ["json_view", "show_document"]

MAX_COLOURED = 512 * 1024  # characters; colouring more would take seconds, and nobody reads it all


def json_view(content: bytes) -> Text | None:
    """Return a JSON document as a terminal may show it, None where it is none."""
    try:
        text = safe(msgspec.json.format(content, indent=2).decode())
    except (ValueError, RecursionError):
        return None
    shown = Text(text)
    if len(text) <= MAX_COLOURED:
        JSONHighlighter().highlight(shown)
    return shown


def show_document(document: object) -> None:
    """Write one JSON document to standard output."""
    data = msgspec.json.encode(document)
    view = json_view(data) if sys.stdout.isatty() else None
    if view is not None:
        write(view)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.format(data, indent=2) + b"\n")
    sys.stdout.flush()
