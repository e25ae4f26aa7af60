"""A message says what its parameters are, or nothing."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import Secret
from seawall.l10n import ParamType
from seawall.l10n._message import Message
from seawall.l10n._params import MAX_TEXT
from seawall.l10n._pattern import PatternError, parse_pattern

MOMENT = datetime(2026, 1, 2, 12, tzinfo=UTC)


def said(pattern: str, params: dict[str, Any], locale: str = "en", **types: ParamType) -> str | None:
    return Message(parse_pattern(pattern), locale, types).text(params)


def test_text_is_isolated() -> None:
    """A parameter that is text stands between isolates, so that its direction disturbs nothing around it."""
    assert said("Not {what}!", {"what": "الوكيل"}) == "Not \u2068الوكيل\u2069!"


def test_text_cannot_leave_its_isolate() -> None:
    """Control characters, marks of direction and halves of characters in a parameter become spaces."""
    assert said("{what}", {"what": "a\u2069\u202eb\nc\x00\ud800"}) == "\u2068a  b c  \u2069"


def test_other_characters_stay() -> None:
    """What is not printable in Python's eyes and steers nothing, as no-break spaces do, is kept."""
    assert said("{what}", {"what": "10\u00a0km"}) == "\u206810\u00a0km\u2069"


def test_a_select_sees_the_bare_word() -> None:
    """One parameter may be asked by a select and shown as text, each in its own form."""
    pattern = "{role, select, admin{Admin {role}} other{Somebody}}"
    assert said(pattern, {"role": "admin"}, role=ParamType.STRING) == "Admin \u2068admin\u2069"


def test_a_plain_number_shows_its_digits() -> None:
    """A number without a format is shown as it is, as in Flutter and FormatJS; with one, by the language's rules."""
    assert said("{n} {n, number} {n, plural, other{#}}", {"n": 12345}, "de", n=ParamType.INTEGER) == "12345 12.345 12.345"
    assert said("{n}", {"n": 2.0}, n=ParamType.NUMBER) == "2"
    assert said("{n}", {"n": 2.5}, n=ParamType.NUMBER) == "2.5"


@pytest.mark.parametrize(
    ("declared", "value", "text"),
    [
        (ParamType.STRING, "x", "\u2068x\u2069"),
        (ParamType.STRING, "", "\u2068\u2069"),
        (ParamType.INTEGER, 3, "3"),
        (ParamType.INTEGER, 3.0, "3"),
        (ParamType.INTEGER, "-3", "-3"),
        (ParamType.NUMBER, 0.5, "0.5"),
        (ParamType.NUMBER, "0.5", "0.5"),
        (ParamType.ANY, 7, "\u20687\u2069"),
        (ParamType.ANY, "x", "\u2068x\u2069"),
    ],
)
def test_a_parameter_of_its_type_is_shown(declared: ParamType, value: object, text: str) -> None:
    """What has the declared type is shown; numbers written as text are numbers."""
    assert said("{x}", {"x": value}, x=declared) == text


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        *((ParamType.STRING, value) for value in (None, 3, True, b"x", ["x"], {"x": 1}, "x" * (MAX_TEXT + 1), Secret("x"))),
        *((ParamType.INTEGER, value) for value in (None, 3.5, True, "", "3.5", "drei", "٣", "9" * 30, 2**63, "1e3", [3])),
        *((ParamType.NUMBER, value) for value in (float("nan"), float("inf"), "NaN", False, "1,5", 10**400, {}, "0x1")),
        *(
            (ParamType.DATE_TIME, value)
            for value in (None, 3, "", "gestern", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02T03:04:05." + "0" * 40 + "Z")
        ),
        *((ParamType.ANY, value) for value in (None, True, [], {}, float("nan"))),
    ],
)
def test_a_parameter_of_another_type_is_not_shown(declared: ParamType, value: object) -> None:
    """What is missing or not of the declared type makes the message unusable, and nothing raises."""
    assert said("{x}", {"x": value}, x=declared) is None
    assert said("{x}", {}, x=declared) is None


@pytest.mark.parametrize("value", ["2026-01-02T12:00:00Z", "2026-01-02T13:00:00+01:00", "2026-01-02T12:00:00.123456789Z", MOMENT])
def test_a_moment_is_a_date_in_its_language(value: object) -> None:
    """Moments come as RFC 3339 text or as datetimes."""
    assert said("{x, date, long}", {"x": value}, "de") == "2. Januar 2026"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00Z"])
def test_moments_at_the_end_of_the_calendar_do_no_harm(text: str) -> None:
    """The first and the last moments give a text or none, and no error."""
    shown = said("{x, date, long}", {"x": text}, x=ParamType.DATE_TIME)
    assert shown is None or "{" not in shown


@pytest.mark.parametrize("error", [OverflowError, OSError, RuntimeError, ValueError])
def test_a_moment_that_cannot_be_reckoned_is_not_shown(error: type[Exception]) -> None:
    """A time zone of the app's own that fails takes the message out, and hides no problem behind its error."""

    class Broken(tzinfo):
        def utcoffset(self, _: datetime | None) -> timedelta:
            raise error

    assert said("{x, date}", {"x": datetime(2026, 1, 2, tzinfo=Broken())}) is None


@pytest.mark.parametrize(
    ("locale", "pattern", "value", "text"),
    [
        ("es", "{n, plural, other{#}}", 1234, "1234"),
        ("es", "{n, plural, other{{n, number}}}", 12345, "12.345"),
        ("en", "{n, plural, other{#}}", 0.0005, "0.001"),
        ("en", "{n, plural, offset:1 other{#}}", 1235, "1,234"),
        ("en", "{n, plural, offset:1 =1{you} one{you and one} other{you and #}}", 2, "you and one"),
        ("es", "{n, plural, offset:1 other{#}} {n, plural, offset:-1 other{#}}", 1235, "1234 1236"),
        ("es", "{n, selectordinal, offset:1 other{#}} {n, number}", 12346, "12.345 12.346"),
        ("en", "{n, plural, other{'#'#'' '{'#'}' '#'}}", 2, "#2' {2} #"),
        ("en", "{n, plural, offset:1 other{'#'#'' '{'#'}' '#'}}", 3, "#2' {2} #"),
        ("en", "{n, plural, other{# {m, plural, offset:1 other{#}} #}}", 2, "2 4 2"),
    ],
)
def test_the_number_of_a_plural_is_written_like_any_other(locale: str, pattern: str, value: float, text: str) -> None:
    """A `#` groups and rounds as `{n, number}` does, and with an offset it is the rest."""
    assert said(pattern, {"n": value, "m": 5}, locale) == text


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("ru", {1: "1 файл", 2: "2 файла", 5: "5 файлов", 21: "21 файл"}),
        ("en", {1: "1 файлов", 2: "2 файлов"}),
    ],
)
def test_a_plural_follows_its_language(locale: str, texts: dict[int, str]) -> None:
    """The forms are chosen by the language of the message, and `other` serves where a language lacks a form."""
    forms = "few{# файла} many{# файлов} other{# файлов}"
    pattern = f"{{n, plural, {'one{# файл} ' if locale == 'ru' else ''}{forms}}}"
    assert {n: said(pattern, {"n": n}, locale) for n in texts} == texts


@pytest.mark.parametrize(
    ("pattern", "declared"),
    [
        ("{x, plural, other{}}", ParamType.STRING),
        ("{x, number}", ParamType.DATE_TIME),
        ("{x, date}", ParamType.INTEGER),
        ("{x, select, other{}}", ParamType.DATE_TIME),
    ],
)
def test_a_use_against_its_declared_type_is_refused(pattern: str, declared: ParamType) -> None:
    """A message that could never be said is found when it is compiled."""
    with pytest.raises(PatternError, match=f"'x' is declared as {declared.value} and used as"):
        said(pattern, {}, x=declared)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("{x, number, ::no/such}", "x: the number style '::no/such' says nothing to ICU"),
        ("{x, plural, other{{y, date, ::foo}}}", "y: the date style '::foo' says nothing to ICU"),
        ("{x, time, ::wYYYY}", "x: the time style '::wYYYY' says nothing to ICU"),
    ],
)
def test_what_only_icu_knows_is_refused_too(pattern: str, reason: str) -> None:
    """A skeleton that ICU cannot read, or writes as nothing, is found when the message is compiled."""
    with pytest.raises(PatternError, match=re.escape(reason)):
        said(pattern, {})


@pytest.mark.parametrize(
    ("style", "value", "text"),
    [
        ("number", 0.0005, "0.001"),
        ("number, integer", 2.5, "3"),
        ("number, integer", -2.5, "-3"),
        ("number, percent", 0.125, "13%"),
        ("number, ::.00", 1.005, "1.01"),
        ("number, ::compact-short", 12_500, "13K"),
        ("number, ::.0 rounding-mode-down", 0.19, "0.1"),
    ],
)
def test_halves_are_rounded_up_as_people_do(style: str, value: float, text: str) -> None:
    """ICU by itself would round them to even; FormatJS, and who checks the sum, does not."""
    assert said(f"{{x, {style}}}", {"x": value}) == text


@pytest.mark.parametrize("pattern", ["", " \n", "{n, plural, one{} other{#}}", "{n, select, 1{ } other{x}}"])
def test_nobody_is_told_nothing(pattern: str) -> None:
    """A blank text says nothing, so that another message may."""
    assert said(pattern, {"n": 1}) is None
    assert said(" x ", {}) == " x "


@pytest.mark.parametrize(("value", "text"), [(True, "yes"), (False, "no"), ("true", "yes"), (1, "?"), (404, "gone")])
def test_a_select_asks_for_truth_and_numbers_too(value: object, text: str) -> None:
    """What is not declared as text may be true, false or a number, as in FormatJS; a bool is shown nowhere."""
    pattern = "{x, select, true{yes} false{no} 404{gone} other{?}}"
    assert said(pattern, {"x": value}) == text
    assert said("{x, select, true{yes} other{?}}", {"x": True}, x=ParamType.STRING) is None
    assert said("{x, select, true{yes} other{{x}}}", {"x": True}) is None


def test_an_undeclared_parameter_is_what_its_uses_allow() -> None:
    """Without a declaration the kinds of all placeholders of a name decide its type."""
    assert said("{n} {n, plural, other{#}}", {"n": "x"}) is None
    assert said("{t} {t, date}", {"t": "x"}) is None
    assert said("{n} {n, plural, other{#}}", {"n": 1}) == "1 1"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(ANYTHING, st.sampled_from(ParamType), st.sampled_from(["{x}", "{x, number}", "{x, date}", "{x, plural, other{# {x}}}"]))
def test_no_parameter_raises_or_shows_a_placeholder(value: object, declared: ParamType, pattern: str) -> None:
    """Whatever a server sends, there is a text without a placeholder, or none."""
    try:
        message = Message(parse_pattern(pattern), "ar", {"x": declared})
    except PatternError:
        return
    shown = message.text({"x": value})
    assert shown is None or "{p" not in shown or (isinstance(value, str) and "{p" in value)
