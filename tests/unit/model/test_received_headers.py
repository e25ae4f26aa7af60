"""The fields of a response as they came."""

import hypothesis
import pytest
from hypothesis import strategies as st

from seawall.model import Headers, ReceivedHeaders

TEXT = "\r\nContent-Type:  text/plain \r\nX-Many: a\r\nx-many:\tb\r\nEmpty:"
NAME = st.text("abcXYZ-19", min_size=1, max_size=8)
VALUE = st.text("abc:, \xe9\xc9", max_size=8).map(lambda value: value.strip(" \t"))


def test_fields_are_found_in_any_case() -> None:
    """A field is found whatever the case of its name, several of one name are joined, and blanks around a value are no part."""
    headers = ReceivedHeaders(TEXT)
    assert [name in headers for name in ("content-type", "CONTENT-TYPE", "Content")] == [True, True, False]
    assert headers.get("content-type") == "text/plain"
    assert headers["X-Many"] == "a, b"
    assert headers.get("Empty", "none") == ""
    assert headers.get_list("x-many") == ["a", "b"]


def test_nothing_is_found_in_a_value() -> None:
    """What looks like a field within another's value is none, nor is a part of a name."""
    headers = ReceivedHeaders("\r\nX-One: X-Two: 2\r\nNot-Age: 1")
    assert ("x-two" in headers, headers.get("X-Two")) == (False, None)
    assert ("age" in headers, headers.get("age", "none")) == (False, "none")


def test_a_head_may_have_no_fields() -> None:
    """Without a line there is no field."""
    headers = ReceivedHeaders("")
    assert (len(headers), headers.items(), headers.get("a")) == (0, (), None)
    with pytest.raises(KeyError):
        headers["a"]


def test_other_attributes_are_missed_as_usual() -> None:
    """A mistyped attribute raises `AttributeError`, before and after the fields were looked at."""
    headers = ReceivedHeaders(TEXT)
    for _ in range(2):
        with pytest.raises(AttributeError):
            _ = headers.nonsense
        assert len(headers) == 3


@hypothesis.given(st.lists(st.tuples(NAME, VALUE), max_size=6), st.lists(NAME, max_size=4))
def test_they_say_what_plain_headers_say(pairs: list[tuple[str, str]], asked: list[str]) -> None:
    """Whatever the fields, and whatever is asked first, the answers are those of `Headers`."""
    text = "".join(f"\r\n{name}: {value}" for name, value in pairs)
    plain, received = Headers(pairs), ReceivedHeaders(text)
    for name in [*asked, *[name for name, _ in pairs]]:
        assert (name in received) == (name in plain)
        assert received.get(name) == plain.get(name)
    assert (received, hash(received), repr(received)) == (plain, hash(plain), repr(plain))
    assert received.with_added("a", "b") == plain.with_added("a", "b")
