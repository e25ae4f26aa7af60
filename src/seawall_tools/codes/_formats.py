"""Findings in the four forms that people and machines read."""

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from .._terminal import one_line
from ._finding import Finding
from ._rules import RULES

__all__ = ["Format", "as_github", "as_json", "as_sarif", "as_text", "summary"]

Format = Literal["text", "json", "sarif", "github"]
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


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
    """Return a log in SARIF 2.1.0 (OASIS), as code hosts read it."""
    used = sorted({finding.rule for finding in findings})
    driver = {
        "name": "seawall codes",
        "version": version("seawall"),
        "rules": [{"id": rule, "shortDescription": {"text": RULES[rule]}} for rule in used],
    }
    results = [_result(finding, used.index(finding.rule)) for finding in findings]
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": _uri(finding.path)}, "region": {"startLine": finding.line}}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": finding.level,
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
    }


def _uri(path: str) -> str:
    """A relative path stays one: the reader of the log knows where the repository lies."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path)


def as_github(findings: Sequence[Finding]) -> list[str]:
    """Return one workflow command of GitHub Actions per finding, which marks the line in the change."""
    return [
        f"::{_COMMANDS[finding.level]} file={_property(finding.path)},line={finding.line},title={_property(finding.rule)}"
        f"::{_data(finding.message)}"
        for finding in findings
    ]


def _data(text: str) -> str:
    return one_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
