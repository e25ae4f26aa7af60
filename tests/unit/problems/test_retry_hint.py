"""How long a server asks to be left alone: which field counts, and what is no answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.model import Headers
from seawall.problems import parse_retry_after, retry_hint
from tests.unit.problems.answers import parsed

NOW = 784111777.0  # Sun, 06 Nov 1994 08:49:37 GMT
LATER = "Sun, 06 Nov 1994 08:50:07 GMT"
FIELDS = [
    *("retry-after", "retry-after-ms", "date", "ratelimit", "ratelimit-reset", "ratelimit-remaining"),
    *("x-ratelimit-reset", "x-ratelimit-remaining"),
]


def hint(fields: dict[str, str], status: int = 429) -> float | None:
    return retry_hint(Headers(fields).get, status, NOW)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": " \t7 "}, 7),
        ({"Retry-After": "7, 9"}, 7),
        ({"Retry-After": "99999999999999"}, 99999999999999),
        ({"Retry-After": LATER}, 30),
        ({"Retry-After": "Sunday, 06-Nov-94 08:50:07 GMT"}, 30),
        ({"Retry-After": "Sun Nov  6 08:50:07 1994"}, 30),
        ({"Retry-After": "Sun, 06 Nov 1994 08:49:07 GMT"}, 0),
        ({"Retry-After": LATER, "Date": "Sun, 06 Nov 1994 08:50:00 GMT"}, 7),
        ({"Retry-After": LATER, "Date": "nonsense"}, 30),
        ({"Retry-After": "5", "Retry-After-Ms": "100", "RateLimit": '"a";r=0;t=9'}, 5),
        ({"Retry-After": "soon", "Retry-After-Ms": "1500"}, 1.5),
        ({"Retry-After-Ms": " 0.5 ", "X-RateLimit-Reset": "9"}, 0.0005),
        ({"RateLimit": '"a";r=0;t=9'}, 9),
        ({"RateLimit": '"a"; t = 9'}, 9),
        ({"RateLimit": '"burst";r=5;t=1, "daily";r=0;t=3600'}, 3600),
        ({"RateLimit": '"burst";r=0;t=1, "daily";r=0;t=60'}, 60),
        ({"RateLimit-Reset": "9"}, 9),
        ({"X-RateLimit-Reset": "9"}, 9),
        ({"X-RateLimit-Reset": str(2_000_000_000), "Date": "Wed, 18 May 2033 03:33:10 GMT"}, 10),
        ({"X-RateLimit-Reset": str(1_000_000_001), "Date": "Wed, 18 May 2033 03:33:10 GMT"}, 0),
    ],
)
def test_the_first_field_that_can_be_understood_counts(fields: dict[str, str], expected: float) -> None:
    """Retry-After goes before retry-after-ms and that before the rate limits; dates are read by the server's clock."""
    assert hint(fields) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Retry-After": ""},
        {"Retry-After": "-1"},
        {"Retry-After": "+1"},
        {"Retry-After": "1.5"},
        {"Retry-After": "1e3"},
        {"Retry-After": "٥"},
        {"Retry-After": "²"},
        {"Retry-After": "9" * 301},
        {"Retry-After": "Sun, 06 Nov 1994 08:50:07 +0900"},
        {"Retry-After-Ms": "-1"},
        {"Retry-After-Ms": "nan"},
        {"Retry-After-Ms": "1e9"},
        {"RateLimit": '"a";r=3;t=9'},
        {"RateLimit": '"a";r=0'},
        {"RateLimit-Reset": "inf"},
        {"X-RateLimit-Reset": "tomorrow"},
    ],
)
def test_what_is_malformed_is_ignored(fields: dict[str, str]) -> None:
    """A field that does not follow its grammar says nothing."""
    assert hint(fields) is None


def test_rate_limits_of_good_answers_are_no_hint() -> None:
    """Rate-limit fields count on 429, and elsewhere only where the limit is used up."""
    assert hint({"X-RateLimit-Reset": "9", "X-RateLimit-Remaining": "5"}, 503) is None
    assert hint({"X-RateLimit-Reset": "9", "X-RateLimit-Remaining": "0"}, 403) == 9
    assert hint({"RateLimit": '"a";t=9'}, 503) is None
    assert hint({"RateLimit": '"a";r=0;t=9'}, 503) == 9


@given(
    st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40) | st.text(st.sampled_from("0123456789;rt= ,.-"), max_size=40))
)
def test_any_fields_are_survived(fields: dict[str, str]) -> None:
    """No fields make it raise, and what it returns is a span of time."""
    for status in (200, 429, 503):
        seconds = hint(fields, status)
        assert seconds is None or 0 <= seconds < float("inf")


@given(st.integers(0, 10**12))
def test_whole_seconds_are_never_cut(seconds: int) -> None:
    """Any number of seconds is handed on as it is; bounding it is the retry policy's."""
    assert parse_retry_after(str(seconds), NOW) == seconds


@pytest.mark.parametrize("part", [";", "; ", ";t", ";t=", " ", ",", "9", ";r=0;t=1,"])
def test_a_hostile_field_takes_linear_work(part: str) -> None:
    """A field of one trick repeated is read; quadratic work would run into the time limit of all tests."""
    for name in ("retry-after", "retry-after-ms", "ratelimit", "ratelimit-reset"):
        hint({name: part * (2**19 // len(part))})


ORDER: list[
    tuple[dict[str, str], float | None, float]
] = [  # each goes before those below it: fields, the body's seconds, the wait
    ({"Retry-After": "1"}, None, 1),
    ({"Retry-After-Ms": "2000"}, None, 2),
    ({"RateLimit": '"a";r=0;t=3'}, None, 3),
    ({"RateLimit-Reset": "4", "RateLimit-Remaining": "0"}, None, 4),
    ({}, 5, 5),
    ({"X-RateLimit-Reset": "6", "X-RateLimit-Remaining": "0"}, None, 6),
]


@pytest.mark.parametrize("place", range(len(ORDER)))
@pytest.mark.parametrize("status", [429, 503])
def test_each_hint_goes_before_those_below_it(place: int, status: int) -> None:
    """Retry-After, retry-after-ms, RateLimit, RateLimit-Reset, the body, X-RateLimit-Reset: the first that is there counts."""
    fields: dict[str, str] = {}
    in_body = None
    for lower, seconds, _ in ORDER[place:]:
        fields |= lower
        in_body = seconds if in_body is None else in_body
    assert retry_hint(Headers(fields).get, status, NOW, in_body) == ORDER[place][2]


@pytest.mark.parametrize("place", range(len(ORDER)))
def test_the_order_holds_for_whole_answers(place: int) -> None:
    """The same order rules where the body is Google's or Matrix', with its wait in it."""
    fields: dict[str, str] = {}
    for lower, _, _ in ORDER[place:]:
        fields |= lower
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "5s"}]
    google = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": details}}
    for body in (google, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 5000}):
        told = body if place <= 4 else {"message": "wait"}
        assert parsed(told, status=429, content_type="application/json", **fields).retry_after == ORDER[place][2]


@pytest.mark.parametrize(
    "delay", ["-1s", "1", "1m", "1.s", ".5s", "1e3s", "NaNs", "9" * 13 + "s", 5, None, [], "٥s", "1.0000000001s"]
)
def test_a_wait_in_the_body_that_is_none_is_ignored(delay: object) -> None:
    """A RetryInfo that is no protobuf duration, and a negative or endless `retry_after_ms`, say nothing."""
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]
    assert parsed({"error": {"code": 429, "status": "X_Y", "details": details}}, status=429).retry_after is None
    waits: list[object] = [-1, True, None, "5", 1e300, 10**400, [], -0.1]
    for wait in waits:
        assert parsed({"errcode": "M_X", "retry_after_ms": wait}, status=429).retry_after is None
