"""Moments as HTTP writes them (RFC 9110, section 5.6.7)."""

from datetime import UTC, datetime
from email.utils import format_datetime

__all__ = ["http_date"]


def http_date(moment: datetime) -> str:
    """Return an HTTP-date in GMT.

    Raises:
        ValueError: The moment has no time zone: it would be another one on every machine.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return format_datetime(moment.astimezone(UTC), usegmt=True)
