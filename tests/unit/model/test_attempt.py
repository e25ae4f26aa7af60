"""The timeline of a call, and the certainty that has no truth value."""

import json
import pickle
from typing import Any

import pytest

from seawall.model import Attempt, Sent, StopReason, UsageError, explain


@pytest.mark.parametrize(
    "ask", [bool, lambda sent: not sent, lambda sent: sent or 1, lambda sent: 1 if sent else 2, lambda sent: any([sent])]
)
@pytest.mark.parametrize("sent", list(Sent))
def test_sent_has_no_truth_value(ask: Any, sent: Sent) -> None:
    """Asking whether a request was sent as if the answer were yes or no is misuse."""
    with pytest.raises(UsageError, match="may_have_been_sent"):
        ask(sent)


def test_sent_is_compared_by_identity() -> None:
    """The three answers are told apart with `is`, also behind a pickle."""
    for sent in Sent:
        assert pickle.loads(pickle.dumps(sent)) is sent
    assert len(set(Sent)) == 3


def test_a_line_tells_all_that_is_known() -> None:
    """One attempt is one line: number, offset, outcome, redirects, connection, and why it went on or stopped."""
    attempt = Attempt(2, "GET", "https://a.example/", started=1.0, duration=0.5, status=503, problem="UnavailableProblem")
    attempt.sent, attempt.hops, attempt.connection, attempt.waited, attempt.retried = Sent.YES, 1, "c1", 0.25, "status 503"
    begin = "attempt 2 at +1.000s: 503 UnavailableProblem in 0.500s after 1 redirect on c1"
    assert attempt.line() == f"{begin}; retried: status 503"
    assert Attempt(1, "GET", "/").line() == "attempt 1 at +0.000s: no outcome yet"
    stopped = Attempt(1, "GET", "/", stopped=StopReason.ATTEMPTS_USED)
    assert stopped.line().endswith("; stopped: all attempts were used (retry.attempts)")


@pytest.mark.parametrize(("sent", "end"), [(Sent.YES, ""), (Sent.MAYBE, ", sent: maybe"), (Sent.NO, ", sent: no"), (None, "")])
def test_a_line_tells_how_far_the_request_came(sent: Sent | None, end: str) -> None:
    """That an answered request was sent goes without saying; all else is said."""
    assert (
        Attempt(1, "GET", "/", problem="ReadTimeoutProblem", sent=sent).line() == f"attempt 1 at +0.000s: ReadTimeoutProblem{end}"
    )


def _two() -> list[Attempt]:
    url = "https://a.example/users/ada@example.com?q=1"
    first = Attempt(1, "POST", url, duration=0.25, problem="ConnectProblem", sent=Sent.NO, retried="network failure")
    second = Attempt(
        2, "POST", url, started=0.75, duration=0.5, status=503, problem="UnavailableProblem", sent=Sent.YES, waited=0.5
    )
    second.stopped = StopReason.NOT_IDEMPOTENT
    return [first, second]


def test_a_timeline_for_people() -> None:
    """The header tells what was asked, how often, how long and how it ended; then come attempts and waits in their order."""
    assert str(explain("POST", "https://a.example/v1", _two())).splitlines() == [
        "POST https://a.example/v1: 2 attempts in 1.250s, 503 UnavailableProblem",
        "  attempt 1 at +0.000s: ConnectProblem in 0.250s, sent: no; retried: network failure",
        "  waited 0.500s",
        "  attempt 2 at +0.750s: 503 UnavailableProblem in 0.500s; stopped: the request may have had its effect and was not "
        "declared repeatable (idempotent=, idempotency_key=)",
    ]


def test_a_timeline_shows_neither_query_nor_person() -> None:
    """E4: the timeline is a note of every problem, and so in every log of a traceback: it shows no query and no address."""
    text = str(explain("POST", _two()[0].url, _two()))
    assert text.startswith("POST https://a.example/users/[redacted]: 2 attempts")
    assert "q=1" not in text


def test_a_timeline_before_its_end() -> None:
    """A call without attempts, or with one that runs, has a timeline without an end."""
    assert str(explain("GET", "/agents", [])) == "GET /agents: 0 attempts"
    running = explain("GET", "/agents", [Attempt(1, "GET", "/agents")])
    assert str(running) == "GET /agents: 1 attempt\n  attempt 1 at +0.000s: no outcome yet"
    assert running.duration is None
    assert running.to_dict()["duration"] is None


def test_a_long_timeline_is_cut_in_its_middle() -> None:
    """However many attempts there are, the timeline tells its beginning and its end, and how many it leaves out."""
    attempts = [Attempt(number, "GET", "/", connection="x" * 1000) for number in range(1, 1001)]
    lines = str(explain("GET\n" + "T" * 1000, "/", attempts)).splitlines()
    assert len(lines) == 22
    assert lines[10].startswith("  attempt 10 ")
    assert lines[11] == "  (980 more attempts)"
    assert lines[12].startswith("  attempt 991 ")
    assert max(map(len, lines)) < 200
    assert len(str(explain("GET", "/", attempts[:20])).splitlines()) == 21


def test_a_timeline_for_machines() -> None:
    """The names are stable, numbers are seconds, and the reason why it stopped is a name too."""
    explanation = explain("POST", "https://a.example/v1?q=1", _two())
    facts = explanation.to_dict()
    assert list(facts) == ["method", "url", "duration", "status", "problem", "attempts"]
    assert {name: facts[name] for name in list(facts)[:5]} == {
        "method": "POST",
        "url": "https://a.example/v1?q=1",
        "duration": 1.25,
        "status": 503,
        "problem": "UnavailableProblem",
    }
    assert facts["attempts"][1] == {
        "number": 2,
        "method": "POST",
        "url": "https://a.example/users/ada@example.com?q=1",
        "started": 0.75,
        "duration": 0.5,
        "status": 503,
        "problem": "UnavailableProblem",
        "sent": "yes",
        "hops": 0,
        "replays": 0,
        "connection": None,
        "waited": 0.5,
        "retried": None,
        "stopped": "not_idempotent",
    }
    assert explanation.attempts[0].to_dict()["stopped"] is None


def test_json_is_one_line_of_ascii() -> None:
    """The JSON is the dictionary, in one line that any log can take."""
    explanation = explain("GET", "https://a.example/Städte\u2028\ud800", _two())
    text = explanation.to_json()
    assert text.isascii()
    assert text.isprintable()
    assert json.loads(text) == explanation.to_dict()


def test_an_explanation_stays_as_it_was() -> None:
    """What was explained does not change when the call goes on."""
    attempts = [Attempt(1, "GET", "https://a.example/", status=200, sent=Sent.YES)]
    explanation = explain("GET", "https://a.example/", attempts)
    attempts[0].status = 500
    attempts.append(Attempt(2, "GET", "https://a.example/"))
    assert str(explanation) == "GET https://a.example/: 1 attempt\n  attempt 1 at +0.000s: 200"
    assert json.loads(json.dumps(explanation.to_dict()))["attempts"][0]["sent"] == "yes"
