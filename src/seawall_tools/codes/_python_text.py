"""Texts as Python sources hold them, in the format of ruff."""

import textwrap
from collections.abc import Iterator

__all__ = ["assignment", "class_line", "docstring", "literal"]


def literal(text: str) -> str:
    """Return a text as a Python literal: in double quotes, unless single ones spare escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(character, quote) for character in text) + quote


def assignment(name: str, text: str, indent: int, width: int) -> str:
    """Return `name = "text"` as ruff breaks it: in parentheses where it does not fit, and in pieces where it still does not.

    Args:
        name: What it is assigned to.
        text: The text.
        indent: Spaces before the line.
        width: Characters in a line.
    """
    value = literal(text)
    if indent + len(name) + 3 + len(value) <= width:
        return f"{name} = {value}"
    margin = " " * indent
    lines = [f"{margin}    {piece}" for piece in _pieces(text, max(16, width - indent - 4))]
    return "\n".join([f"{name} = (", *lines, f"{margin})"])


def _pieces(text: str, width: int) -> Iterator[str]:
    """Literals of at most so many characters, which Python reads as one text; they end behind a blank where there is one."""
    while len(literal(text)) > width:
        end = next(end for end in range(width, 0, -1) if len(literal(text[:end])) <= width)
        end = text.rfind(" ", 0, end) + 1 or end
        yield literal(text[:end])
        text = text[end:]
    yield literal(text)


def class_line(name: str, base: str, width: int) -> str:
    """Return `class Name(base):` as ruff breaks it.

    Args:
        name: The class.
        base: What it stands on.
        width: Characters in a line.
    """
    line = f"class {name}({base}):"
    return line if len(line) <= width else f"class {name}(\n    {base}\n):"


def docstring(first: str, rest: str, indent: int, width: int) -> str:
    """Return a docstring: one line, a blank one, and a paragraph, wrapped.

    Args:
        first: Its first line.
        rest: The paragraph; may be empty.
        indent: Spaces before each line.
        width: Characters in a line.
    """
    margin = " " * indent
    lines = textwrap.wrap(_plain(rest), max(20, width - indent), break_long_words=False, break_on_hyphens=False)
    if not lines:
        return f'{margin}"""{_plain(first)}"""'
    return "\n".join([f'{margin}"""{_plain(first)}', "", *(margin + line for line in lines), f'{margin}"""'])


def _plain(text: str) -> str:
    """Text that ends no docstring and escapes nothing."""
    return text.replace("\\", "\\\\").replace('"', "'")


def _escaped(character: str, quote: str) -> str:
    if character in ("\\", quote):
        return "\\" + character
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode()
