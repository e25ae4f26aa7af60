"""HTTP dates in all three forms of RFC 9110, section 5.6.7."""

import re
from datetime import UTC, datetime

__all__ = ["parse_http_date"]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_TIME = r"(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})"
_ZONE = r"(?:\s+(?:GMT|UTC|Z|[+-]0000))?"
_FORMS = [
    re.compile(rf"[a-z]{{3}},?\s+(?P<day>\d{{1,2}})\s+(?P<month>[a-z]{{3}})\s+(?P<year>\d{{4}})\s+{_TIME}{_ZONE}", re.I | re.A),
    re.compile(rf"[a-z]{{6,9}},?\s+(?P<day>\d{{1,2}})-(?P<month>[a-z]{{3}})-(?P<year>\d{{2}})\s+{_TIME}{_ZONE}", re.I | re.A),
    re.compile(rf"[a-z]{{3}}\s+(?P<month>[a-z]{{3}})\s+(?P<day>\d{{1,2}})\s+{_TIME}\s+(?P<year>\d{{4}})", re.I | re.A),
]


def parse_http_date(text: str, now: float) -> float | None:
    """Return seconds since 1970 for an HTTP date, or None for anything else.

    Args:
        text: IMF-fixdate, RFC 850 or asctime form; a wrong day name is forgiven, another zone than GMT is not.
        now: Seconds since 1970; decides the century of a two-digit year (at most 50 years ahead).
    """
    if len(text) > 64:
        return None
    for form in _FORMS:
        found = form.fullmatch(text.strip())
        if found is not None:
            return _seconds(found.groupdict(), now)
    return None


def _seconds(parts: dict[str, str], now: float) -> float | None:
    place = _MONTHS.find(parts["month"].lower())
    year = int(parts["year"])
    if place % 4:  # not at the start of a name, or -1: not there at all
        return None
    if len(parts["year"]) == 2:
        this_year = datetime.fromtimestamp(now, UTC).year
        ahead = (year - this_year) % 100
        year = this_year + ahead - 100 * (ahead > 50)
    clock = (int(parts["hour"]), int(parts["minute"]), min(int(parts["second"]), 60))
    if int(parts["second"]) > 60:
        return None
    try:
        moment = datetime(year, place // 4 + 1, int(parts["day"]), clock[0], clock[1], min(clock[2], 59), tzinfo=UTC)
    except ValueError:
        return None
    return moment.timestamp() + (clock[2] == 60)
