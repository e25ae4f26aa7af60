"""What may be retried, how often, how soon."""

from collections.abc import Collection

import msgspec

from seawall.model import UsageError, check_header

__all__ = ["Retry", "RetryBudget"]

DEFAULT_ATTEMPTS = 3  # two retries mend most blips; more of them only add load to a server that is down
DEFAULT_BACKOFF = 0.25  # seconds: the middle of the first pause is 125 ms, past most restarts of a load balancer
DEFAULT_MAX_BACKOFF = 8.0  # seconds: longer pauses belong to a queue, not to someone who waits
DEFAULT_MAX_RETRY_AFTER = 60.0  # seconds
RETRIED_STATUSES = frozenset({408, 429, 502, 503, 504})  # 500 is not: it is usually a defect and comes again
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "QUERY", "TRACE"})  # RFC 9110, section 9.2.1
IDEMPOTENT_METHODS = SAFE_METHODS | {"PUT", "DELETE"}  # RFC 9110, section 9.2.2


class RetryBudget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much retries may add to an origin's load.

    Attributes:
        share: Retries as a share of the calls of the last ten seconds.
        floor: Retries a second that are free in any case, so that a quiet client can retry at all.
    """

    share: float = 0.2
    floor: float = 10.0

    def __post_init__(self) -> None:
        for name, most in (("share", 100), ("floor", 1e6)):
            number = getattr(self, name)
            if type(number) not in (int, float) or not 0 <= number <= most:
                raise UsageError(f"retry.budget.{name}: a number from 0 to {most:g}, not {number!r}")


class Retry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options of the retry policy.

    Attributes:
        attempts: Sends in all, the first included.
        backoff: Seconds; the pause before retry n is a random part of `backoff * 2**(n - 1)` (full jitter).
        max_backoff: Seconds; the longest pause of our own making.
        statuses: Statuses that are retried for repeatable requests.
        strict: Retry only network errors and timeouts, no status.
        max_retry_after: Seconds; a server that asks for more makes the call fail at once.
        budget: Limit per origin, or None for none.
        attempt_header: Name of a header that tells the attempt's number, or None.
        unsent_only: Repeat only what did not leave, because whoever uses the client repeats the rest: an SDK, a job queue.
    """

    attempts: int = DEFAULT_ATTEMPTS
    backoff: float = DEFAULT_BACKOFF
    max_backoff: float = DEFAULT_MAX_BACKOFF
    statuses: Collection[int] = RETRIED_STATUSES
    strict: bool = False
    max_retry_after: float = DEFAULT_MAX_RETRY_AFTER
    budget: RetryBudget | None = RetryBudget()
    attempt_header: str | None = None
    unsent_only: bool = False

    def __post_init__(self) -> None:
        if type(self.attempts) is not int or not 1 <= self.attempts <= 100:
            raise UsageError(f"retry.attempts: total sends, 1 to 100, not {self.attempts!r}")
        for name in ("backoff", "max_backoff", "max_retry_after"):
            seconds = getattr(self, name)
            if type(seconds) not in (int, float) or not 0 <= seconds < float("inf"):
                raise UsageError(f"retry.{name}: seconds of 0 or more, not {seconds!r}")
        if any(status not in range(400, 600) for status in self.statuses):
            raise UsageError("retry.statuses: statuses from 400 to 599")
        if type(self.unsent_only) is not bool:
            raise UsageError(f"retry.unsent_only: True or False, not {self.unsent_only!r}")
        if self.attempt_header is not None:
            check_header(self.attempt_header, "1")

    @classmethod
    def of(cls, given: "Retry | bool | int | None") -> "Retry":
        """Take what `retry=` may be: a `Retry`, True or None for the defaults, False for off, or the number of attempts.

        Raises:
            UsageError: It is none of these.
        """
        if isinstance(given, Retry):
            return given
        if given is None or given is True:
            return cls()
        if given is False:
            return cls(attempts=1)
        if isinstance(given, int):
            return cls(attempts=given)
        raise UsageError(f"retry: a seawall.Retry, False, or the number of attempts, not {type(given).__name__}")
