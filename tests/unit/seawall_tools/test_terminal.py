"""What reaches a terminal."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall_tools._json import json_view
from seawall_tools._terminal import one_line, safe


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    """Whatever the text, no control character but tab and line feed is left, and no mark of direction."""
    left = safe(text)
    assert not [each for each in left if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") and each not in "\t\n"]
    assert not [each for each in left if unicodedata.bidirectional(each) in ("LRO", "RLO", "LRI", "RLI", "FSI", "PDF", "PDI")]
    assert len(one_line(text).splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\r\nc\n", "a\tb\nc\n"),
        ("over\rwritten", "over\\u000dwritten"),
        ("\x1b[31m", "\\u001b[31m"),
        ("grün 🌊 \\u001b", "grün 🌊 \\u001b"),
    ],
)
def test_text_that_does_no_harm_stays(text: str, shown: str) -> None:
    """Lines, tabs and every script stay as they are; a lone carriage return, which overwrites, does not."""
    assert safe(text) == shown


def test_json_stays_json() -> None:
    """Spelled out in JSON's own way, a document that was made harmless means the same as before."""
    document = {"\x9b\u202e": "\x7f\ufeff"}
    view = json_view(json.dumps(document, ensure_ascii=False).encode())
    assert view is not None
    assert view.plain.isascii()
    assert json.loads(view.plain) == document


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b'{"a": nan}', b"\xff"])
def test_what_is_no_json_is_not_shown_as_json(content: bytes) -> None:
    """Broken or bottomless JSON gives no view, and no error."""
    assert json_view(content) is None
