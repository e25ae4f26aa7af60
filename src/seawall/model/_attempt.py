"""What happened to one call: each sending, why it was repeated or not, and the timeline told to developers."""

import json
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any

import msgspec

from ._errors import UsageError
from ._masking import one_line, public_url

__all__ = ["Attempt", "Explanation", "Sent", "StopReason"]

MAX_TEXT = 100  # characters of what a transport or an interceptor named
MAX_LINES = 10  # attempts told at each end of a long timeline


class Sent(Enum):
    """Whether the server may have seen the request.

    NO: no byte of the request was handed to the kernel (TLS and CONNECT bytes do not count). YES: a final response head
    was parsed. MAYBE: all else. Asking for its truth is refused, because MAYBE has none.
    """

    NO = "no"
    YES = "yes"
    MAYBE = "maybe"

    def __bool__(self) -> bool:
        raise UsageError("Sent has no truth value: compare with Sent.NO, or use problem.may_have_been_sent")


class StopReason(Enum):
    """Why a failed attempt was the last."""

    RETRY_OFF = "retries are off"
    NESTED = "an outer call holds the retries"
    NOT_RETRYABLE = "this failure would not go away by itself"
    NOT_IDEMPOTENT = "the request may have had its effect and was not declared repeatable (idempotent=, idempotency_key=)"
    BODY_NOT_REPLAYABLE = "the body was partly sent and cannot be made again"
    ATTEMPTS_USED = "all attempts were used (retry.attempts)"
    BUDGET_EMPTY = "the origin's retry budget is used up (retry.budget)"
    DEADLINE = "the next attempt would begin after the deadline (timeout)"
    WAIT_TOO_LONG = "the server asked for a longer wait than allowed (retry.max_retry_after)"
    SERVER_VETO = "the server said not to retry (x-should-retry)"
    CANCELLED = "the call was cancelled"


class Attempt(msgspec.Struct, gc=False):
    """One sending of a call, redirects followed on the way included.

    Attributes:
        number: 1 for the first.
        method, url: What was asked; the URL is redacted.
        started: Seconds from the start of the call.
        duration: Seconds until its response or failure; None while it runs.
        status: HTTP status, or None without a response.
        problem: Name of the problem type, or None.
        sent: Whether the server may have seen it.
        hops: Redirects followed.
        replays: Sendings repeated with a new token after a 401.
        connection: Which connection carried it, where the transport says.
        waited: Seconds slept before it.
        retried: Why another attempt followed, or None.
        stopped: Why none followed after a failure, or None.
    """

    number: int
    method: str
    url: str
    started: float = 0.0
    duration: float | None = None
    status: int | None = None
    problem: str | None = None
    sent: Sent | None = None
    hops: int = 0
    replays: int = 0
    connection: str | None = None
    waited: float = 0.0
    retried: str | None = None
    stopped: StopReason | None = None

    def line(self) -> str:
        """Return one readable line about it."""
        took = "" if self.duration is None else f" in {self.duration:.3f}s"
        hops = f" after {self.hops} redirect{'s' * (self.hops > 1)}" if self.hops else ""
        hops += " with a new token" if self.replays else ""
        connection = f" on {one_line(self.connection, MAX_TEXT)}" if self.connection else ""
        sent = f", sent: {self.sent.value}" if self.sent is not None and self.sent is not Sent.YES else ""
        why = f"; retried: {self.retried}" if self.retried else f"; stopped: {self.stopped.value}" if self.stopped else ""
        return f"attempt {self.number} at +{self.started:.3f}s: {self.outcome}{took}{hops}{connection}{sent}{why}"

    @property
    def outcome(self) -> str:
        """Status and name of the problem, as far as there are any."""
        return " ".join(str(part) for part in (self.status, self.problem) if part is not None) or "no outcome yet"

    def to_dict(self) -> dict[str, Any]:
        """Return its attributes for JSON; the reason why it was the last by its name, such as "attempts_used"."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return {**plain, "stopped": None if self.stopped is None else self.stopped.name.lower()}


class Explanation(msgspec.Struct, frozen=True):
    """The timeline of a call. `str()` is for people, `to_dict()` and `to_json()` are for machines.

    All of them are redacted. `str()` is in the notes of every problem, and so in every log that shows a traceback: of the URL it
    shows origin and path only, and hides what in the path looks like a person or a token.

    Attributes:
        method, url: What was asked first.
        attempts: Every sending in order.
    """

    method: str
    url: str
    attempts: tuple[Attempt, ...]

    @property
    def duration(self) -> float | None:
        """Seconds from the start of the call to the end of its last attempt; None before that."""
        last = self.attempts[-1] if self.attempts else None
        return None if last is None or last.duration is None else last.started + last.duration

    def __str__(self) -> str:
        return "\n".join([self._header(), *(f"  {line}" for line in self._lines())])

    def _header(self) -> str:
        count = f"{len(self.attempts)} attempt{'s' * (len(self.attempts) != 1)}"
        end = "" if self.duration is None else f" in {self.duration:.3f}s, {self.attempts[-1].outcome}"
        return f"{one_line(self.method, MAX_TEXT)} {public_url(self.url) or '?'}: {count}{end}"

    def _lines(self) -> Iterator[str]:
        """A line per attempt and per wait. No bars to scale: most calls have one attempt, and logs have no fixed width."""
        hidden = max(0, len(self.attempts) - 2 * MAX_LINES)
        for place, attempt in enumerate(self.attempts):
            if hidden and place == MAX_LINES:
                yield f"({hidden} more attempts)"
            if place < MAX_LINES or place >= MAX_LINES + hidden:
                if attempt.waited:
                    yield f"waited {attempt.waited:.3f}s"
                yield attempt.line()

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, text and numbers, ready for JSON.

        The names stay as they are: `method`, `url` (redacted, with its query), `duration` (seconds), `status` and `problem` of
        the last attempt, and `attempts`, each with the attributes of `Attempt`; `stopped` is the lower-case name of a
        `StopReason`.
        """
        last = self.attempts[-1] if self.attempts else None
        return {
            "method": self.method,
            "url": self.url,
            "duration": self.duration,
            "status": None if last is None else last.status,
            "problem": None if last is None else last.problem,
            "attempts": [attempt.to_dict() for attempt in self.attempts],
        }

    def to_json(self) -> str:
        """Return `to_dict()` as one line of JSON, in ASCII."""
        return json.dumps(self.to_dict())


def explain(method: str, url: str, attempts: Sequence[Attempt]) -> Explanation:
    """Gather the timeline of a call; the attempts are copied, so that it stays as it is."""
    return Explanation(method, url, tuple(msgspec.structs.replace(attempt) for attempt in attempts))
