"""Findings as SARIF 2.1.0, which code hosts and editors read (OASIS, Static Analysis Results Interchange Format)."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ._finding import UNREADABLE, Finding, Rule
from ._run import Outcome

__all__ = ["sarif"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(outcome: Outcome, rules: Sequence[Rule]) -> dict[str, Any]:
    """Return a SARIF log with one run.

    Args:
        outcome: What was found.
        rules: All rules, which a result names by its place among them.
    """
    named = [
        *((rule.code, rule.name, rule.summary) for rule in rules),
        (UNREADABLE, "unreadable", "a file that cannot be read as Python"),
    ]
    places = {code: place for place, (code, _, _) in enumerate(named)}
    driver = {
        "name": "seawall lint",
        "semanticVersion": version("seawall"),
        "rules": [{"id": code, "name": name, "shortDescription": {"text": summary}} for code, name, summary in named],
    }
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, places[finding.code]) for finding in outcome.findings],
            }
        ],
    }


def _result(finding: Finding, place: int) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column, "endLine": finding.end_line}
    location = {"artifactLocation": {"uri": _uri(finding.path)}, "region": region}
    return {
        "ruleId": finding.code,
        "ruleIndex": place,
        "level": "error",
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location}],
    }


def _uri(path: str) -> str:
    """A relative path stays one, since the reader knows where the code lies."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path)
