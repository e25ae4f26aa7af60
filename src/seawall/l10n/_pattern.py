"""Reads ICU MessageFormat 1 into a tree.

ICU itself formats; it neither tells which arguments a pattern has, nor where a pattern is wrong. What ICU alone knows
(`choice`, `spellout`, numbered arguments, a closing brace outside) is refused: Flutter and FormatJS read the same files.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NoReturn, TypeAlias, cast

import msgspec

__all__ = ["MAX_DEPTH", "MAX_PATTERN", "Argument", "ArgumentKind", "PatternError", "Pound", "arguments", "parse_pattern", "texts"]

MAX_PATTERN = 10_000  # characters
MAX_DEPTH = 10  # of messages within messages
ArgumentKind = Literal["", "number", "date", "time", "plural", "selectordinal", "select"]
_STYLES = {"number": {"", "integer", "percent"}, "date": {"", "short", "medium", "long", "full"}}
_STYLES["time"] = _STYLES["date"]
_KINDS = {*_STYLES, "plural", "selectordinal", "select"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SELECTOR = re.compile(r"[A-Za-z0-9_]{1,64}|=-?[0-9]{1,9}")
_BLANKS = "\t\n\v\f\r \x85\u200e\u200f\u2028\u2029"  # Pattern_White_Space; editors put its marks of direction beside Arabic text
_SPACE = re.compile(f"[{_BLANKS}]*")
_OFFSET = re.compile(f"offset:[{_BLANKS}]*(-?[0-9]{{1,9}})")
_PLURAL_WORDS = {"zero", "one", "two", "few", "many", "other"}
_QUOTATION = re.compile(r"((?:[^']|'')*+)'")
_TEXT = re.compile(r"[^{}'#]+")


class PatternError(ValueError):
    """A pattern is no ICU MessageFormat 1, or uses what only some of its readers know."""


class Pound(msgspec.Struct, frozen=True):
    """A `#`: the number that the plural around it speaks of."""


class Argument(msgspec.Struct, frozen=True):
    """A placeholder.

    Attributes:
        name: The parameter it shows or asks.
        kind: "" for a plain `{name}`, else the word behind its name.
        style: How a number, date or time is written: a name, or a skeleton behind `::`.
        offset: Of a plural: taken off before a word is chosen.
        arms: Of a plural or select: selectors, and what each says.
    """

    name: str
    kind: ArgumentKind = ""
    style: str = ""
    offset: int = 0
    arms: tuple[tuple[str, "Parts"], ...] = ()


Part: TypeAlias = str | Pound | Argument
Parts: TypeAlias = tuple[Part, ...]


def parse_pattern(text: str) -> Parts:
    """Return the tree of a pattern.

    Raises:
        PatternError: With what is wrong, and at which character.
    """
    if len(text) > MAX_PATTERN:
        raise PatternError(f"the message has {len(text)} characters; up to {MAX_PATTERN} are read")
    return _Parser(text).whole()


def arguments(parts: Sequence[Part]) -> Iterator[Argument]:
    """Every placeholder of a tree, outer ones first."""
    for part in parts:
        if isinstance(part, Argument):
            yield part
            for _, arm in part.arms:
                yield from arguments(arm)


def texts(parts: Sequence[Part]) -> Iterator[str]:
    """Every piece of text of a tree."""
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Argument):
            for _, arm in part.arms:
                yield from texts(arm)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> Parts:
        parts = self._message(0, in_plural=False)
        if self._at < len(self._text):
            self._fail("a '}' that closes nothing; as text it is written '}' in apostrophes")
        return parts

    def _message(self, depth: int, *, in_plural: bool) -> Parts:
        if depth > MAX_DEPTH:
            self._fail(f"messages lie deeper than {MAX_DEPTH} in each other")
        parts: list[Part] = []
        literal: list[str] = []
        while self._at < len(self._text) and (char := self._text[self._at]) != "}":
            if char == "{" or (char == "#" and in_plural):
                if literal:
                    parts.append("".join(literal))
                    literal = []
                parts.append(self._argument(depth) if char == "{" else self._pound())
            else:
                literal.append(self._quoted(in_plural) if char == "'" else self._text_here())
        return (*parts, "".join(literal)) if literal else tuple(parts)

    def _quoted(self, in_plural: bool) -> str:
        """An apostrophe quotes only before what would else be syntax; two of them are one, anywhere."""
        self._at += 1
        following = self._text[self._at : self._at + 1]
        if following == "'":
            return self._take(1)
        if not following or following not in ("{}#" if in_plural else "{}"):
            return "'"
        found = _QUOTATION.match(self._text, self._at)
        if found is None:
            self._fail("an apostrophe opens a quotation that nothing closes")
        self._at = found.end()
        return found[1].replace("''", "'")

    def _text_here(self) -> str:
        found = _TEXT.match(self._text, self._at)
        return self._take(len(found[0]) if found else 1)  # a `#` outside plurals is text

    def _pound(self) -> Pound:
        self._at += 1
        return Pound()

    def _argument(self, depth: int) -> Argument:
        self._at += 1
        name = self._match(_NAME, "the name of a placeholder")
        if self._closed():
            return Argument(name)
        self._expect(",")
        word = self._match(_NAME, "what kind of placeholder it is")
        if word not in _KINDS:
            self._fail(f"a placeholder of kind {word!r}: known are {', '.join(sorted(_KINDS))}")
        kind = cast("ArgumentKind", word)
        if kind in _STYLES:
            return Argument(name, kind, self._style(kind))
        self._expect(",")
        offset = 0
        if kind != "select" and (found := _OFFSET.match(self._text, self._skip_space())):
            offset, self._at = int(found[1]), found.end()
        return Argument(name, kind, offset=offset, arms=self._arms(kind, depth))

    def _style(self, kind: str) -> str:
        if self._closed():
            return ""
        self._expect(",")
        end = self._text.find("}", self._at)
        style = self._text[self._at : end].strip(_BLANKS)
        if end < 0 or "{" in style or "'" in style:
            self._fail("a style that nothing closes, or with braces or apostrophes in it")
        if style not in _STYLES[kind] - {""} and not (style.startswith("::") and len(style) > 2):
            known = ", ".join(sorted(_STYLES[kind] - {""}))
            self._fail(f"the {kind} style {style!r}: known are {known}, and skeletons behind '::'")
        self._at = end + 1
        return style

    def _arms(self, kind: str, depth: int) -> tuple[tuple[str, Parts], ...]:
        arms: dict[str, Parts] = {}
        while not self._closed():
            selector = self._match(_SELECTOR, "a selector, such as other")
            if selector in arms:
                self._fail(f"the selector {selector!r} stands twice")
            if (selector not in _PLURAL_WORDS and selector[0] != "=") if kind != "select" else selector[0] == "=":
                self._fail(f"{selector!r} is no selector of a {kind}")
            self._expect("{")
            arms[selector] = self._message(depth + 1, in_plural=kind != "select")
            self._expect("}")
        if "other" not in arms:
            self._fail(f"the {kind} lacks the selector 'other'")
        return tuple(arms.items())

    def _closed(self) -> bool:
        self._skip_space()
        if not self._text.startswith("}", self._at):
            return False
        self._at += 1
        return True

    def _expect(self, char: str) -> None:
        self._skip_space()
        if not self._text.startswith(char, self._at):
            self._fail(f"{char!r} is missing")
        self._at += 1

    def _match(self, pattern: re.Pattern[str], what: str) -> str:
        found = pattern.match(self._text, self._skip_space())
        if found is None:
            self._fail(f"expected {what}")
        self._at = found.end()
        return found[0]

    def _skip_space(self) -> int:
        if found := _SPACE.match(self._text, self._at):
            self._at = found.end()
        return self._at

    def _take(self, count: int) -> str:
        self._at += count
        return self._text[self._at - count : self._at]

    def _fail(self, what: str) -> NoReturn:
        raise PatternError(f"{what} (at character {self._at + 1})")
