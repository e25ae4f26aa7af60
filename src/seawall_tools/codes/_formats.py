"""Findings in the four forms that people and machines read."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from .._findings import Result, github_command, sarif_log
from .._terminal import one_line
from ._finding import Finding
from ._rules import RULES

__all__ = ["Format", "as_github", "as_json", "as_sarif", "as_text", "summary"]

Format = Literal["text", "json", "sarif", "github"]


def as_text(findings: Sequence[Finding]) -> list[str]:
    """Return one line per finding: `file:line: level: message [rule]`."""
    return [
        one_line(f"{finding.path}:{finding.line}: {finding.level}: {finding.message} [{finding.rule}]") for finding in findings
    ]


def summary(findings: Sequence[Finding], well: str) -> str:
    """Return how many findings there are of each level, or what to say where there are none."""
    counted = Counter(finding.level for finding in findings)
    parts = [
        f"{counted[level]} {level}{'s' if counted[level] > 1 else ''}" for level in ("error", "warning", "note") if counted[level]
    ]
    return ", ".join(parts) or well


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return one document: the findings, and the number of errors."""
    shown = [{name: value for name, value in msgspec.to_builtins(finding).items() if name != "edit"} for finding in findings]
    return {"errors": sum(finding.level == "error" for finding in findings), "findings": shown}


def as_sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return a log in SARIF 2.1.0, as code hosts read it."""
    rules = {rule: {"shortDescription": {"text": RULES[rule]}} for rule in sorted({finding.rule for finding in findings})}
    return sarif_log("seawall codes", rules, map(_result, findings))


def as_github(findings: Sequence[Finding]) -> list[str]:
    """Return one workflow command of GitHub Actions per finding, which marks the line in the change."""
    return [github_command(_result(finding)) for finding in findings]


def _result(finding: Finding) -> Result:
    return Result(finding.rule, finding.level, finding.path, finding.message, finding.line)
