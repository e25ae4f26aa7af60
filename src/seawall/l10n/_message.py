"""One message in one language, ready to be said."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from ._formats import formatted
from ._icu import compiled
from ._params import Channel, Convert, ParamType, channel, converter, inferred
from ._pattern import Argument, Parts, PatternError, arguments
from ._render import Place, render

__all__ = ["Message"]

_SAMPLE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_FSI, _PDI = "\u2068", "\u2069"  # first strong isolate, and its end (Unicode Standard Annex 9)
# FormatJS writes dates, times and numbers so. ICU's own styles of these names differ from language to language ("05.11.2026" in
# German is medium), and it rounds halves to even. All that read the same file say the same.
_SKELETONS = {
    ("number", ""): "::.###",
    ("number", "integer"): "::precision-integer",
    ("number", "percent"): "::percent scale/100 precision-integer",
    ("date", ""): "::yMd",
    ("date", "short"): "::yyMd",
    ("date", "medium"): "::yMMMd",
    ("date", "long"): "::yMMMMd",
    ("date", "full"): "::yMMMMEEEEd",
    ("time", ""): "::jmmss",
    ("time", "short"): "::jmm",
    ("time", "medium"): "::jmmss",
    ("time", "long"): "::jmmssz",
    ("time", "full"): "::jmmssz",
}
_ROUNDING = "rounding-mode-half-up"
# A `#` is written so too: by itself ICU gives it a group of one digit, 1.234 in Spanish, where `{n, number}` is 1234.
_PLAIN_NUMBER = f"{_SKELETONS['number', '']} {_ROUNDING}"


class _Slot(msgspec.Struct, frozen=True):
    param: str
    slot: str
    convert: Convert


class Message:
    """A compiled pattern.

    One parameter may be shown as text, counted by a plural and asked by a select within one message, each time as another
    value: each use has a slot of its own in the pattern that ICU gets. That text is isolated there, and not in the
    parameter, lets a select still find its words.

    Args:
        parts: The pattern's tree.
        locale: Its language, as CLDR writes it.
        types: Declared types of parameters; one that is not declared may be anything its use allows.
        formats: Flutter's formats of parameters, which plain placeholders are written by.

    Raises:
        PatternError: A placeholder's kind and its declared type contradict each other, or ICU refuses the pattern.
        UsageError: icu4py is not installed.
    """

    __slots__ = ("_fixed", "_format", "_slots")

    def __init__(
        self, parts: Parts, locale: str, types: Mapping[str, ParamType], formats: Mapping[str, str] | None = None
    ) -> None:
        parts = formatted(parts, types, formats or {})
        slots: dict[tuple[str, Channel, int], _Slot] = {}
        uses: dict[str, set[str]] = {}
        for each in arguments(parts):
            uses.setdefault(each.name, set()).add(each.kind)
        types = {name: inferred(kinds) for name, kinds in uses.items()} | dict(types)

        def slot(name: str, wanted: Channel, offset: int = 0) -> str:
            made = _Slot(name, f"p{len(slots)}", _less(converter(wanted, types[name]), offset))
            return slots.setdefault((name, wanted, offset), made).slot

        def placed(argument: Argument) -> Place:
            declared = types[argument.name]
            wanted = channel(argument.kind, declared)
            if wanted is None:
                raise PatternError(f"{argument.name!r} is declared as {declared.value} and used as {argument.kind}")
            here, style = slot(argument.name, wanted), _style(argument, locale)
            if argument.kind in ("plural", "selectordinal"):
                return Place(here, style, pound=f"{{{slot(argument.name, wanted, argument.offset)}, number, {_PLAIN_NUMBER}}}")
            isolated = wanted is Channel.TEXT and declared in (ParamType.STRING, ParamType.ANY)
            return Place(here, style, _FSI, _PDI) if isolated else Place(here, style)

        self._format: Callable[[dict[str, Any]], str] = compiled(render(parts, placed), locale)
        self._slots = tuple((each.param, each.slot, each.convert) for each in slots.values())
        self._fixed = None if uses else _or_nothing(self._format({}))

    def text(self, params: Mapping[str, Any]) -> str | None:
        """Return the text; None if a parameter is missing or of another type than declared, or the text is blank.

        Tools for translators write what nobody has translated yet as "".
        """
        if self._fixed is not None:
            return self._fixed or None
        values: dict[str, Any] = {}
        for param, slot, convert in self._slots:
            value = convert(params.get(param))
            if value is None:
                return None
            values[slot] = value
        try:
            text = self._format(values)
        except (ArithmeticError, OSError, RuntimeError, ValueError):  # a time before all calendars, and what ICU refuses
            return None
        return _or_nothing(text) or None


def _or_nothing(text: str) -> str:
    return "" if text.isspace() else text


def _less(convert: Convert, offset: int) -> Convert:
    """What a `#` shows: the number without the plural's offset."""
    if not offset:
        return convert

    def less(value: Any) -> Any:
        number = convert(value)
        return None if number is None else number - offset

    return less


def _style(argument: Argument, locale: str) -> str:
    style = _SKELETONS.get((argument.kind, argument.style), argument.style)
    if argument.kind == "number" and "rounding-mode" not in style:
        style = f"{style} {_ROUNDING}"
    if argument.style.startswith("::") and not _shows_something(argument.kind, style, locale):
        raise PatternError(f"{argument.name}: the {argument.kind} style {argument.style!r} says nothing to ICU")
    return style


def _shows_something(kind: str, style: str, locale: str) -> bool:
    """Whether ICU can read a skeleton: a wrong one for numbers it refuses, a wrong one for dates it writes as nothing."""
    try:
        return bool(compiled(f"{{x, {kind}, {style}}}", locale)({"x": 1 if kind == "number" else _SAMPLE}))
    except PatternError:
        return False
