"""How far the servers' clock is from this machine's, as their refusals tell."""

from seawall.model import Response
from seawall.problems import parse_http_date

__all__ = ["ServerClock"]


class ServerClock:
    """Learns from the `Date` of refusals (RFC 9110, section 6.6.1): a clock that goes wrong shows in a token that ends early.

    Attributes:
        ahead: Seconds that the servers' clock is ahead of this machine's, less than 0 if it is behind; None while nobody knows.
    """

    def __init__(self) -> None:
        self.ahead: float | None = None

    def hear(self, refusal: Response, now: float) -> None:
        """Take note of a refusal that has just arrived; one out of a cache (it has an `Age`) is old.

        Args:
            refusal: The answer.
            now: Seconds since 1970, by this machine's clock.
        """
        date = refusal.headers.get("date")
        if date is None or "age" in refusal.headers:
            return
        told = parse_http_date(date, now)
        if told is not None:
            self.ahead = told - now
