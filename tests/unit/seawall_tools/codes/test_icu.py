"""The arguments of messages: what ICU accepts, and what ICU refuses."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icu4py.messageformat import MessageFormat

from seawall_tools.codes._icu import MessageError, arguments

PIECES = [
    *"{}'#,| =a1 ",
    *("plural", "select", "number", "date", "other", "one", "n", "''", "offset:1 ", "=1", "}}"),
    *("{n}", "{n, plural, other {", "other {x}", "=1 {", "{a, select, other {", "{n, date, ", "{n, number}"),
]


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("plain } text", set()),
        ("{a} and { b }", {"a", "b"}),
        ("it's {a}, not '{b}'", {"a"}),
        ("it''s {a}, '''{b}'", {"a"}),
        ("{n, plural, offset:1 =0 {{who}} one {# '{x}'} other {# {what}}}", {"n", "who", "what"}),
        ("{g, select, f {{n, plural, one {{a}} other {{b}}}} other {}}", {"g", "n", "a", "b"}),
        ("{d, date, yyyy 'o''clock {' MM} {t, time, short} {n, number, {x}}", {"d", "t", "n"}),
        ("{n, selectordinal, one {#st} other {'#'{th}}}", {"n", "th"}),
    ],
)
def test_arguments_are_found_wherever_they_stand(message: str, names: set[str]) -> None:
    """Arguments of branches count, quoted braces do not, and styles of numbers and dates hold none."""
    assert arguments(message) == names


@pytest.mark.parametrize(
    "message",
    ["{", "{a", "{}", "{a b}", "{a, number", "{a, what}", "{a,}", "{n, plural}", "{n, plural, one {x}}", "{n, plural, other {x}",
     "{" * 99, "{a, select, offset:1 other {}}", "{n, plural, one {} offset:1 other {}}", "{d, date, '}"],
)  # fmt: skip
def test_what_icu_refuses_is_refused(message: str) -> None:
    """Braces that are not closed, types that do not exist, and plurals without `other` are a MessageError."""
    with pytest.raises(MessageError):
        arguments(message)


def test_branches_have_a_bottom() -> None:
    """Branches within branches end at a bound, and not with the stack."""
    with pytest.raises(MessageError, match="deep"):
        arguments("{n, plural, other {" * 10_000)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=1000)
@example("'{")
@example("{n, plural, other {'#{'}}")
@example("'#{'")
def test_icu_is_of_the_same_opinion(message: str) -> None:
    """A message is accepted exactly where ICU itself accepts it."""
    try:
        MessageFormat(message, "en")
    except ValueError:
        accepted = False
    else:
        accepted = True
    try:
        arguments(message)
    except MessageError:
        assert not accepted
    else:
        assert accepted
