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
    """One attempt is one line: wait, number, outcome, redirects, connection, certainty, and why it went on or stopped."""
    attempt = Attempt(2, "GET", "https://a.example/", started=1.0, duration=0.5, status=503, problem="UnavailableProblem")
    attempt.sent, attempt.hops, attempt.connection, attempt.waited, attempt.retried = Sent.YES, 1, "c1", 0.25, "status 503"
    begin = "waited 0.250s; attempt 2 at +1.000s: 503 UnavailableProblem in 0.500s after 1 redirect on c1, "
    assert attempt.line() == f"{begin}sent: yes; retried: status 503"
    assert Attempt(1, "GET", "/").line() == "attempt 1 at +0.000s: no outcome yet"
    stopped = Attempt(1, "GET", "/", stopped=StopReason.ATTEMPTS_USED)
    assert stopped.line().endswith("; stopped: all attempts were used (retry.attempts)")


def test_an_explanation_stays_as_it_was() -> None:
    """What was explained does not change when the call goes on, and machines can read it."""
    attempts = [Attempt(1, "GET", "https://a.example/", status=200, sent=Sent.YES)]
    explanation = explain("GET", "https://a.example/", attempts)
    attempts[0].status = 500
    attempts.append(Attempt(2, "GET", "https://a.example/"))
    assert str(explanation) == "GET https://a.example/: 1 attempt\n  attempt 1 at +0.000s: 200, sent: yes"
    assert json.loads(json.dumps(explanation.to_dict()))["attempts"][0]["sent"] == "yes"
