"""When tokens are refreshed before they end: pure, so that a table can test it."""

import msgspec

from seawall.model import UsageError

__all__ = ["RefreshOptions", "windows"]

DEFAULT_TIMEOUT = 30.0  # seconds that a whole refresh may take, its own retries included
DEFAULT_ADVISORY = 300.0  # seconds before the end: one caller refreshes, nobody waits
DEFAULT_MANDATORY = 30.0  # seconds before the end: all wait, since the token could end on its way
ADVISORY_SHARE = 0.2  # of a token's life at most, so that short-lived ones are not always being refreshed
MANDATORY_SHARE = 0.05
JITTER = 0.2  # of the advisory window, so that many machines that signed in together do not refresh together
NEVER = float("inf")


class RefreshOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How tokens are refreshed.

    Attributes:
        timeout: Seconds that a whole refresh may take, its own retries included.
        attempts: Requests of one refresh at most; only those are repeated that may go away by themselves.
        advisory: Seconds before a token's end from when on one caller refreshes while the others go on; at most a fifth of its
            life.
        mandatory: Seconds before its end from when on all wait; at most a twentieth of its life.
        cap: Refreshes within `window` whose new token was refused with 401; after so many the next is not made.
        window: Seconds.
    """

    timeout: float = DEFAULT_TIMEOUT
    attempts: int = 3
    advisory: float = DEFAULT_ADVISORY
    mandatory: float = DEFAULT_MANDATORY
    cap: int = 5
    window: float = 30.0

    def __post_init__(self) -> None:
        for name in ("timeout", "advisory", "mandatory", "window"):
            seconds = getattr(self, name)
            if type(seconds) not in (int, float) or not 0 <= seconds < NEVER:
                raise UsageError(f"RefreshOptions: {name}: seconds of 0 or more, not {seconds!r}")
        for name in ("attempts", "cap"):
            if type(getattr(self, name)) is not int or getattr(self, name) < 1:
                raise UsageError(f"RefreshOptions: {name}: a whole number of at least 1, not {getattr(self, name)!r}")


def windows(options: RefreshOptions, now: float, expires_at: float | None, random: float) -> tuple[float, float]:
    """Return from when on a refresh is advised, and from when on it is required, in seconds since 1970.

    Args:
        options: See `RefreshOptions`.
        now: Seconds since 1970.
        expires_at: When the token ends, or None.
        random: From 0 up to 1.
    """
    if expires_at is None:
        return NEVER, NEVER
    life = max(0.0, expires_at - now)
    mandatory = min(options.mandatory, life * MANDATORY_SHARE)
    advisory = min(options.advisory, life * ADVISORY_SHARE) * (1 - JITTER * random)
    return expires_at - max(advisory, mandatory), expires_at - mandatory
