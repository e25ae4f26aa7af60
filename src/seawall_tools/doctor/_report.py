"""What was found, for people and for programs."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from rich.text import Text

from seawall.model import redact_url

from .._terminal import one_line
from ._finding import Finding, Level
from ._verdict import is_well, verdict

__all__ = ["line", "report", "verdict_line"]

_COLOURS: Mapping[Level, str] = {"ok": "green", "warn": "yellow", "fail": "bold red"}
_UNITS = 1000  # milliseconds in a second


def line(finding: Finding) -> Text:
    """Return a finding as one line."""
    took = "" if finding.seconds is None else f"  ({finding.seconds * _UNITS:.0f} ms)"
    level = (f"{finding.level:<5}", _COLOURS[finding.level])
    return Text.assemble(level, f"{finding.check:<10}", one_line(finding.message), (took, "dim"))


def verdict_line(findings: Sequence[Finding]) -> Text:
    """Return the last line."""
    worst: Level = "fail" if not is_well(findings) else "warn" if any(each.level == "warn" for each in findings) else "ok"
    return Text(one_line(verdict(findings)), style=_COLOURS[worst])


def report(url: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """Return all that was found, ready for JSON; the names stay."""
    return {
        "url": redact_url(url),
        "well": is_well(findings),
        "verdict": verdict(findings),
        "checks": [msgspec.to_builtins(finding) for finding in findings],
    }
