"""The arguments of a message in ICU MessageFormat 1.

ICU itself formats messages and tells nobody which arguments they take. The syntax is that of ICU's MessagePattern in its
default apostrophe mode: an apostrophe quotes only before a brace, or in a plural before `#`.
"""

import re
from typing import NamedTuple

__all__ = ["MessageError", "arguments"]

MAX_DEPTH = 16
_ARGUMENT = re.compile(r"\s*(?P<name>\w+)\s*(?:,\s*(?P<kind>[A-Za-z]+)\s*)?(?P<end>[,}])")
_BRANCH = re.compile(r"\s*(?P<selector>=\d+|\w+)\s*\{")
_OFFSET = re.compile(r"\s*offset:\s*\d+")
_STYLE_TEXT = re.compile(r"'[^']*'|[^{}']")  # in styles an apostrophe always quotes, up to the next
_PLAIN = re.compile(r"[^{}']+")
_END = re.compile(r"\s*\}")
_QUOTED = re.compile(r"'(?:'|[{}](?:[^']|'')*(?:'|$))")
_QUOTED_IN_PLURAL = re.compile(r"'(?:'|[{}#](?:[^']|'')*(?:'|$))")
_COMPLEX = frozenset({"plural", "select", "selectordinal"})
_SIMPLE = frozenset({"date", "duration", "number", "ordinal", "spellout", "time"})


class MessageError(ValueError):
    """The message is not in ICU's syntax."""


class _Place(NamedTuple):
    text: str
    names: set[str]


def arguments(message: str) -> frozenset[str]:
    """Return the names of a message's arguments, those of its branches included.

    Raises:
        MessageError: A brace is missing, or a plural has no `other`.
    """
    if "{" not in message and "}" not in message:
        return frozenset()
    place = _Place(message, set())
    at = 0
    while at < len(message):
        at = _message(place, at, 0, _QUOTED) + 1  # a closing brace that closes nothing stands for itself
    return frozenset(place.names)


def _message(place: _Place, at: int, depth: int, quoted: re.Pattern[str]) -> int:
    """Read up to the brace that closes this message, or the end of the outermost one; return where that is."""
    if depth > MAX_DEPTH:
        raise MessageError(f"branches lie more than {MAX_DEPTH} deep")
    text = place.text
    while at < len(text) and text[at] != "}":
        if plain := _PLAIN.match(text, at):
            at = plain.end()
        elif text[at] == "{":
            at = _argument(place, at + 1, depth, quoted)
        elif found := quoted.match(text, at):
            at = found.end()
        else:
            at += 1
    if depth and at >= len(text):
        raise MessageError("a brace is not closed")
    return at


def _argument(place: _Place, at: int, depth: int, quoted: re.Pattern[str]) -> int:
    found = _ARGUMENT.match(place.text, at)
    if found is None:
        raise MessageError("an opening brace begins no argument")
    place.names.add(found["name"])
    kind, ends = found["kind"], found["end"] == "}"
    if kind in _COMPLEX and not ends:
        return _branches(place, found.end(), depth, quoted if kind == "select" else _QUOTED_IN_PLURAL)
    if kind in _SIMPLE or (kind is None and ends):
        return found.end() if ends else _style(place.text, found.end())
    raise MessageError(f"the argument {found['name'][:80]!r} has no type that ICU knows, or no branches")


def _branches(place: _Place, at: int, depth: int, quoted: re.Pattern[str]) -> int:
    selectors: list[str] = []
    if quoted is _QUOTED_IN_PLURAL and (offset := _OFFSET.match(place.text, at)):
        at = offset.end()
    while branch := _BRANCH.match(place.text, at):
        selectors.append(branch["selector"])
        at = _message(place, branch.end(), depth + 1, quoted) + 1
    end = _END.match(place.text, at)
    if end is None:
        raise MessageError("a brace is not closed")
    if "other" not in selectors:
        raise MessageError("there is no branch `other`")
    return end.end()


def _style(text: str, at: int) -> int:
    """Skip the style of a number or date, in which braces come in pairs."""
    depth = 1
    while at < len(text) and depth:
        if found := _STYLE_TEXT.match(text, at):
            at = found.end()
            continue
        if text[at] == "'":
            break
        depth += 1 if text[at] == "{" else -1
        at += 1
    if depth:
        raise MessageError("a brace or a quotation is not closed")
    return at
