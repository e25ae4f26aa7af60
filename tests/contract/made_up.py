"""Contracts that nobody would write: odd names, texts with the signs of every grammar on the way, params that steer terminals."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from seawall_tools.codes._names import class_name, default_key, is_code, is_key, param_fault
from tests.contract.contracts import COUNT, LOCALES, TYPES, WORD, Code, Pieces, Question, Shown

__all__ = ["contracts"]

# Codes that make names of Python and of the generated modules, and params that do.
PARTS = ["AGENT", "NOT", "FOUND", "IMPLEMENTED", "ERROR", "CODE", "PROBLEM", "STR", "ENUM", "DATETIME", "X9", "4", ""]
WHOLE = ["APP_UPGRADE_REQUIRED", "VALIDATION_ERROR", "EXCEPTION", "NAME", "NONE", "MRO", "SEAWALL", "STATUS_PROBLEM"]
PARAMS = [
    *("action", "n", "resource", "minimum", "seawall", "key", "one", "dict", "list", "bool", "isinstance", "value", "app"),
    *("other", "plural", "select", "count", "number", "i18n", "a_1_b", "type_", "lambda_"),
]
# What ends a text in Markdown, Python, JSON, ICU's patterns or HTML, or seems to.
SIGNS = ["'", '"', '"""', "\\", "\\n", "`", "**", "#", "|", "<b>", "%s", "%(a)s", "$", "&amp;", "- ", "](x)", "😀", "مرحبا"]
TRICKS = [
    *("{n}", "{", "}", "'{n}'", "{n, plural, other{#}}", "a\nb\r\n", "\x00\x1b[2J", "\u202eexe\u202c", "\u2066\u2069\u2069"),
    *("\ufeff", "\u200f", "\ud800", "\U0001f469\u200d\U0001f680", WORD, "", " ", "x" * 500, "x" * 501, "x" * 5000),
]
NUMBERS = [0.1, -0.0, float(COUNT), 1e-7, 2.0**53, 1e300]
MOMENTS = [datetime.min, datetime.max, datetime(2026, 11, 22, 12, 30, 0, 5)]
LONGEST = 2**63

_NAMES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("_".join).filter(is_code) | st.sampled_from(WHOLE)
_PARAMS = (st.sampled_from(PARAMS) | st.text("abz_9", min_size=1, max_size=40)).filter(lambda name: param_fault(name) is None)
_WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="{}'"), max_size=12)
_LITERALS = st.lists(_WORDS | st.sampled_from(SIGNS), min_size=1, max_size=5).map(lambda words: " ".join(" ".join(words).split()))
_ZONES = st.none() | st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_STATUSES = st.integers(400, 599)
_VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=30) | st.sampled_from(TRICKS),
    "integer": st.integers(-LONGEST, LONGEST - 1) | st.sampled_from([0, 1, COUNT, 2**53 + 1, -LONGEST, LONGEST - 1]),
    "number": st.floats() | st.sampled_from(NUMBERS) | st.integers(-(2**40), 2**40),
    "date-time": st.datetimes(timezones=_ZONES) | st.sampled_from(MOMENTS),
}


def _pieces(names: list[str], *kinds: type[Shown] | type[Question]) -> st.SearchStrategy[Pieces]:
    params = [st.sampled_from(names).map(kind) for kind in kinds] if names else []
    return st.lists(st.one_of(_LITERALS, *params), max_size=6).map(tuple)


@st.composite
def _code(draw: st.DrawFn, name: str) -> Code:
    types = draw(st.dictionaries(_PARAMS, st.sampled_from(TYPES), max_size=4))
    optional = frozenset(param for param in types if draw(st.booleans()))
    shown = _pieces(list(types), Shown)
    told = st.tuples(shown, _pieces([param for param, kind in types.items() if kind != "date-time"], Shown, Question))
    return Code(
        name=name,
        status=draw(_STATUSES),
        key=draw(st.sampled_from([default_key(name), f"error_{name.lower()}", f"x{name}"]).filter(is_key)),
        description="It happens. " + draw(_LITERALS),
        detail=("Refused: ", *draw(shown)),
        words={locale: (f"{locale} {name}: ", *sum(draw(told), ())) for locale in LOCALES[1:]},
        types=types,
        optional=optional,
        values={param: draw(_VALUES[kind]) for param, kind in types.items() if param not in optional or draw(st.booleans())},
        retryable=draw(st.none() | st.booleans()),
        internal=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def contracts(draw: st.DrawFn) -> list[Code]:
    """A few codes, whose classes and keys differ."""
    codes = [draw(_code(name)) for name in draw(st.lists(_NAMES, min_size=1, max_size=6, unique_by=class_name))]
    return list({code.key: code for code in codes}.values())
