"""How long things may take."""

import math

import msgspec

from seawall.model import UsageError

__all__ = ["DEFAULT_CONNECT", "DEFAULT_READ", "DEFAULT_TOTAL", "Timeout"]

DEFAULT_TOTAL = 30.0  # seconds: longer than people wait before a screen, short enough that threads come free
DEFAULT_CONNECT = 10.0  # seconds: three lost SYN packets and a slow TLS handshake
DEFAULT_READ = 10.0  # seconds of silence


class _Total(msgspec.Struct, frozen=True):
    """The one clock that may be given without its name."""

    total: float | None = DEFAULT_TOTAL


class Timeout(_Total, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The clocks of a call, in seconds; None takes a limit away.

    Attributes:
        total: The whole call: attempts, waits, redirects, buffered body. A body that the caller streams is not covered by it
            after its head, unless the timeout was given for that very call.
        connect: Resolving, connecting, TLS.
        read: Silence while sending or receiving.
        attempt: One attempt, from its start to its whole body.
        header: Name of a header that tells the server how many milliseconds are left, on every attempt; None sends none.
    """

    connect: float | None = DEFAULT_CONNECT
    read: float | None = DEFAULT_READ
    attempt: float | None = None
    header: str | None = None

    def __post_init__(self) -> None:
        for name in ("total", "connect", "read", "attempt"):
            seconds = getattr(self, name)
            if seconds is not None:
                _check(name, seconds)

    @classmethod
    def of(cls, given: "float | Timeout | None", base: "Timeout | None" = None) -> "Timeout":
        """Take what `timeout=` may be: seconds in all, a `Timeout`, or None for no total limit.

        Args:
            given: What the user wrote.
            base: Where the other clocks come from when only the total is given.

        Raises:
            UsageError: It is none of these, or negative.
        """
        if isinstance(given, Timeout):
            return given
        if given is not None:
            _check("total", given)
        return msgspec.structs.replace(base or cls(), total=None if given is None else float(given))


def _check(name: str, seconds: object) -> None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or math.isnan(seconds) or seconds < 0:
        raise UsageError(f"timeout: {name} must be seconds of 0 or more, or None; not {seconds!r}")
