"""Patterns are read as ICU reads them, or refused with a reason."""

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icu4py.messageformat import MessageFormat

from seawall.l10n import Argument, Pound, arguments
from seawall.l10n._pattern import MAX_DEPTH, MAX_PATTERN, PatternError, parse_pattern
from seawall.l10n._render import Place, render

WORDS = [
    "{",
    "}",
    "'",
    "#",
    ",",
    "a",
    "other",
    "n",
    "plural",
    "select",
    "number",
    "date",
    "=1",
    "one",
    "offset:1",
    "offset:-1",
    "=-1",
    "2",
    "\u200f",
    "selectordinal",
    "::",
    "ä",
    "{n}",
    "{n,number,integer}",
    "''",
    "'{'",
    "'#'",
    "''''",
]
BEGUN = ["{n, plural, other{", "{n, select, a{", "other{#}}", " "]
SYNTAX = st.lists(st.sampled_from(WORDS + BEGUN), max_size=14).map("".join)


def rendered(pattern: str) -> str:
    return render(parse_pattern(pattern), lambda argument: Place(argument.name, argument.style))


@pytest.mark.parametrize(
    ("pattern", "tree"),
    [
        ("", ()),
        ("Hello", ("Hello",)),
        ("{name}", (Argument("name"),)),
        ("a { name } b", ("a ", Argument("name"), " b")),
        ("it's # {a}'s", ("it's # ", Argument("a"), "'s")),
        ("''{a}'' '{b}' '{it''s}'", ("'", Argument("a"), "' {b} {it's}")),
        ("{n, number}", (Argument("n", "number"),)),
        ("{d,date,::yMMMd}", (Argument("d", "date", "::yMMMd"),)),
        (
            "{n, plural, offset:1 =0{none} other{# '#'}}",
            (Argument("n", "plural", offset=1, arms=(("=0", ("none",)), ("other", (Pound(), " #")))),),
        ),
        ("{g, select, a{#} other{}}", (Argument("g", "select", arms=(("a", ("#",)), ("other", ()))),)),
        ("{g, select, 404{x} 2nd{} other{}}", (Argument("g", "select", arms=(("404", ("x",)), ("2nd", ()), ("other", ()))),)),
        (
            "{n, selectordinal, offset:-1 =-1{} other{}}",
            (Argument("n", "selectordinal", offset=-1, arms=(("=-1", ()), ("other", ()))),),
        ),
        (
            "{\u200fn\u200f,\u200fplural,\u200eoffset:\u200f1\u2028other\x85{}\u200f}",
            (Argument("n", "plural", offset=1, arms=(("other", ()),)),),
        ),
        ("{n, number,\u200f::.0\v}", (Argument("n", "number", "::.0"),)),
    ],
)
def test_a_pattern_becomes_a_tree(pattern: str, tree: tuple[object, ...]) -> None:
    """Text, apostrophes, placeholders, plurals and selects are told apart."""
    assert parse_pattern(pattern) == tree


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("}", "a '}' that closes nothing; as text it is written '}' in apostrophes (at character 1)"),
        ("a {", "expected the name of a placeholder (at character 4)"),
        ("a {b", "',' is missing"),
        ("{0}", "expected the name"),
        ("{a b}", "',' is missing"),
        ("{a, }", "what kind"),
        ("{a, choice, 0#x}", "kind 'choice'"),
        ("{a, spellout}", "kind 'spellout'"),
        ("{a, number, 0.00}", "the number style '0.00'"),
        ("{a, number, ::}", "the number style '::'"),
        ("{a, number, integer", "a style that nothing closes"),
        ("{a, date, {b}}", "a style that nothing closes"),
        ("{a, plural}", "',' is missing"),
        ("{a, plural, one{x}}", "lacks the selector 'other'"),
        ("{a, plural, other{x} other{y}}", "'other' stands twice"),
        ("{a, plural, male{x} other{y}}", "'male' is no selector of a plural"),
        ("{a, select, =1{x} other{y}}", "'=1' is no selector of a select"),
        ("{a, select, offset:1 other{x}}", "'{' is missing"),
        ("{a, plural, 1{x} other{y}}", "'1' is no selector of a plural"),
        ("{a, number, }", "the number style ''"),
        ("{a, date,}", "the date style ''"),
        ("{a, plural, other{x}", "expected a selector"),
        ("{a, plural, other{x", "'}' is missing"),
        ("'{a}", "an apostrophe opens a quotation that nothing closes"),
        ("x" * (MAX_PATTERN + 1), f"up to {MAX_PATTERN}"),
        ("{a, select, other{" * (MAX_DEPTH + 1), "deeper than"),
        ("{a, select, other{" * 500, "deeper than"),
    ],
)
def test_what_is_no_pattern_says_why(pattern: str, reason: str) -> None:
    """Each mistake is named, with the place where it was seen."""
    with pytest.raises(PatternError, match=re.escape(reason)):
        parse_pattern(pattern)


@settings(max_examples=1500, deadline=None)
@given(SYNTAX)
def test_what_is_read_is_what_icu_reads(pattern: str) -> None:
    """Any pattern is refused, or means the same as it stands and as it is written again, to us and to ICU."""
    try:
        tree = parse_pattern(pattern)
    except PatternError:
        return
    assert parse_pattern(rendered(pattern)) == tree
    words = {each.name for each in arguments(tree) if each.kind == "select"}
    values: dict[str, Any] = {each.name: "a" if each.name in words else 1 for each in arguments(tree)}
    if not any(each.name in words and each.kind not in ("", "select") for each in arguments(tree)):
        assert MessageFormat(pattern, "en").format(values) == MessageFormat(rendered(pattern), "en").format(values)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(pattern: str) -> None:
    """No text makes the parser fail in another way than with its own error."""
    with suppress(PatternError):
        parse_pattern(pattern)
