"""Bodies from values: JSON and forms."""

import dataclasses
import datetime
import enum
import json
import uuid
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import Secret, UsageError, form_body, json_body

CANARY = "canary7f3a"
WHOLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False) | WHOLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WHOLE, inner, max_size=4),
)


@given(JSON)
def test_json_comes_back_as_it_was_given(value: Any) -> None:
    """Any plain value is written so that another JSON parser reads the same."""
    body = json_body(value)
    assert json.loads(body.data or b"") == value
    assert (body.media_type, body.secret, body.replayable) == ("application/json", False, True)


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Plain:
    token: Secret


class Struct(msgspec.Struct):
    at: datetime.date
    token: Secret


class Model(pydantic.BaseModel):
    name: str
    colour: Colour


@pytest.mark.parametrize(
    ("value", "text", "secret"),
    [
        (None, "null", False),
        ({"id": uuid.UUID(int=1)}, '{"id":"00000000-0000-0000-0000-000000000001"}', False),
        ([Model(name="a", colour=Colour.RED)], '[{"name":"a","colour":"red"}]', False),
        (Plain(Secret("s")), '{"token":"s"}', True),
        (Struct(datetime.date(2026, 1, 2), Secret("s")), '{"at":"2026-01-02","token":"s"}', True),
        ({"a": [Secret("s"), Model(name="a", colour=Colour.RED)]}, '{"a":["s",{"name":"a","colour":"red"}]}', True),
    ],
)
def test_common_types_are_written(value: Any, text: str, secret: bool) -> None:
    """Dataclasses, Structs, pydantic models, dates, enums and secrets are written, and secrets mark the body."""
    body = json_body(value)
    assert (body.data or b"").decode() == text
    assert body.secret is secret


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("value", [object(), {"a": {1j}}, "\ud800", nested(100_000), {("a",): 1}])
def test_what_is_no_json_is_refused(value: Any) -> None:
    """A value that cannot be JSON is misuse of the option json, also when it is deep beyond reason."""
    with pytest.raises(UsageError, match=r"^json: "):
        json_body(value)


@given(st.lists(st.tuples(WHOLE, WHOLE), max_size=6))
def test_a_form_comes_back_as_it_was_given(pairs: list[tuple[str, str]]) -> None:
    """A server that reads the form finds the same names and values in the same order."""
    body = form_body(pairs)
    assert parse_qsl((body.data or b"").decode("ascii"), keep_blank_values=True) == pairs
    assert body.media_type == "application/x-www-form-urlencoded"


def test_a_form_of_all_kinds() -> None:
    """None is left out, a list repeats the name, a blank is a plus, and a Secret marks the body."""
    body = form_body({"a": None, "b": ["x y", 2], "c": False, "d": Secret("s")})
    assert body.data == b"b=x+y&b=2&c=false&d=s"
    assert body.secret
    assert not form_body({}).secret


@pytest.mark.parametrize(
    "fields", ["a=b", 7, {"a": object()}, {"a": "\ud800"}, {"a": Secret(f"{CANARY}\ud800")}, [("a",)], {1: "a"}]
)
def test_what_is_no_form_is_refused(fields: Any) -> None:
    """A form without an obvious text is misuse of the option data, and no secret is quoted."""
    with pytest.raises(UsageError, match=r"^data: ") as caught:
        form_body(fields)
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None
