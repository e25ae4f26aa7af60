"""Which form is wanted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall_server._accept import JSON, XML, preferred


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/problem+xml", XML),
        ("APPLICATION/XML", XML),
        ("text/xml;charset=utf-8", XML),
        ("text/html", JSON),
        ("text/html, application/xml;q=0.9, */*;q=0.8", XML),
        ("application/json, text/xml", JSON),
        ("application/json;q=0.5, text/xml;q=0.50", JSON),
        ("application/json;q=0.5, text/xml;q=0.501", XML),
        ("application/problem+json;q=0.1, application/json, text/xml;q=0.5", XML),
        ("application/problem+xml;q=0, application/xml", JSON),
        ("application/json;q=0, */*;q=0.1", XML),
        ("application/*;q=0.2, */*", JSON),
        ("text/*", XML),
        ("text/xml;q=2", JSON),
        ("text/xml;q=nan", JSON),
        ("text/xml;q=", JSON),
        ("text/xml ; q = 1.000", XML),
        ("application/xml" + "," * 1000, JSON),
    ],
)
def test_the_more_wanted_form_is_taken(accept: str | None, media_type: str) -> None:
    """By quality, by how exact a range is, and JSON wherever nothing speaks for XML."""
    assert preferred(accept) == media_type


@given(st.text(max_size=60))
def test_whatever_is_asked_for_something_is_answered(accept: str) -> None:
    """A malformed field is no error."""
    assert preferred(accept) in (JSON, XML)
