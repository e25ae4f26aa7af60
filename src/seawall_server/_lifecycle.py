"""What a route says about the end of its life."""

import re
from datetime import datetime

from ._exchange import CURRENT
from ._http_date import http_date

__all__ = ["Lifecycle"]

_LINK = re.compile(r"[!#-;=?-~]+").fullmatch  # what could not end the field, or the angle brackets that it stands in


class Lifecycle:
    """Announces that a resource is deprecated (RFC 9745) and when it ends (RFC 8594).

    Args:
        deprecated: Since when, or from when on, it should no longer be used.
        sunset: When it will be gone, or None while that is open.
        link: Where developers read what to use instead.

    Raises:
        ValueError: A moment has no time zone, the sunset comes before the deprecation, or the link is no URI.
    """

    def __init__(self, deprecated: datetime, *, sunset: datetime | None = None, link: str | None = None) -> None:
        if deprecated.tzinfo is None or (sunset is not None and sunset.tzinfo is None):
            raise ValueError("deprecated and sunset need a time zone")
        if sunset is not None and sunset < deprecated:
            raise ValueError("sunset comes before deprecated (RFC 9745, section 4)")
        if link is not None and not _LINK(link):
            raise ValueError(f"link: {link!r} is no URI")
        self.fields = [("Deprecation", f"@{int(deprecated.timestamp())}")]
        if sunset is not None:
            self.fields.append(("Sunset", http_date(sunset)))
        if link is not None:
            self.fields.append(("Link", f'<{link}>; rel="deprecation"'))

    def announce(self) -> None:
        """Add the fields to the response of the current request, whether it ends well or not. Outside of one, do nothing."""
        exchange = CURRENT.get()
        if exchange is not None:
            exchange.announce(self.fields)
