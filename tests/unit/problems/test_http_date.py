"""HTTP dates in all three forms, and nothing else."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.problems import parse_http_date

NOW = datetime(2026, 7, 1, tzinfo=UTC).timestamp()
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2070, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC, microsecond=0))


@given(MOMENTS)
def test_the_three_forms_tell_the_same_moment(moment: datetime) -> None:
    """IMF-fixdate, RFC 850 and asctime forms of one moment are read alike."""
    seconds = moment.timestamp()
    assert parse_http_date(format_datetime(moment, usegmt=True), NOW) == seconds
    assert parse_http_date(moment.strftime("%a %b %e %H:%M:%S %Y"), NOW) == seconds
    if NOW - 49 * 365.25 * 86400 < seconds < NOW + 49 * 365.25 * 86400:
        assert parse_http_date(moment.strftime("%A, %d-%b-%y %H:%M:%S GMT"), NOW) == seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777),
        ("Sun Nov  6 08:49:37 1994", 784111777),
        ("  sun, 6 nov 1994 08:49:37 gmt ", 784111777),
        ("Mon, 06 Nov 1994 08:49:37 UTC", 784111777),
        ("Sun, 06 Nov 1994 08:49:37", 784111777),
        ("Sun, 06 Nov 1994 08:49:37 +0000", 784111777),
        ("Sat, 31 Dec 2016 23:59:60 GMT", 1483228800),
        ("Sunday, 06-Nov-77 08:49:37 GMT", 247654177),
    ],
)
def test_dates_are_read(text: str, expected: float) -> None:
    """Case, blanks, a missing zone, a wrong day and a leap second are forgiven; a far two-digit year is in the past."""
    assert parse_http_date(text, NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "Sun",
        "Sun, 06 Nov 1994 08:49:37 EST",
        "Sun, 06 Nov 1994 08:49:37 +0900",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nvo 1994 08:49:37 GMT",
        "Sun, 06 Anf 1994 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT x",
        "Sun, 06 Nov 1994\r\n08:49:37 GMT" + " " * 100,
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    """A date that does not exist, in another zone or of another shape is None."""
    assert parse_http_date(text, NOW) is None


@given(st.text(max_size=80) | st.text(st.sampled_from("SunNovGMT, -:0123456789"), max_size=40))
def test_any_text_is_survived(text: str) -> None:
    """No text makes the parser raise."""
    assert isinstance(parse_http_date(text, NOW), float | None)


def test_the_century_follows_the_clock() -> None:
    """A two-digit year is at most fifty years ahead of the clock it is read by."""
    for years in (0, 30, 90):
        now = NOW + timedelta(days=365.2425 * years).total_seconds()
        this_year = datetime.fromtimestamp(now, UTC).year
        for offset, expected in ((0, 0), (50, 50), (51, -49), (-40, -40)):
            text = f"Sunday, 06-Nov-{(this_year + offset) % 100:02} 08:49:37 GMT"
            moment = parse_http_date(text, now)
            assert moment is not None
            assert datetime.fromtimestamp(moment, UTC).year == this_year + expected
