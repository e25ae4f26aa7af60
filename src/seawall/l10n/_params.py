"""What a message's parameters may be: of the declared type or not used at all.

Parameters come from servers, so nothing is believed. Numbers and times written as text are read, because JSON has no
times and some servers quote their numbers; nothing else is changed into another type, and a bool is no number.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

__all__ = ["ARB_TYPES", "MAX_TEXT", "Channel", "Convert", "ParamType", "channel", "converter", "inferred"]

MAX_TEXT = 500  # characters of a parameter; a longer one is no name of anything
Convert: TypeAlias = Callable[[Any], Any]  # gives None for what is of another type

_MAX_NUMBER = 2**63  # beyond it, ICU and JSON readers differ
_MAX_WRITTEN = 40  # characters of a number or time written as text
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?").fullmatch
# Control characters, marks that reorder or isolate text (they would break out of our isolates), halves of characters.
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class ParamType(StrEnum):
    """Type of a parameter, by the words of the error document."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    DATE_TIME = "date-time"
    ANY = "any"


class Channel(StrEnum):
    """What ICU gets for a placeholder; one parameter may go through several in one message."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    WORD = "word"


# Flutter's names, and the document's.
ARB_TYPES: Mapping[str, ParamType] = {
    **{kind.value: kind for kind in ParamType if kind is not ParamType.ANY},
    "String": ParamType.STRING,
    "int": ParamType.INTEGER,
    "num": ParamType.NUMBER,
    "double": ParamType.NUMBER,
    "DateTime": ParamType.DATE_TIME,
    "Object": ParamType.ANY,
}
_NUMERIC = {ParamType.INTEGER, ParamType.NUMBER}
_CHANNELS = {"number": Channel.NUMBER, "plural": Channel.NUMBER, "selectordinal": Channel.NUMBER}
_CHANNELS |= {"date": Channel.TIME, "time": Channel.TIME, "select": Channel.WORD}


def channel(kind: str, declared: ParamType) -> Channel | None:
    """Return how a placeholder of this kind gets its value; None where the declared type cannot serve it."""
    if not kind:
        return Channel.TIME if declared is ParamType.DATE_TIME else Channel.TEXT
    wanted = _CHANNELS[kind]
    if declared is ParamType.ANY:
        return wanted
    fits = {
        Channel.NUMBER: declared in _NUMERIC,
        Channel.TIME: declared is ParamType.DATE_TIME,
        Channel.WORD: declared is not ParamType.DATE_TIME,
    }
    return wanted if fits[wanted] else None


def inferred(uses: Iterable[str]) -> ParamType:
    """Return the type of an undeclared parameter, from the kinds of all its placeholders."""
    channels = {_CHANNELS.get(kind) for kind in uses}
    if Channel.TIME in channels:
        return ParamType.DATE_TIME
    return ParamType.NUMBER if Channel.NUMBER in channels else ParamType.ANY


def converter(wanted: Channel, declared: ParamType) -> Convert:
    """Return what checks a parameter and makes of it what ICU gets."""
    if wanted is Channel.TIME:
        return _time
    if wanted is Channel.NUMBER:
        return _integer if declared is ParamType.INTEGER else _number
    if declared in _NUMERIC:
        return _digits(_integer if declared is ParamType.INTEGER else _number)
    if declared is ParamType.STRING:
        return _text
    return _word if wanted is Channel.WORD else _shown


def _text(value: Any) -> str | None:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        return None
    return value if value.isprintable() else _STEERING.sub(" ", value)


def _number(value: Any) -> int | float | None:
    if isinstance(value, str):
        if len(value) > _MAX_WRITTEN or not _NUMBER(value):
            return None
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -_MAX_NUMBER <= value < _MAX_NUMBER else None  # which NaN is not, either


def _integer(value: Any) -> int | None:
    number = _number(value)
    return None if number is None or number != int(number) else int(number)


def _digits(read: Callable[[Any], int | float | None]) -> Convert:
    """A plain `{n}` shows the digits as they are, as in Flutter and FormatJS: it may be a number of a house or a ticket."""

    def digits(value: Any) -> str | None:
        number = read(value)
        if isinstance(number, float) and number == int(number):
            number = int(number)
        return None if number is None else str(number)

    return digits


_written = _digits(_number)


def _shown(value: Any) -> str | None:
    return _text(value) if isinstance(value, str) else _written(value)


def _word(value: Any) -> str | None:
    """What a select asks about: `true` and `false` are words there, in FormatJS too; nowhere are they shown."""
    return str(value).lower() if isinstance(value, bool) else _shown(value)


def _time(value: Any) -> datetime | None:
    """A moment, which needs an offset (RFC 3339): without one nobody knows which moment it is."""
    if isinstance(value, str) and len(value) <= _MAX_WRITTEN:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo is not None else None
