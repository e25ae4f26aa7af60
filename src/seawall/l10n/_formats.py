"""Flutter's `format` of a placeholder: it says in the metadata how a plain `{when}` or `{n}` is written."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ._params import ParamType
from ._pattern import Argument, ArgumentKind, Part, Parts

__all__ = ["format_in", "format_style", "formatted"]

_SKELETON = re.compile(r"[A-Za-z]{1,20}(?:\+[A-Za-z]{1,20}){0,3}").fullmatch
_BEFORE_DIGITS = {"decimalPatternDigits": "::", "decimalPercentPattern": "::percent scale/100 "}
_WITH_DIGITS = re.compile(rf"({'|'.join(_BEFORE_DIGITS)})\(([0-9])\)").fullmatch
_NUMBERS = {
    "compact": "::compact-short",
    "compactLong": "::compact-long",
    "decimalPattern": "",
    "percentPattern": "percent",
    "scientificPattern": "::scientific",
}


def format_in(facts: Mapping[str, Any]) -> str | None:
    """Return the format of a placeholder, None for none: its name, with its digits in brackets where it has them."""
    word, options = facts.get("format"), facts.get("optionalParameters")
    digits = options.get("decimalDigits") if isinstance(options, dict) else None
    if not isinstance(word, str):
        return None
    return f"{word}({digits})" if isinstance(digits, int) else word


def format_style(declared: ParamType, name: str) -> tuple[ArgumentKind, str] | None:
    """Return kind and style of a placeholder with this format, None for a format that only Flutter knows."""
    if declared is ParamType.DATE_TIME:
        return ("date", f"::{name.replace('+', '')}") if _SKELETON(name) else None
    if declared not in (ParamType.INTEGER, ParamType.NUMBER):
        return None
    if found := _WITH_DIGITS(name):
        precision = f".{'0' * int(found[2])}" if int(found[2]) else "precision-integer"
        return ("number", f"{_BEFORE_DIGITS[found[1]]}{precision}")
    return ("number", _NUMBERS[name]) if name in _NUMBERS else None


def formatted(parts: Parts, types: Mapping[str, ParamType], formats: Mapping[str, str]) -> Parts:
    """Return a tree in which the plain placeholders are written by their formats."""
    return tuple(_formatted(part, types, formats) for part in parts) if formats else parts


def _formatted(part: Part, types: Mapping[str, ParamType], formats: Mapping[str, str]) -> Part:
    if not isinstance(part, Argument):
        return part
    if part.arms:
        arms = tuple((selector, formatted(arm, types, formats)) for selector, arm in part.arms)
        return msgspec.structs.replace(part, arms=arms)
    if part.kind or part.name not in formats or part.name not in types:
        return part
    style = format_style(types[part.name], formats[part.name])
    return Argument(part.name, *style) if style else part
