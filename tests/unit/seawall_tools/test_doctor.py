"""The doctor's small decisions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from seawall_tools.doctor._certificate import read_certificate
from seawall_tools.doctor._clock import check_clock
from seawall_tools.doctor._finding import Finding, Level
from seawall_tools.doctor._verdict import is_well, verdict
from tests.commands.certificates import Issued

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def found(check: str, level: Level = "ok", remedy: str = "", **facts: Any) -> Finding:
    return Finding(check=check, level=level, message="seen", remedy=remedy, facts=facts)


def test_the_first_failure_is_named() -> None:
    """The verdict is the remedy of the first failure, before that of any warning, and counts the other failures."""
    findings = [found("url", "warn", "A."), found("dns", "fail", "B."), found("connect", "fail", "C.")]
    assert (verdict(findings), is_well(findings)) == ("B. (1 more fault above)", False)


def test_a_warning_is_no_failure() -> None:
    """Warnings alone leave it well, and the first of them is named."""
    findings = [found("url", "warn", "A."), found("clock", "warn", "B."), found("http", "warn", "C.")]
    assert (verdict(findings), is_well(findings)) == ("It works. A. (2 more warnings above)", True)


@pytest.mark.parametrize(
    ("skew", "says"),
    [
        (3 * 86400.0, "This machine's clock is wrong"),
        (30.0, "Renew."),
        (-86400.0, "Renew."),
        (86400.0, "Renew."),
        (None, "Renew."),
    ],
)
def test_a_clock_ahead_is_blamed_for_an_expiry_that_it_makes(skew: float | None, says: str) -> None:
    """A certificate that ended two days ago is good if this clock is three days ahead, and to be renewed otherwise."""
    times = {
        "begins": (NOW - timedelta(days=90)).isoformat(),
        "ends": (NOW - timedelta(days=2)).isoformat(),
        "now": NOW.isoformat(),
    }
    findings = [found("validity", "fail", "Renew.", **times), found("clock", skew_seconds=skew)]
    assert verdict(findings).startswith(says)


@pytest.mark.parametrize(("check", "blamed"), [("dns", True), ("connect", True), ("http", False)])
def test_a_proxy_that_is_not_used_is_blamed_where_there_is_no_way(check: str, blamed: bool) -> None:
    """The environment's proxy is the remedy for names and connections that fail, and not for what comes after them."""
    findings = [found(check, "fail", "Mend it."), found("proxy", proxy="http://proxy.example:3128")]
    assert ("http://proxy.example:3128" in verdict(findings)) is blamed


@pytest.mark.parametrize(
    ("date", "age", "level"),
    [
        ("Fri, 01 May 2026 12:00:00 GMT", None, "ok"),
        ("Fri, 01 May 2026 11:59:01 GMT", None, "ok"),
        ("Fri, 01 May 2026 11:59:00 GMT", None, "warn"),
        ("Fri, 01 May 2026 12:01:00 GMT", None, "warn"),
        ("Fri, 01 May 2026 11:00:00 GMT", "3600", "ok"),
        ("Fri, 01 May 2026 11:00:00 GMT", "soon", "warn"),
        ("Fri, 01 May 2026 11:00:00 GMT", "9" * 20, "warn"),
        ("Friday, 01-May-26 12:00:00 GMT", None, "ok"),
        ("Fri May  1 12:00:00 2026", None, "ok"),
        ("yesterday", None, "ok"),
        ("Fri, 99 May 99999 12:00:00 GMT", None, "ok"),
        (None, None, "ok"),
    ],
)
def test_a_minute_is_where_a_skew_begins(date: str | None, age: str | None, level: Level) -> None:
    """Up to a minute the clocks agree, a cache's age is taken off, and what cannot be read is no skew."""
    assert check_clock(date, age, NOW).level == level


@pytest.mark.parametrize(
    ("hosts", "host", "fits"),
    [
        (["api.example"], "API.example", True),
        (["api.example"], "api.example.", True),
        (["*.example.com"], "a.example.com", True),
        (["*.example.com"], "a.b.example.com", False),
        (["*.example.com"], "example.com", False),
        (["*"], "localhost", False),
        (["a*.example.com"], "ab.example.com", False),
        (["10.0.0.1"], "10.0.0.1", True),
        (["::1"], "0:0:0:0:0:0:0:1", True),
        (["*.0.0.1"], "10.0.0.1", False),
        ([], "api.example", False),
    ],
)
def test_a_certificate_is_for_its_hosts(hosts: list[str], host: str, fits: bool) -> None:
    """A star stands for one whole label at the front, and for no part of an address."""
    assert read_certificate(Issued("x", hosts=hosts).der).is_for(host) is fits


def test_names_of_a_certificate_are_harmless() -> None:
    """A name with control characters is shown spelled out, and cut."""
    name = "x\x1b[31m" + "y" * 200
    certificate = read_certificate(Issued(name[:64]).der)
    assert certificate.subject.startswith("x\\u001b[31my")
    assert len(certificate.subject) <= 100


@pytest.mark.parametrize("der", [b"", b"\x30\x82", b"x" * 100])
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    """Bytes that are no certificate raise a ValueError, which the check of TLS turns into a finding."""
    with pytest.raises(ValueError, match=r"."):
        read_certificate(der)
