"""The check of the clock: how far this machine's is from the server's."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ._finding import Finding

__all__ = ["MAX_SKEW", "check_clock"]

MAX_SKEW = 60.0  # seconds: beyond it short-lived tokens, signatures and one-time codes begin to fail


def check_clock(date: str | None, age: str | None, now: datetime) -> Finding:
    """Compare the Date header of an answer with this machine's clock.

    Args:
        date: The header, None without one.
        age: The Age header: a cache keeps the Date of the original answer, and says how old it is (RFC 9111, section 5.1).
        now: When the answer came, by this machine's clock.
    """
    there = _read(date)
    if there is None:
        return Finding(check="clock", message="the server tells no time (Date header)", facts={"skew_seconds": None})
    cached = int(age) if age is not None and age.isascii() and age.isdigit() and len(age) < 10 else 0
    skew = (now - there).total_seconds() - cached
    facts = {"skew_seconds": round(skew, 3)}
    if abs(skew) < MAX_SKEW:
        return Finding(check="clock", message="this machine and the server agree within a minute", facts=facts)
    message = f"this machine is {_span(abs(skew))} {'ahead of' if skew > 0 else 'behind'} the server"
    remedy = f"The clocks differ by {_span(abs(skew))}: set the one that is wrong (NTP); tokens and signatures depend on it."
    return Finding(check="clock", level="warn", message=message, remedy=remedy, facts=facts)


def _read(date: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _span(seconds: float) -> str:
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
