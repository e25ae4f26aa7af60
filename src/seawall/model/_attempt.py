"""What happened to one call: each sending, why it was repeated or not, and the timeline told to developers."""

from collections.abc import Sequence
from enum import Enum
from typing import Any

import msgspec

from ._errors import UsageError

__all__ = ["Attempt", "Explanation", "Sent", "StopReason"]


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
    connection: str | None = None
    waited: float = 0.0
    retried: str | None = None
    stopped: StopReason | None = None

    def line(self) -> str:
        """Return one readable line about it."""
        outcome = " ".join(str(part) for part in (self.status, self.problem) if part is not None) or "no outcome yet"
        took = "" if self.duration is None else f" in {self.duration:.3f}s"
        waited = f"waited {self.waited:.3f}s; " if self.waited else ""
        hops = f" after {self.hops} redirect{'s' * (self.hops > 1)}" if self.hops else ""
        sent = f", sent: {self.sent.value}" if self.sent is not None else ""
        route = f" on {self.connection}" if self.connection else ""
        why = f"; retried: {self.retried}" if self.retried else f"; stopped: {self.stopped.value}" if self.stopped else ""
        return f"{waited}attempt {self.number} at +{self.started:.3f}s: {outcome}{took}{hops}{route}{sent}{why}"


class Explanation(msgspec.Struct, frozen=True):
    """The timeline of a call. `str()` is for people, `to_dict()` for machines; both are redacted.

    Attributes:
        method, url: What was asked first.
        attempts: Every sending in order.
    """

    method: str
    url: str
    attempts: tuple[Attempt, ...]

    def __str__(self) -> str:
        lines = [f"{self.method} {self.url}: {len(self.attempts)} attempt{'s' * (len(self.attempts) != 1)}"]
        return "\n".join([*lines, *(f"  {attempt.line()}" for attempt in self.attempts)])

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, text and numbers, ready for JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def explain(method: str, url: str, attempts: Sequence[Attempt]) -> Explanation:
    """Gather the timeline of a call; the attempts are copied, so that it stays as it is."""
    return Explanation(method, url, tuple(msgspec.structs.replace(attempt) for attempt in attempts))
