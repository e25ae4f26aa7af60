"""The decision, and nothing else: from the facts of a failed attempt to what happens next. Pure, so that a table can test it."""

import msgspec

from seawall.model import Sent, StopReason

from ._options import IDEMPOTENT_METHODS, Retry

__all__ = ["Again", "Failure", "Stop", "decide"]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What is known after a failed attempt.

    Attributes:
        number: Of the attempt that failed, from 1.
        method: HTTP method.
        status: HTTP status, 0 without a response.
        transient: Without a response: whether such a failure may go away by itself.
        sent: Whether the server may have seen the request.
        idempotent: What the caller declared; None goes by the method.
        keyed: Whether it carries an idempotency key.
        in_progress: Whether a 409 speaks of the same key being worked on.
        replayable: Whether the body can be sent again.
        nested: Whether an outer call holds the retries.
        cancelled: Whether the caller gave up.
        overdue: Whether the call's own time ran out.
        vetoed: Whether the server said not to retry.
        retry_after: Seconds the server asked for, or None.
        remaining: Seconds until the deadline, or None.
        random: From 0 up to 1.
    """

    number: int
    method: str = "GET"
    status: int = 0
    transient: bool = True
    sent: Sent = Sent.MAYBE
    idempotent: bool | None = None
    keyed: bool = False
    in_progress: bool = False
    replayable: bool = True
    nested: bool = False
    cancelled: bool = False
    overdue: bool = False
    vetoed: bool = False
    retry_after: float | None = None
    remaining: float | None = None
    random: float = 0.0


class Again(msgspec.Struct, frozen=True):
    """Send once more.

    Attributes:
        delay: Seconds to wait before.
        reason: Why, for the timeline.
    """

    delay: float
    reason: str


class Stop(msgspec.Struct, frozen=True):
    """Let the failure stand.

    Attributes:
        reason: Why.
    """

    reason: StopReason


def decide(options: Retry, failure: Failure) -> Again | Stop:
    """Return what to do after a failed attempt; budgets are the driver's to ask."""
    reason = _refusal(options, failure)
    if reason is not None:
        return Stop(reason)
    delay = _delay(options, failure)
    if failure.retry_after is not None and failure.retry_after > options.max_retry_after:
        return Stop(StopReason.WAIT_TOO_LONG)
    if failure.remaining is not None and delay >= failure.remaining:
        return Stop(StopReason.DEADLINE)
    return Again(delay, f"status {failure.status}" if failure.status else "network failure")


def _refusal(options: Retry, failure: Failure) -> StopReason | None:
    if failure.cancelled:
        return StopReason.CANCELLED
    if failure.overdue:
        return StopReason.DEADLINE
    if not _is_transient(options, failure):
        return StopReason.NOT_RETRYABLE
    if options.attempts == 1:
        return StopReason.RETRY_OFF
    if failure.nested or (options.unsent_only and failure.sent is not Sent.NO):
        return StopReason.NESTED
    if failure.vetoed:
        return StopReason.SERVER_VETO
    if failure.sent is not Sent.NO and not _is_repeatable(failure):
        return StopReason.NOT_IDEMPOTENT
    if not failure.replayable:
        return StopReason.BODY_NOT_REPLAYABLE
    return StopReason.ATTEMPTS_USED if failure.number >= options.attempts else None


def _is_transient(options: Retry, failure: Failure) -> bool:
    if failure.status == 0:
        return failure.transient
    if options.strict:
        return False
    return failure.status in options.statuses or (failure.status == 409 and failure.keyed and failure.in_progress)


def _is_repeatable(failure: Failure) -> bool:
    if failure.keyed:
        return True
    return failure.method in IDEMPOTENT_METHODS if failure.idempotent is None else failure.idempotent


def _delay(options: Retry, failure: Failure) -> float:
    """Full jitter; a wait that the server asked for comes before it, so that a herd does not return in one instant."""
    ceiling = min(options.max_backoff, options.backoff * 2.0 ** min(failure.number - 1, 60))
    return (failure.retry_after or 0.0) + failure.random * ceiling
