"""Retry-After as other projects test it: each vector is adopted, or stands in the table of differences with its reason."""

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from seawall.model import StopReason
from seawall.policies.retry import Again, Failure, Retry, Stop, decide
from seawall.problems import parse_http_date, parse_retry_after

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "retry_after.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)

TOO_LONG = "A wait over the cap fails at once with the value exposed; to cut it would return earlier than the server asked."
NOT_IGNORED = "There is no switch to ignore Retry-After: a server that asks for a pause gets it, or the call fails."
OTHER_ZONE = "An HTTP date is in GMT; another zone is malformed, and reading it as GMT would be hours off."
NO_WAIT = "A redirect is no failure: it is followed at once, and Retry-After on it is left alone."
TOO_LARGE = "413 stays too large however long one waits, so that it is not retried."
DIFFERENCES = {
    "urllib3-cap-21601-21600": TOO_LONG,
    "urllib3-cap-2-1": TOO_LONG,
    "httpx-retries-cap": TOO_LONG,
    "urllib3-sleep-1": NOT_IGNORED,
    "urllib3-sleep-3": NOT_IGNORED,
    "aiohttp-date-22": OTHER_ZONE,
    "urllib3-honours-header-on-413": TOO_LARGE,
    "urllib3-redirect-303-with-retry-after": NO_WAIT,
}


def vectors(kind: str, *, adopted: bool = True) -> list[Any]:
    return [pytest.param(vector, id=vector["id"]) for vector in VECTORS[kind] if (vector["id"] not in DIFFERENCES) is adopted]


def header_of(vector: dict[str, Any]) -> str | None:
    said = vector.get("header_is")
    if said is None:
        return vector["header"]
    seconds = -5 if "- 5" in said else 5
    text = format_datetime(datetime.fromtimestamp(NOW.timestamp() + seconds, UTC), usegmt=True)
    return text.removesuffix(" GMT") if "without the zone" in said else text


def asked(vector: dict[str, Any]) -> float | None:
    now = datetime.fromisoformat(vector["now"]) if "now" in vector else NOW
    header = header_of(vector)
    return None if header is None else parse_retry_after(header, now.timestamp())


def decided(vector: dict[str, Any], retry_after: float | None, random: float = 0.0) -> Again | Stop:
    cap = float(vector.get("cap_s", 1e6))
    options = Retry(attempts=9, backoff=float(vector.get("backoff_factor", 0.25)), max_backoff=60, max_retry_after=cap)
    number = vector.get("attempts_made", 1)
    return decide(options, Failure(number=number, status=vector.get("status", 503), retry_after=retry_after, random=random))


def test_every_difference_is_of_a_vector() -> None:
    """The table of differences names no vector that is not there, and gives each a reason."""
    ids = {vector["id"] for kind in ("retry_after", "http_date", "follow_up") for vector in VECTORS[kind]}
    assert DIFFERENCES.keys() <= ids
    assert all(reason.endswith(".") for reason in DIFFERENCES.values())


@pytest.mark.parametrize("vector", vectors("retry_after"))
def test_a_wait_is_read_and_kept(vector: dict[str, Any]) -> None:
    """The seconds asked for are read, and the pause is just these without jitter; malformed and past ones ask for nothing."""
    expect, seconds = vector["expect"], asked(vector)
    if "error" in expect:
        assert seconds is None
    elif "delay_s_between" in expect:
        low, high = expect["delay_s_between"]
        assert low <= (seconds or 0.0) <= high
    elif expect.get("delay") is None:
        assert (seconds or None) == (expect["delay_s"] or None)
        assert decided(vector, seconds) == Again(float(expect["delay_s"] or 0), "status 503")
    else:
        assert seconds == 0
        assert decided(vector, seconds, random=0.5) == Again(2.0, "status 503")  # half of 2 s * 2, the plain backoff


@pytest.mark.parametrize("vector", vectors("retry_after", adopted=False))
def test_where_we_differ_on_waits(vector: dict[str, Any]) -> None:
    """Over the cap the call fails at once, and the wait is still known; it is never cut, and never ignored."""
    seconds = asked(vector)
    assert seconds is not None
    if DIFFERENCES[vector["id"]] is TOO_LONG:
        assert seconds > vector["cap_s"]
        assert decided(vector, seconds) == Stop(StopReason.WAIT_TOO_LONG)
    else:
        assert decided(vector, seconds) == Again(seconds, "status 503")


@pytest.mark.parametrize("vector", vectors("http_date"))
def test_a_date_is_read(vector: dict[str, Any]) -> None:
    """Dates are read to the second, and what is none is None."""
    moment, expected = parse_http_date(vector["value"], NOW.timestamp()), vector["expect_epoch_ms"]
    assert moment == (None if expected is None else expected / 1000)


@pytest.mark.parametrize("vector", vectors("http_date", adopted=False))
def test_where_we_differ_on_dates(vector: dict[str, Any]) -> None:
    """A date in another zone than GMT is malformed."""
    assert parse_http_date(vector["value"], NOW.timestamp()) is None


@pytest.mark.parametrize("vector", vectors("follow_up"))
def test_the_statuses_that_wait(vector: dict[str, Any]) -> None:
    """429 and 503 are retried after the pause; 418 and 500 are not, and a redirect never waits."""
    decision = decided(vector, 1.0)
    if vector["status"] == 303:
        assert decision == Stop(StopReason.NOT_RETRYABLE)
    elif vector["expect"]["header_triggers_retry"]:
        assert decision == Again(1.0, f"status {vector['status']}")
    else:
        assert decision == Stop(StopReason.NOT_RETRYABLE)


@pytest.mark.parametrize("vector", vectors("follow_up", adopted=False))
def test_where_we_differ_on_statuses(vector: dict[str, Any]) -> None:
    """Neither 413 nor a redirect is retried, whatever its Retry-After says."""
    assert decided(vector, 1.0) == Stop(StopReason.NOT_RETRYABLE)
