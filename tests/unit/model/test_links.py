"""The Link header, as servers write it and as they should not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import parse_links


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<https://a.example/?page=2>; rel="next"', {"next": "https://a.example/?page=2"}),
        ("</b>; rel=next, </a>; rel=prev", {"next": "/b", "prev": "/a"}),
        ('</a,b;c>; REL="Next Last"', {"next": "/a,b;c", "last": "/a,b;c"}),
        ('</a>; title="x, <evil>; rel=next"; rel=prev', {"prev": "/a"}),
        ('</a>; title="\\"q\\\\"; rel=next', {"next": "/a"}),
        ("</a>; rel=next; rel=prev", {"next": "/a"}),
        ("</a>; rel=next, </b>; rel=next", {"next": "/a"}),
        ("  , ,< /a >  ;  rel = next  ,, ", {"next": "/a"}),
        ("</a>", {}),
        ("</a>; flag; rel=next", {"next": "/a"}),
        ("nonsense, </a>; rel=next", {"next": "/a"}),
        ("</a; rel=next", {}),
        ('</a>; rel="next', {}),
        ("<>; rel=next", {"next": ""}),
        ("", {}),
    ],
)
def test_links_are_read_by_relation(header: str, expected: dict[str, str]) -> None:
    """Each well-formed link is found by its relation, the first of each wins, and malformed parts are skipped."""
    assert {rel: link.url for rel, link in parse_links(header).items()} == expected


def test_other_parameters_are_kept() -> None:
    """Parameters other than rel come with the link, by lower-case name, quotes and escapes undone."""
    link = parse_links('</a>; rel=next; Title="a \\"b\\""; hreflang=de; flag')["next"]
    assert link.params == {"title": 'a "b"', "hreflang": "de", "flag": ""}


@given(st.text(st.sampled_from('<>;,="\\ \ta/rel*\n'), max_size=200) | st.text())
def test_any_text_is_survived(header: str) -> None:
    """No header makes the parser raise."""
    for rel, link in parse_links(header).items():
        assert rel == link.rel == rel.lower()


@pytest.mark.parametrize("hostile", [",", " ", "<", "<,", "<a>;", ';a="', '<a>;a="\\",', "<a>; ", "<a>;a=,", '"', "<a>;rel=\t"])
def test_a_hostile_header_takes_linear_work(hostile: str) -> None:
    """A header of one trick repeated is read to its end; quadratic work would run into the time limit of all tests."""
    for _ in range(8):
        parse_links(hostile * 40_000)
        parse_links("<a>" + hostile * 40_000)


def test_a_header_is_read_up_to_a_bound() -> None:
    """What stands beyond 64 KiB is ignored."""
    assert parse_links(" " * 65_536 + "</a>; rel=next") == {}
