"""Showing an answer: to people at a terminal, or to the program at the other end of a pipe."""

import sys

from rich.highlighter import ReprHighlighter
from rich.pretty import pretty_repr
from rich.text import Text

from .._terminal import safe, write
from ._answer import Answer
from ._body_view import body_view
from ._head import head_lines
from ._problem_view import problem_lines

__all__ = ["show_answer"]

_WIDTH = 100  # characters of a decoded value's lines


def show_answer(answer: Answer, *, head: bool, timeline: bool) -> None:
    """Write the body to standard output, all else to standard error.

    Args:
        answer: What to show.
        head: Whether the head comes first, on standard output too.
        timeline: Whether the attempts are told at the end.
    """
    if head and answer.response is not None:
        write("\n".join([*head_lines(answer.response), ""]))
    if answer.decoded:
        _show_value(answer.value)
    elif answer.response is not None and (answer.problem is None or answer.response.problem is not None):
        _show_body(answer)
    sys.stdout.flush()
    if answer.saved is not None:
        write(f"Saved as {safe(str(answer.saved))}.", error=True)
    if answer.problem is not None:
        first, *others = problem_lines(answer.problem)
        write(first, error=True, style="bold red")
        for line in others:
            write(line, error=True)
    if timeline:
        write(safe(str(answer.explain())), error=True, style="cyan")


def _show_body(answer: Answer) -> None:
    content = answer.content
    if not content:
        return
    if not sys.stdout.isatty():
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        return
    assert answer.response is not None
    media_type = answer.response.headers.get("content-type", "")
    shown = body_view(content, media_type)
    if shown is None:
        kind = safe(media_type) or "unknown type"
        write(f"The body is no text: {len(content)} bytes, {kind}. Save it with --output FILE, or pipe it.", error=True)
    else:
        write(shown)


def _show_value(value: object) -> None:
    shown = Text(safe(pretty_repr(value, max_width=_WIDTH)))
    ReprHighlighter().highlight(shown)
    write(shown)
