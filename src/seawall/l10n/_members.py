"""The members of a JSON object, each with its line: for messages that say where something is wrong.

Readers of whole documents keep no lines, and keep the last of two members with one name, so that a translation would be
lost without a word.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import msgspec

__all__ = ["JsonFault", "Member", "members"]

_SPACE = re.compile(r"[ \t\r\n]*+")


class Member(msgspec.Struct, frozen=True):
    """A member of the outermost object.

    Attributes:
        name: Its name.
        value: Its value, of any JSON type.
        line: Where its name stands, from 1.
    """

    name: str
    value: Any
    line: int


class JsonFault(ValueError):
    """The text is no JSON object."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def members(text: str) -> Iterator[Member]:
    """Yield the members of a JSON object in their order, those of one name all.

    Raises:
        JsonFault: The text is none; what came before was yielded.
    """
    return _Reader(text).members()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line, self._counted = 1, 0
        self._decoder = json.JSONDecoder(object_pairs_hook=_once)

    def members(self) -> Iterator[Member]:
        self._take("{", "an object, which begins with '{'")
        if not self._is_next("}"):
            yield self._member()
            while self._is_next(","):
                yield self._member()
            self._take("}", "',' or '}'")
        self._skip()
        if self._at < len(self._text):
            self._fail("more stands behind the object")

    def _member(self) -> Member:
        self._skip()
        line = self._line_here()
        if not self._text.startswith('"', self._at):
            self._fail("expected a name in quotation marks")
        name = self._value()
        self._take(":", "':'")
        self._skip()
        return Member(name, self._value(), line)

    def _value(self) -> Any:
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            self._fail(error.msg.removesuffix(" at"))
        except RecursionError:
            self._fail("values lie too deep in each other")
        except ValueError as error:  # a number of thousands of digits, a name that stands twice
            self._fail(str(error))
        return value

    def _is_next(self, char: str) -> bool:
        self._skip()
        found = self._text.startswith(char, self._at)
        self._at += found
        return found

    def _take(self, char: str, what: str) -> None:
        if not self._is_next(char):
            self._fail(f"expected {what}")

    def _skip(self) -> None:
        if found := _SPACE.match(self._text, self._at):
            self._at = found.end()

    def _line_here(self) -> int:
        if self._at < self._counted:
            return self._line
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _fail(self, message: str) -> NoReturn:
        raise JsonFault(self._line_here(), message)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name!r} stands twice in one object")
        found[name] = value
    return found
