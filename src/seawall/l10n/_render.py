"""Writes a tree as a pattern again, with every piece of text quoted as ICU needs it."""

import re
from collections.abc import Callable, Sequence

import msgspec

from ._pattern import Argument, Part, Pound

__all__ = ["Place", "render"]

# From a character of the syntax on, apostrophes are taken into the quotation: a quotation that ends beside one would not end.
_SYNTAX = re.compile(r"[{}][{}']*|'")
_SYNTAX_IN_PLURAL = re.compile(r"[{}#][{}#']*|'")


class Place(msgspec.Struct, frozen=True):
    """How a placeholder is written.

    Attributes:
        name: Its name.
        style: Its style.
        before, behind: Text around it, as a pattern has it.
        pound: Of a plural: how a `#` in its arms is written.
    """

    name: str
    style: str
    before: str = ""
    behind: str = ""
    pound: str = "#"


def render(parts: Sequence[Part], place: Callable[[Argument], Place], pound: str = "") -> str:
    """Return the pattern of a tree.

    Args:
        parts: The tree.
        place: Says how a placeholder is written.
        pound: How a `#` is written where the tree begins; "" outside of plurals, where it is text.
    """
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, str):
            syntax = _SYNTAX_IN_PLURAL if pound else _SYNTAX
            pieces.append(syntax.sub(_quoted, part))
        elif isinstance(part, Pound):
            pieces.append(pound)
        else:
            here = place(part)
            pieces.append(f"{here.before}{{{here.name}{_rest(part, here, place)}}}{here.behind}")
    return "".join(pieces)


def _quoted(found: re.Match[str]) -> str:
    text = found[0].replace("'", "''")
    return text if found[0] == "'" else f"'{text}'"


def _rest(part: Argument, here: Place, place: Callable[[Argument], Place]) -> str:
    if not part.arms:
        return "".join(f", {word}" for word in (part.kind, here.style) if word)
    pound = "" if part.kind == "select" else here.pound
    arms = (f" {word} {{{render(arm, place, pound)}}}" for word, arm in part.arms)
    offset = f" offset:{part.offset}" if part.offset else ""
    return f", {part.kind},{offset}{''.join(arms)}"
