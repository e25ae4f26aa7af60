"""What a line may hold: the fields, their bounds, and what never is among them."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import problems
from seawall.model import (
    Attempt,
    AttemptFinished,
    Deprecated,
    Event,
    RedirectFollowed,
    RetryStopped,
    SchemaDrift,
    Sent,
    ServerWarning,
    StopReason,
    StreamFinished,
    SunsetAnnounced,
)
from seawall.observe import Levels, log_calls
from tests.unit.observe.events import Keeper, again, ended, listening, made, sent

DEBUG, INFO = logging.DEBUG, logging.INFO


def told(*events: Event, level: int | None = None) -> list[dict[str, Any]]:
    """The fields of the lines about these events; with `level`, as if every outcome had it."""
    names = [name for name in Levels.__struct_fields__ if name != "expected_statuses"]
    levels = Levels() if level is None else Levels(**dict.fromkeys(names, level))
    keeper, ordinary = Keeper(), logging.makeLogRecord({}).__dict__
    with listening("tests.fields", keeper):
        listener = log_calls("tests.fields", levels=levels)
        for event in events:
            listener(event)
    return [{name: value for name, value in vars(record).items() if name not in ordinary} for record in keeper.records]


PUBLIC = {
    "call": 7,
    "method": "GET",
    "host": "api.acme.example",
    "path": "/v1/agents/{id}",
    "route": "/agents/{id}",
    "url": "https://api.acme.example/v1/agents/{id}",
}
FULL = {**PUBLIC, "path": "/v1/agents/7", "url": "https://api.acme.example/v1/agents/7?team=blue"}


def test_the_fields_of_a_call() -> None:
    """A call that went well tells what was asked, status, milliseconds and attempts."""
    assert told(ended()) == [{"event": "call", **PUBLIC, "status": 200, "duration_ms": 250.0, "attempts": 1}]


def test_the_fields_of_a_failed_call() -> None:
    """A call that failed tells type, code, trace, certainty and why it ended, and none of the words of the server."""
    problem = problems.UnavailableProblem(
        status=503, code="BUSY", trace_id="4bf9/2f;o=1", dialect="rfc9457", retry_after=30, sent=Sent.YES,
        title="words", detail="words", params={"a": "words"}, extensions={"b": "words"}, instance="https://words.example/",
    )  # fmt: skip
    problem.stopped, problem.may_have_applied = StopReason.ATTEMPTS_USED, True
    (fields,) = told(ended(problem, 503, attempts=3))
    assert fields == {
        "event": "call",
        **PUBLIC,
        "status": 503,
        "duration_ms": 250.0,
        "attempts": 3,
        "problem": "UnavailableProblem",
        "code": "BUSY",
        "trace_id": "4bf9/2f;o=1",
        "dialect": "rfc9457",
        "retry_after": 30,
        "sent": "yes",
        "stopped": "attempts_used",
        "may_have_applied": True,
    }
    assert "words" not in repr(fields)


def test_of_other_errors_only_the_type_is_told() -> None:
    """What an interceptor raised is named, and not quoted."""
    (fields,) = told(ended(ValueError("words"), None))
    assert fields["problem"] == "ValueError"
    assert "words" not in repr(fields)


def test_the_fields_of_an_attempt() -> None:
    """An attempt tells its number, its connection and what was decided; below INFO with the whole redacted URL."""
    attempt = {"attempt": 1, "duration_ms": 125.0, "connection": "new connection 3", "sent": "yes"}
    assert told(sent()) == [{"event": "attempt", **FULL, **attempt, "status": 200}]
    failed = {**attempt, "status": 503, "problem": "UnavailableProblem"}
    retried = told(sent("UnavailableProblem", 503), again())
    assert retried == [{"event": "attempt", **PUBLIC, **failed, "retried": "status 503", "delay_ms": 500.0}]
    stopped = told(sent("UnavailableProblem", 503), made(RetryStopped, reason=StopReason.BUDGET_EMPTY))
    assert stopped == [{"event": "attempt", **FULL, **failed, "stopped": "budget_empty"}]
    redirected = AttemptFinished(method="GET", url="/", route=None, at=0.0, attempt=Attempt(1, "GET", "/", hops=2, replays=1))
    (fields,) = told(redirected)
    assert (fields["redirects"], fields["replays"]) == (2, 1)


def test_the_fields_of_redirects_and_streams() -> None:
    """A redirect tells where it led, a streamed body how its reading ended."""
    hop = made(RedirectFollowed, status=307, location="https://b.example/ada@example.com?x=1", crossed_origin=True)
    where = {"status": 307, "location": "https://b.example/[redacted]?x=1", "crossed_origin": True}
    assert told(hop) == [{"event": "redirect", **FULL, **where}]
    assert told(hop, level=INFO)[0]["location"] == "https://b.example/[redacted]"
    end = {"outcome": "closed", "size": 1024}
    assert told(made(StreamFinished, **end)) == [{"event": "stream", **FULL, **end}]


def test_the_fields_of_announcements() -> None:
    """Moments are ISO 8601 in UTC, and links show no query."""
    since = made(Deprecated, since=1735689600.0, link="https://docs.example/v1?token=[redacted]")
    assert told(since) == [{"event": "deprecated", **PUBLIC, "moment": "2025-01-01T00:00:00Z", "link": "https://docs.example/v1"}]
    assert told(made(Deprecated, since=None, link=None)) == [{"event": "deprecated", **PUBLIC}]
    sunset = made(SunsetAnnounced, moment=1767225600.5, link=None)
    assert told(sunset) == [{"event": "sunset", **PUBLIC, "moment": "2026-01-01T00:00:00.500000Z"}]


@pytest.mark.parametrize("moment", [1e30, -1e30, float("nan"), float("inf")])
def test_a_moment_that_no_calendar_has_is_left_out(moment: float) -> None:
    """A server may write any number as a date; the announcement is told all the same."""
    assert told(made(SunsetAnnounced, moment=moment, link=None)) == [{"event": "sunset", **PUBLIC}]


def test_the_words_of_a_warning_are_for_debugging() -> None:
    """E4: what a server says in a warning is in no line of INFO or above, and below it cannot leave its line."""
    warning = made(ServerWarning, agent="acme\x1b[31m", text="old\r\nnews")
    assert told(warning) == [{"event": "server_warning", **PUBLIC}]
    assert told(warning, level=DEBUG) == [{"event": "server_warning", **FULL, "agent": "acme?[31m", "text": "old??news"}]


def test_drift_names_places_and_hides_people() -> None:
    """E4: the pointer to an unknown member is told, but for members that are called like people or tokens."""
    drift = {"event": "schema_drift", **PUBLIC, "kind": "unknown_field"}
    assert told(made(SchemaDrift, pointer="/*/nickname", kind="unknown_field")) == [{**drift, "pointer": "/*/nickname"}]
    person = made(SchemaDrift, pointer="/users/ada@example.com", kind="unknown_field")
    assert told(person) == [{**drift, "pointer": "/users/[redacted]"}]


@pytest.mark.parametrize(
    ("url", "route", "path"),
    [
        ("https://c.example/v1/agents/7?q=1", None, "/v1/agents/7"),
        ("https://c.example/v1/agents/7?q=1", "/agents/{id}", "/v1/agents/{id}"),
        ("https://c.example/v1/agents/7/", "agents/{id}", "/v1/agents/{id}"),
        ("https://c.example/v1/agents/7", "https://c.example/v1/agents/{id}", "/v1/agents/{id}"),
        ("https://c.example/v1/agents/7.json?q=1", "/agents/{id}.json?q={q}", "/v1/agents/{id}.json"),
        ("https://c.example/v1/ada@example.com/7", "/{who}/{id}", "/v1/{who}/{id}"),
        ("https://c.example/v1/ada@example.com/7", "/ada@example.com/{id}", "/v1/[redacted]/{id}"),
        ("https://c.example/elsewhere/7", "/agents/{id}", "/elsewhere/7"),
        ("https://c.example/7", "/v1/agents/{id}", "/7"),
        ("https://c.example/v1/ada@example.com", None, "/v1/[redacted]"),
        ("https://c.example", None, ""),
        ("https://c.example/v1", "", "/v1"),
    ],
)
def test_the_route_stands_in_the_place_of_the_path(url: str, route: str | None, path: str) -> None:
    """E4: from INFO on the path is the route behind the base URL's own path, or masked where there is no route or another way."""
    (fields,) = told(ended(url=url, route=route))
    assert fields["path"] == path
    assert fields["url"] == f"https://c.example{path}"
    assert fields["host"] == "c.example"


def test_routes_show_no_query() -> None:
    """E4: a route is the path that the caller wrote, without the origin and the query that may stand beside it."""
    (fields,) = told(ended(route="https://c.example/agents/{id}?token=abc#x"))
    assert fields["route"] == "/agents/{id}"
    assert "route" not in told(ended(route=None))[0]


@pytest.mark.parametrize("name", ["q", "cursor"])
def test_what_looks_secret_is_hidden_in_queries_too(name: str) -> None:
    """O2: below INFO the query is shown, but for values that look like people or tokens."""
    url = f"https://c.example/a?team=blue&{name}=ada%40example.com;0123456789abcdef0123&x"
    (fields,) = told(ended(url=url, route=None), level=DEBUG)
    assert fields["url"] == f"https://c.example/a?team=blue&{name}=[redacted];[redacted]&x"


@pytest.mark.parametrize("code", ["lower", "A B", "A\nB", "A" * 64, "ADA@EXAMPLE.COM", "X7K2P9QW4M1Z8R5T3V6Y", "Ä", 7, ""])
def test_odd_codes_are_left_out(code: Any) -> None:
    """E4: a code that could be a sentence, an address or a token is not told."""
    assert "code" not in told(ended(problems.BadRequestProblem(status=400, code=code), 400))[0]


@pytest.mark.parametrize(("code", "original"), [("ADA_EXAMPLE_COM", "ada@example.com"), ("X7K2_P9QW", "x7k2.P9qw4M1z8R5t3V6y")])
def test_codes_made_of_an_address_or_a_token_are_left_out(code: str, original: str) -> None:
    """E4: a code is not told where the server's own text is an address or a token that became one only on the way."""
    problem = problems.BadRequestProblem(status=400, code=code, original_code=original)
    assert "code" not in told(ended(problem, 400))[0]


@pytest.mark.parametrize(
    "trace_id", ["with space", "a\r\nb", "\x1b[31m", "x" * 201, "ada@example.com", "<script>", '"quoted"', "Ä", 7, ""]
)
def test_odd_trace_ids_are_left_out(trace_id: Any) -> None:
    """E4: a trace id that could be a sentence, an address or an escape sequence is not told."""
    assert "trace_id" not in told(ended(problems.BadRequestProblem(status=400, trace_id=trace_id), 400))[0]


@pytest.mark.parametrize("retry_after", [float("nan"), float("inf"), 1e300, 10**400, "soon"])
def test_odd_waits_are_left_out(retry_after: Any) -> None:
    """A wait that is no sensible number is not told, and spoils nothing."""
    assert "retry_after" not in told(ended(problems.UnavailableProblem(status=503, retry_after=retry_after), 503))[0]


TEXTS = st.text(st.characters(), max_size=300) | st.sampled_from(["x" * 100_000, "\r\nERROR forged", "\x1b[2J", "a@b.example"])
MAKERS: dict[str, Callable[[str], list[Event]]] = {
    "method": lambda text: [ended(method=text)],
    "url": lambda text: [ended(url=text, route=None), sent(url=text, route=text)],
    "route": lambda text: [ended(route=text)],
    "code": lambda text: [ended(problems.BadRequestProblem(status=400, code=text, trace_id=text, dialect=text), 400)],
    "type": lambda text: [
        ended(type(text.replace("\0", "").encode("utf-8", "replace").decode() or "E", (Exception,), {})(), None)
    ],
    "reason": lambda text: [sent("P"), again(reason=text)],
    "problem": lambda text: [sent(text or "P"), again()],
    "location": lambda text: [made(RedirectFollowed, status=302, location=text, crossed_origin=False)],
    "link": lambda text: [made(Deprecated, since=None, link=text)],
    "warning": lambda text: [made(ServerWarning, agent=text, text=text)],
    "pointer": lambda text: [made(SchemaDrift, pointer=text, kind=text)],
    "outcome": lambda text: [made(StreamFinished, outcome=text, size=1)],
}


@pytest.mark.parametrize("place", sorted(MAKERS))
@pytest.mark.parametrize("level", [DEBUG, INFO])
@given(text=TEXTS)
def test_no_text_leaves_its_line_or_its_bound(place: str, level: int, text: str) -> None:
    """E4: whatever text gets into an event, each line is told, printable and bounded, and so is each field."""
    lines = told(*MAKERS[place](text), level=level)
    assert lines
    for fields in lines:
        assert all(isinstance(value, str | int | float) for value in fields.values())
        assert all(len(str(value)) <= 1100 and str(value).isprintable() for value in fields.values())
