"""From Markdown to sections: headings with their bullets, and nothing understood yet.

markdown-it finds the blocks, so a heading in a code fence or a quotation is none. What stands in a bullet is read as raw text:
it has one form only, and the inline rules of Markdown would cost more than half of the time.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["MAX_SIZE", "Bullet", "DocumentError", "Section", "is_retired", "read_sections"]

MAX_SIZE = 4 * 1024 * 1024  # bytes; ten thousand codes take two million
_BULLET = re.compile(r"\*\*(?P<name>[^*\n]{1,40}?):?\*\*\s*:?\s*(?P<value>.*)", re.DOTALL)
_MARKS = ("-", "*", "+")
_BLANK = re.compile(r"\s+")
_MARKDOWN = MarkdownIt("commonmark").disable("inline")


class DocumentError(ValueError):
    """The file is no error document at all: it is too big, or no UTF-8 text."""


class Bullet(msgspec.Struct, frozen=True):
    """One bullet of a section.

    Attributes:
        name: The bold word, or None for a bullet without one.
        value: What stands behind it, or the whole text; white space is folded.
        line: Where it begins, from 1.
        one_line: Whether it ends where it began.
        mark: What its list begins its items with: another one would begin another list.
    """

    name: str | None
    value: str
    line: int
    one_line: bool
    mark: str = "-"


class Section(msgspec.Struct, frozen=True):
    """A heading and its bullets, up to the next heading.

    Attributes:
        heading: Its text.
        level: Its level, from 1 to 6; those of codes have 2.
        line: Where it stands, from 1.
        bullets: The items of its top-level lists.
    """

    heading: str
    level: int
    line: int
    bullets: tuple[Bullet, ...]


def read_sections(text: str) -> Iterator[Section]:
    """Find the sections of a document.

    Args:
        text: Markdown, at most `MAX_SIZE` bytes.

    Raises:
        DocumentError: It is bigger.
    """
    if len(text) > MAX_SIZE:
        raise DocumentError(f"the document is bigger than {MAX_SIZE} bytes")
    tokens = _MARKDOWN.parse(text.removeprefix("\ufeff"))
    bounds = [place for place, token in enumerate(tokens) if _is_heading(token)]
    for head, end in pairwise([*bounds, len(tokens)]):
        inline, level = tokens[head + 1], int(tokens[head].tag[1:])
        yield Section(_folded(inline.content).strip("` "), level, _line(inline), tuple(_bullets(tokens[head:end])))


def is_retired(section: Section) -> bool:
    """Whether it is the list of the codes that are gone."""
    return section.level == 2 and section.heading.lower() == "retired"


def _is_heading(token: Token) -> bool:
    return token.type == "heading_open" and token.level == 0


def _bullets(tokens: Sequence[Token]) -> Iterator[Bullet]:
    for item, inline in zip(tokens, tokens[2:], strict=False):
        if item.type == "list_item_open" and item.level == 1 and inline.type == "inline":
            found = _BULLET.match(inline.content)
            name = _folded(found["name"]) if found else None
            value = _folded(found["value"] if found else inline.content)
            mark = item.markup if item.markup in _MARKS else f"{item.info}{item.markup}"  # the second is that of a numbered list
            yield Bullet(name, value, _line(inline), "\n" not in inline.content, mark)


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _folded(text: str) -> str:
    return _BLANK.sub(" ", text).strip()
