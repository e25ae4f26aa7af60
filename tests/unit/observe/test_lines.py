"""The lines for people."""

import logging

from seawall import problems
from seawall.model import (
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

ASKED = "GET https://api.acme.example/v1/agents/{id}"
FULL = "GET https://api.acme.example/v1/agents/7?team=blue"


def lines(*events: Event, levels: Levels | None = None) -> list[str]:
    """What people read of these events."""
    keeper = Keeper()
    with listening("tests.lines", keeper):
        listener = log_calls("tests.lines", levels=levels or Levels())
        for event in events:
            listener(event)
    return keeper.lines


def test_a_call_that_went_well() -> None:
    """One line: number, what was asked, status, time, and attempts if there were several."""
    assert lines(ended()) == [f"#7 {ASKED}: 200 in 0.250s"]
    assert lines(ended(attempts=2)) == [f"#7 {ASKED}: 200 in 0.250s, 2 attempts"]


def test_a_call_that_failed() -> None:
    """The line says what it was, why it ended, and under which name the server knows it."""
    problem = problems.UnavailableProblem(status=503, code="BUSY", trace_id="4bf92f", sent=Sent.YES)
    problem.stopped = StopReason.ATTEMPTS_USED
    why = "stopped: all attempts were used (retry.attempts); trace 4bf92f"
    assert lines(ended(problem, 503, attempts=3)) == [f"#7 {ASKED}: 503 UnavailableProblem BUSY in 0.250s, 3 attempts; {why}"]


def test_a_call_without_an_answer() -> None:
    """The line says how far the request came, and whether it may have worked."""
    problem = problems.DisconnectProblem(sent=Sent.MAYBE)
    problem.may_have_applied, problem.stopped = True, StopReason.NOT_IDEMPOTENT
    line = f"#7 {ASKED}: DisconnectProblem in 0.250s, sent: maybe, may have applied; stopped: {StopReason.NOT_IDEMPOTENT.value}"
    assert lines(ended(problem, None)) == [line]
    assert lines(ended(problems.DeadlineProblem(sent=Sent.NO), None, attempts=0)) == [
        f"#7 {ASKED}: DeadlineProblem in 0.250s, 0 attempts, sent: no"
    ]


def test_that_a_refusal_is_final_goes_without_saying() -> None:
    """A 404 is not explained by its not being retried."""
    problem = problems.NotFoundProblem(status=404, sent=Sent.YES)
    problem.stopped = StopReason.NOT_RETRYABLE
    assert lines(ended(problem, 404)) == [f"#7 {ASKED}: 404 NotFoundProblem in 0.250s"]


def test_attempts() -> None:
    """One line per attempt: its number, and what was decided upon it."""
    end = "in 0.125s, on new connection 3"
    assert lines(sent()) == [f"#7 attempt 1 {FULL}: 200 {end}"]
    retried = lines(sent("UnavailableProblem", 503), again())
    assert retried == [f"#7 attempt 1 {ASKED}: 503 UnavailableProblem {end}; retry in 0.500s: status 503"]
    stopped = lines(sent("UnavailableProblem", 503), made(RetryStopped, reason=StopReason.RETRY_OFF))
    assert stopped == [f"#7 attempt 1 {FULL}: 503 UnavailableProblem {end}; stopped: retries are off"]


def test_what_happened_on_the_way() -> None:
    """Redirects that were followed and a replay with a new token are told with the attempt."""
    event = sent()
    event.attempt.hops, event.attempt.replays = 2, 1
    assert lines(event) == [f"#7 attempt 1 {FULL}: 200 in 0.125s, redirects: 2, with a new token, on new connection 3"]


def test_redirects_and_streams() -> None:
    """Where a redirect led, and how much of a streamed body was read."""
    hop = made(RedirectFollowed, status=307, location="https://b.example/x", crossed_origin=False)
    away = made(RedirectFollowed, status=307, location="https://b.example/x", crossed_origin=True)
    assert lines(hop) == [f"#7 {FULL}: 307 to https://b.example/x"]
    assert lines(away) == [f"#7 {FULL}: 307 to https://b.example/x, another origin: credentials stay behind"]
    assert lines(made(StreamFinished, outcome="end", size=1024)) == [f"#7 {FULL}: body read, end after 1024 bytes"]


def test_announcements() -> None:
    """What servers announce is told with its moment and its link, as far as there are any."""
    link = "https://docs.example/v1"
    assert lines(made(Deprecated, since=1735689600.0, link=link)) == [
        f"#7 {ASKED}: deprecated since 2025-01-01T00:00:00Z; see {link}"
    ]
    assert lines(made(Deprecated, since=None, link=None)) == [f"#7 {ASKED}: deprecated"]
    sunset = made(SunsetAnnounced, moment=1767225600.0, link=None)
    assert lines(sunset) == [f"#7 {ASKED}: will be switched off on 2026-01-01T00:00:00Z"]
    warning = made(ServerWarning, agent="acme", text="old news")
    assert lines(warning) == [f"#7 {ASKED}: the server sent a warning"]
    assert lines(warning, levels=Levels(notice=logging.DEBUG)) == [f"#7 {FULL}: the server sent a warning: acme: old news"]
    assert lines(made(SchemaDrift, pointer="/*/x", kind="unknown_field")) == [f"#7 {ASKED}: unknown_field at /*/x"]
