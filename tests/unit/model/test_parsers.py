"""Lines and server-sent events: the same items wherever the network cuts the bytes."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import LineParser, ServerEvent, ServerEventParser, StreamLimitError

PARTS = st.sampled_from(
    [
        b"\r",
        b"\n",
        b"\r\n",
        b"data",
        b"data:",
        b"event:",
        b"id:",
        b"retry:",
        b":",
        b" ",
        b"a",
        b"7",
        b"\0",
        "é€😀".encode(),
        b"\xef\xbb\xbf",
    ]
)
STREAMS = st.lists(PARTS | st.binary(max_size=4), max_size=30).map(b"".join)
BOUNDARIES = st.lists(st.integers(0, 60), max_size=8)


def lines_of(*pieces: bytes) -> list[str]:
    parser = LineParser()
    return [line for piece in pieces for line in parser.feed(piece)] + parser.finish()


def events_of(*pieces: bytes) -> list[ServerEvent]:
    parser = ServerEventParser()
    return [event for piece in pieces for event in parser.feed(piece)] + parser.finish()


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(STREAMS)
def test_lines_are_those_of_the_whole_text(data: bytes) -> None:
    """Lines are what lies between CRLF, LF and lone CR, and the last counts if anything is in it."""
    lines = re.split("\r\n|\n|\r", data.decode("utf-8", "replace"))
    assert lines_of(data) == (lines if lines[-1] else lines[:-1])


@given(STREAMS)
def test_every_cut_gives_the_same(data: bytes) -> None:
    """Cutting the stream in two at any byte, or into single bytes, changes neither lines nor events."""
    lines, events = lines_of(data), events_of(data)
    for place in range(len(data) + 1):
        assert lines_of(data[:place], data[place:]) == lines
        assert events_of(data[:place], b"", data[place:]) == events
    singles = [bytes([byte]) for byte in data]
    assert lines_of(*singles) == lines
    assert events_of(*singles) == events


@given(STREAMS, BOUNDARIES)
def test_any_pieces_give_the_same(data: bytes, places: list[int]) -> None:
    """Cutting the stream at any number of places changes neither lines nor events."""
    assert lines_of(*cut(data, places)) == lines_of(data)
    assert events_of(*cut(data, places)) == events_of(data)


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: a\n\n", [ServerEvent("a")]),
        (b"data:a\ndata: b\ndata\n\n", [ServerEvent("a\nb\n")]),
        (b"data\n\n", [ServerEvent("")]),
        (b"\xef\xbb\xbfdata: a\n\n", [ServerEvent("a")]),
        (b": comment\n\nevent: x\ndata:  a\n\n", [ServerEvent(" a", "x")]),
        (b"event: x\n\ndata: a\n\n", [ServerEvent("a")]),
        (b"id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", [ServerEvent("a", id="7"), ServerEvent("b", id="7"), ServerEvent("c")]),
        (b"id: a\0b\ndata: a\n\n", [ServerEvent("a")]),
        (b"retry: 1500\ndata: a\n\n", [ServerEvent("a", retry=1.5)]),
        (b"retry: 1.5\nretry: -1\nretry: \xc2\xb2\nretry: 999999999999999\ndata: a\n\n", [ServerEvent("a")]),
        (b"data: a\n", []),
        (b"other: a\nDATA: b\n\n", []),
        (b"data: \xff\n\n", [ServerEvent("\ufffd")]),
        (b'data: {"a":1}\r\n\r\n', [ServerEvent('{"a":1}')]),
    ],
)
def test_events_follow_the_standard(stream: bytes, expected: list[ServerEvent]) -> None:
    """Fields, comments, ids, the byte order mark and unfinished events are read as WHATWG HTML says."""
    assert events_of(stream) == expected


def test_an_event_is_read_as_json() -> None:
    """The data of an event can be taken as JSON, plain or as a type, and what is none is a ValueError."""
    assert ServerEvent("[1]").json() == [1]
    assert ServerEvent("[1]").json(list[int]) == [1]
    for data in ("", "[", '["a"]'):
        with pytest.raises(ValueError, match=r"."):
            ServerEvent(data).json(list[int])


@pytest.mark.parametrize("piece", [b"a", b"ab", b"abcdef", "é".encode()])
def test_an_endless_line_is_refused(piece: bytes) -> None:
    """A line over the bound is refused, in whatever pieces it comes, before it fills memory."""
    parser = LineParser(limit=10)
    assert parser.feed(b"0123456789\n") == ["0123456789"]
    with pytest.raises(StreamLimitError):
        _ = [parser.feed(piece) for _ in range(12)]


def test_a_line_over_the_bound_is_refused_also_when_it_ends() -> None:
    """A line that is too long is refused in the piece that ends it too."""
    parser = LineParser(limit=3)
    parser.feed(b"ab")
    with pytest.raises(StreamLimitError):
        parser.feed(b"cd\n")


def test_an_endless_event_is_refused() -> None:
    """An event of ever more data lines is refused at its bound."""
    parser = ServerEventParser(limit=10)
    with pytest.raises(StreamLimitError):
        _ = [parser.feed(b"data:\n") for _ in range(11)]


def test_many_small_pieces_take_linear_work() -> None:
    """A line that comes in a quarter of a million pieces is put together once."""
    parser = LineParser()
    for _ in range(2**18):
        parser.feed(b"a")
    assert parser.finish() == ["a" * 2**18]
