"""Bodies full of numbers that are slow to read: what comes of them is what always came of them."""

import struct
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pydantic
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seawall.model import Response, Secret
from seawall.policies.decode import JsonDecoder
from seawall.policies.decode._slow_numbers import parse_slow_numbers
from seawall.problems import DecodeProblem

SLOW = ["1e308", "1e-308", "1.7976931348623157e308", "5e-324", "-2E+300", "1e0308"]
LENGTH = 80_000  # bytes, and so above what is short
Ratio = Annotated[float, msgspec.Meta(gt=-1.7e308)]


class Reading(msgspec.Struct):
    value: float
    unit: str = "m"


class Signed(msgspec.Struct):
    token: Secret


class Model(pydantic.BaseModel):
    value: float


def decode(body: bytes, into: Any) -> Any:
    """Decode a body."""
    return JsonDecoder().decode(Response(200, content=body), into)


def among_slow(*texts: str, slow: str = "1e308") -> bytes:
    """Some JSON at the beginning and at the end of an array of numbers that are slow to read."""
    numbers = ",".join([slow] * (LENGTH // len(slow)))
    return f"[{','.join((*texts, numbers, *texts))}]".encode()


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The length of each body that took the way for slow numbers."""
    seen: list[int] = []

    def counted(data: bytes) -> Any:
        seen.append(len(data))
        return parse_slow_numbers(data)

    monkeypatch.setattr("seawall.policies.decode._engine.parse_slow_numbers", counted)
    return seen


@pytest.mark.parametrize("slow", SLOW)
@pytest.mark.parametrize("into", [Any, list[float], list[Any], list[Ratio], tuple[float, ...], list[float | None], object])
def test_a_body_full_of_slow_numbers_goes_round_them(slowly: list[int], slow: str, into: Any) -> None:
    """However they are written and declared, such numbers are not left to the reader that takes microseconds for each."""
    body = among_slow(slow=slow)
    assert list(decode(body, into)) == [float(slow)] * (LENGTH // len(slow))
    assert slowly == [len(body)]


@pytest.mark.parametrize(
    "body",
    [
        among_slow(slow="1.5"),
        among_slow(slow="1e22"),
        among_slow(slow="12345.678"),
        among_slow(slow='"5e308"'),
        among_slow(slow='"7f3e1234"'),
        f"[{','.join(['1e308'] * 100)}]".encode(),
    ],
)
def test_other_bodies_take_the_short_way(slowly: list[int], body: bytes) -> None:
    """Ordinary numbers, texts that look like slow ones, and short bodies are decoded at once."""
    assert decode(body, Any) == msgspec.json.decode(body)
    assert slowly == []


NUMBERS = (
    st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.integers(0, 2**64 - 1)
    .map(lambda bits: repr(struct.unpack("<d", struct.pack("<Q", bits))[0]))
    .filter(lambda text: "n" not in text)
    | st.integers().map(str)
    | st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
)


@given(NUMBERS)
@example("1e400")
@example("-1e400")
@example("-0.0")
@example("-0")
@example("1E5")
@example("123456789012345678901234567890")
@example("0.1000000000000000055511151231257827")
@example("2.2250738585072011e-308")
@example("1e-400")
@example("18446744073709551616")
def test_every_number_is_the_same_either_way(number: str) -> None:
    """Among slow numbers any other one has the value and the type that it has alone, or is out of range like there."""
    body = among_slow(number)
    kinds: list[Any] = [Any, list[float], list[int | float]]
    for into in kinds:
        try:
            alone: Any = msgspec.json.decode(f"[{number}]", type=into)
        except ValueError:
            with pytest.raises(DecodeProblem):
                decode(body, into)
            continue
        found = decode(body, into)
        assert [(type(each), repr(each)) for each in (found[0], found[-1])] == [(type(alone[0]), repr(alone[0]))] * 2


@pytest.mark.parametrize(
    ("text", "into", "value"),
    [
        ('{"value": 1e308}', Reading, Reading(1e308)),
        ('{"value": 2, "unit": "km", "more": [1.5]}', Reading, Reading(2.0, "km")),
        ('{"token": "x"}', Signed, Signed(Secret("x"))),
        ("[0.1234567890123456789]", list[Decimal], [Decimal("0.1234567890123456789")]),
        ("1.0", float, 1.0),
        ('{"1": 1e308}', dict[int, float], {1: 1e308}),
        ('"YWJj"', bytes, b"abc"),
        ('{"value": 1e308}', Model, Model(value=1e308)),
    ],
)
def test_other_types_are_the_same_either_way(text: str, into: Any, value: Any) -> None:
    """Among slow numbers structs, secrets, keys, bytes, models, and decimals to their last digit, are what they are alone."""
    found = decode(among_slow(text), list[into | float])
    assert (found[0], type(found[0]), found[-1]) == (value, type(value), value)


@pytest.mark.parametrize(("text", "pointer"), [('"no"', "/0"), ("[1]", "/0"), ("1e999", "/0"), ("null", "/0")])
def test_a_wrong_value_is_found_either_way(slowly: list[int], text: str, pointer: str) -> None:
    """Among slow numbers the first wrong value is named by its place, and looking for it is not slow either."""
    with pytest.raises(DecodeProblem) as caught:
        decode(among_slow(text), list[float])
    assert caught.value.pointer == pointer
    assert slowly


@pytest.mark.parametrize("body", [among_slow()[:-1], among_slow("nul"), among_slow('"\\x"'), among_slow("[" * 5000)])
def test_what_is_no_json_is_a_problem_either_way(slowly: list[int], body: bytes) -> None:
    """A body that is cut off or broken is a problem, slow numbers or not."""
    with pytest.raises(DecodeProblem):
        decode(body, Any)
    assert slowly
