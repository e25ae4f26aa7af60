"""JSON lines: ours and the app's."""

import json
import logging
import logging.config
import re
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall import MockTransport, Secret, problems
from seawall.model import Attempt, Sent, StopReason
from seawall.observe import JsonFormatter, log_calls
from seawall.observe._fields import problem_fields
from tests.unit.observe.events import Keeper, ended, listening
from tests.worlds import World


def line_of(record: logging.LogRecord) -> dict[str, Any]:
    """A record as readers of the log get it; each is one line of printable ASCII."""
    text = JsonFormatter().format(record)
    assert text.isascii()
    assert text.isprintable()
    line: dict[str, Any] = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    return line


def record(message: str = "hello", *args: Any, **extra: Any) -> logging.LogRecord:
    """A record with these extras."""
    made = logging.LogRecord("acme", logging.INFO, "acme.py", 1, message, args, None)
    made.__dict__.update(extra)
    made.created = 1735689600.25
    return made


def raised(error: BaseException, name: str = "acme") -> dict[str, Any]:
    """The line of a record that was made where this error was caught."""
    try:
        raise error
    except BaseException:
        made = record("failed")
        made.name, made.exc_info = name, sys.exc_info()
        return line_of(made)


def test_a_record_of_the_app() -> None:
    """Other records of the app become JSON lines as well, with what they were given as `extra=`."""
    assert line_of(record("hello %s", "Ada", team="blue", count=3)) == {
        "time": "2025-01-01T00:00:00.250Z",
        "level": "INFO",
        "logger": "acme",
        "team": "blue",
        "count": 3,
        "message": "hello Ada",
    }


def test_a_line_of_a_call() -> None:
    """The fields of a call are the fields of the line, in a fixed order, and the message is the readable line."""
    keeper = Keeper()
    with listening("tests.json", keeper):
        log_calls("tests.json")(ended())
    line = line_of(keeper.records[0])
    assert list(line) == [
        "time", "level", "logger", "event", "call", "method", "host", "path", "route", "url", "status", "duration_ms", "attempts",
        "message",
    ]  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
    assert (line["level"], line["logger"], line["call"], line["duration_ms"]) == ("INFO", "tests.json.call", 7, 250.0)
    assert line["message"].startswith("#7 GET https://api.acme.example/v1/agents/{id}: 200")


def test_time_level_and_logger_are_the_records_own() -> None:
    """What an app calls by these names cannot take their places."""
    line = line_of(record(time="never", level="none", logger="nobody"))
    assert (line["time"], line["level"], line["logger"]) == ("2025-01-01T00:00:00.250Z", "INFO", "acme")


class Odd:
    def __str__(self) -> str:
        raise ValueError("no text")


def test_odd_values_become_text() -> None:
    """What JSON has no words for is told by its text, whatever it is, and secrets stay secret."""
    line = line_of(
        record(
            nan=float("nan"), infinity=-float("inf"), huge=10**5000, secret=Secret("canary"), odd=Odd(), data=b"x", none=None,
            yes=True, list=[1, {2: (3,)}], set={4}, deep={"1": {"2": {"3": {"4": {"5": 6}}}}},
        )
    )  # fmt: skip
    assert line["nan"] == "nan"
    assert line["infinity"] == "-inf"
    assert line["huge"] == "<int>"
    assert line["secret"] == "[redacted]"
    assert line["odd"] == "<Odd>"
    assert line["data"] == "b'x'"
    assert (line["none"], line["yes"]) == (None, True)
    assert (line["list"], line["set"]) == ([1, {"2": [3]}], [4])
    assert line["deep"] == {"1": {"2": {"3": "{'4': {'5': 6}}"}}}


def test_everything_is_bounded() -> None:
    """No record makes a line without end: texts are cut, lists, objects and records have their members counted."""
    long, many = "x" * 100_000, list(range(100_000))
    line = line_of(record(long, text=long, many=many, mapping=dict.fromkeys(many, long), **{long: 1}))
    assert len(line["message"]) == 8_000
    assert len(line["text"]) == 1_000
    assert len(line["many"]) == len(line["mapping"]) == 50
    assert max(map(len, line)) == 1_000
    assert len(line_of(record(**{f"name{number}": number for number in many}))) == 54
    stack = record()
    stack.stack_info = stack.exc_text = long
    assert len(line_of(stack)["stack"]) == len(line_of(stack)["exception"]) == 16_000
    assert len(raised(ValueError(long))["exception"]) == 16_000


@given(text=st.text(st.characters()))
def test_no_text_begins_another_line(text: str) -> None:
    """Whatever a record says, in its message, its fields or their names, it stays one line, and comes back as it was."""
    line = line_of(record("%s", text, **{"field": text, f"x{text}": 1}))
    assert (line["message"], line["field"], line[f"x{text}"]) == (text, text, 1)


def test_a_problem_brings_its_fields() -> None:
    """O2: a caught problem is told by the names that calls have, with its redacted timeline, and not in the server's words."""
    problem = problems.NotFoundProblem(
        status=404, code="NO_AGENT", trace_id="4bf92f", detail="canary", title="canary", params={"a": "canary"},
        sent=Sent.YES, method="GET", url="https://api.acme.example/agents/ada@example.com?q=canary",
    )  # fmt: skip
    attempt = Attempt(1, "GET", problem.url or "", duration=0.25, status=404, problem="NotFoundProblem", sent=Sent.YES)
    problem.settle([attempt], StopReason.NOT_RETRYABLE)
    line = raised(problem)
    assert line.pop("exception").splitlines()[-3:] == [
        f"seawall.problems._statuses.NotFoundProblem: {problem}",
        "Seawall: GET https://api.acme.example/agents/[redacted]: 1 attempt in 0.250s, 404 NotFoundProblem",
        "  attempt 1 at +0.000s: 404 NotFoundProblem in 0.250s",
    ]
    assert line == {
        "time": "2025-01-01T00:00:00.250Z",
        "level": "INFO",
        "logger": "acme",
        "method": "GET",
        "host": "api.acme.example",
        "path": "/agents/[redacted]",
        "url": "https://api.acme.example/agents/[redacted]",
        "status": 404,
        "problem": "NotFoundProblem",
        "code": "NO_AGENT",
        "trace_id": "4bf92f",
        "sent": "yes",
        "stopped": "not_retryable",
        "message": "failed",
    }
    assert "method" not in raised(problems.ConnectProblem())


def test_an_error_of_the_app_keeps_its_traceback() -> None:
    """What the app logs of its own errors is told as logging tells it."""
    text = raised(ValueError("of the app"))["exception"]
    assert text.startswith("Traceback (most recent call last):")
    assert text.endswith("ValueError: of the app")


@pytest.mark.parametrize("name", ["seawall", "seawall.call"])
def test_seawalls_own_records_quote_no_error(name: str) -> None:
    """O2: where Seawall itself tells of an error of others, its place and its type are told, not its words."""
    text = raised(ValueError("can" + "ary"), name)["exception"]
    assert "in raised" in text
    assert text.endswith("ValueError")
    assert "canary" not in text
    assert raised(ValueError("of a namesake"), "seawalls")["exception"].endswith("of a namesake")


def test_it_can_be_configured_by_a_dictionary() -> None:
    """`logging.config.dictConfig` makes it by its dotted name; a format of its own it has not, and says so."""
    configurator = logging.config.DictConfigurator({"version": 1})
    assert isinstance(configurator.configure_formatter({"()": "seawall.observe.JsonFormatter"}), JsonFormatter)
    with pytest.raises(TypeError):
        configurator.configure_formatter({"()": "seawall.observe.JsonFormatter", "fmt": "%(message)s"})


async def test_a_problem_that_was_caught_tells_the_route(world: World) -> None:
    """From INFO on the fields of a problem with a response have the route in the place of the path, and below the path."""
    transport = MockTransport()
    transport.route("DELETE", "/v1/agents/7", 403)
    async with world.client("https://api.acme.example/v1", transport=transport) as api:
        with pytest.raises(problems.ForbiddenProblem) as caught:
            await api.delete("/agents/{id}", path_params={"id": 7})
    line = raised(caught.value)
    assert (line["path"], line["route"], line["url"]) == (
        "/v1/agents/{id}", "/agents/{id}", "https://api.acme.example/v1/agents/{id}",
    )  # fmt: skip
    assert problem_fields(caught.value, logging.DEBUG)["path"] == "/v1/agents/7"
