"""The last line: what is wrong and how to mend it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ._clock import MAX_SKEW
from ._finding import Finding

__all__ = ["is_well", "verdict"]


def is_well(findings: Sequence[Finding]) -> bool:
    """Tell whether a call could succeed."""
    return all(finding.level != "fail" for finding in findings)


def verdict(findings: Sequence[Finding]) -> str:
    """Return one line: the first failure and its remedy, since what fails later mostly follows from it.

    Two causes show themselves as something else, and are named here: a clock that is wrong makes good certificates look expired,
    and behind a proxy that must be used names and connections fail.
    """
    failures = [finding for finding in findings if finding.level == "fail"]
    warnings = [finding for finding in findings if finding.level == "warn"]
    if failures:
        root = _of_the_clock(failures[0], findings) or _of_the_proxy(failures[0], findings) or failures[0].remedy
        return root + _more(len(failures) - 1, "fault")
    if warnings:
        return f"It works. {warnings[0].remedy}{_more(len(warnings) - 1, 'warning')}"
    return "All is well."


def _more(count: int, noun: str) -> str:
    return f" ({count} more {noun}{'s' * (count > 1)} above)" if count else ""


def _of_the_clock(failure: Finding, findings: Sequence[Finding]) -> str | None:
    skew = next((each.facts["skew_seconds"] for each in findings if each.check == "clock"), None)
    if failure.check != "validity" or skew is None or abs(skew) < MAX_SKEW:
        return None
    begins, ends = (datetime.fromisoformat(failure.facts[name]) for name in ("begins", "ends"))
    seen = datetime.fromisoformat(failure.facts["now"])
    if not begins <= seen - timedelta(seconds=skew) <= ends:
        return None
    return "This machine's clock is wrong, and makes a good certificate look out of date: set it (NTP)."


def _of_the_proxy(failure: Finding, findings: Sequence[Finding]) -> str | None:
    proxy = next((each.facts["proxy"] for each in findings if each.check == "proxy"), None)
    if proxy is None or failure.check not in ("dns", "connect"):
        return None
    return (
        f"There is no direct way to the server, but the environment names a proxy, {proxy}: "
        "use it (seawall.Client(trust_env=True), seawall call --trust-env)."
    )
