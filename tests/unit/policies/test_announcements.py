"""What a server's header fields announce about its resources."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import Deprecated, Event, Headers, ServerWarning, SunsetAnnounced
from seawall.policies.lifecycle import announcements

NOW = 1_700_000_000.0
URL = "https://api.acme.example/v1/agents"


def announced(*pairs: tuple[str, str]) -> list[tuple[type[Event], dict[str, Any]]]:
    """What a response with these fields announces."""
    return announcements(Headers(pairs), URL, NOW)


@pytest.mark.parametrize(
    ("field", "since"),
    [
        ("@1688169599", 1688169599.0),  # RFC 9745, section 2.1
        (" @1688169599 ", 1688169599.0),
        ("@1688169599;x=1", 1688169599.0),
        ("@-1", -1.0),
        ("true", None),  # the drafts
        ("?1", None),
        ("Sun, 11 Nov 2018 23:59:59 GMT", 1541980799.0),
        ('"Sun, 11 Nov 2018 23:59:59 GMT"', 1541980799.0),
    ],
)
def test_deprecation_is_read_in_its_three_forms(field: str, since: float | None) -> None:
    """RFC 9745's seconds and the drafts' forms say since when."""
    assert announced(("Deprecation", field)) == [(Deprecated, {"since": since, "link": None})]


@pytest.mark.parametrize("field", ["", "false", "?0", "@", "@x", "@1e9", "1688169599", "@" + "9" * 13, "soon", "x" * 9999])
def test_a_malformed_deprecation_is_none(field: str) -> None:
    """What says neither a moment nor yes announces nothing."""
    assert announced(("Deprecation", field)) == []


def test_sunset_is_an_http_date() -> None:
    """RFC 8594: the moment is a date; anything else is skipped."""
    facts = {"moment": 1546300799.0, "link": None}
    assert announced(("Sunset", "Mon, 31 Dec 2018 23:59:59 GMT")) == [(SunsetAnnounced, facts)]
    assert announced(("Sunset", "tomorrow")) == []


def test_links_are_resolved_and_redacted() -> None:
    """Each announcement has the link of its own relation, absolute and without secrets."""
    link = '</docs/old?token=canary7f3a>; rel="deprecation", <https://b.example/end>; rel="sunset"'
    found = announced(("Deprecation", "@1"), ("Sunset", "Mon, 31 Dec 2018 23:59:59 GMT"), ("Link", link))
    assert [facts["link"] for _, facts in found] == [
        "https://api.acme.example/docs/old?token=[redacted]",
        "https://b.example/end",
    ]
    assert announced(("Deprecation", "@1"), ("Link", '<http://[::1>; rel="deprecation"'))[0][1]["link"] is None


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('299 - "Old version"', [("-", "Old version")]),
        ('299 api.example "Say \\"hi\\"" "Sat, 01 Jan 2022 00:00:00 GMT"', [("api.example", 'Say "hi"')]),
        ('110 - "Stale", 299 a "One", 299 b "Two"', [("a", "One"), ("b", "Two")]),
        ('299 - "tab\tand more"', [("-", "tab?and more")]),
        ('199 - "Passing"', []),
        ('1299 - "No"', []),
        ('299 - "open', []),
        ("299", []),
    ],
)
def test_only_lasting_warnings_count(field: str, expected: list[tuple[str, str]]) -> None:
    """Warnings of code 299 are told, unescaped and without control characters; others concern caches."""
    assert announced(("Warning", field)) == [(ServerWarning, {"agent": agent, "text": text}) for agent, text in expected]


def test_warnings_are_bounded() -> None:
    """Neither many warnings nor long ones are kept whole."""
    found = announced(("Warning", ", ".join([f'299 {"a" * 150} "{"t" * 300}"'] * 20)))
    assert len(found) == 4
    assert all(len(facts["agent"]) == 100 and len(facts["text"]) == 200 for _, facts in found)


@given(st.lists(st.tuples(st.sampled_from(["deprecation", "sunset", "warning", "link"]), st.text(max_size=80)), max_size=6))
def test_any_fields_are_survived(pairs: list[tuple[str, str]]) -> None:
    """Whatever the fields hold, reading them never raises."""
    for kind, facts in announced(*pairs):
        kind(method="GET", url=URL, route=None, at=0.0, **facts)
