"""Findings for people, for programs, and for code hosts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from .._findings import Result, github_command, repository_path, sarif_log
from .._terminal import one_line
from ._finding import UNREADABLE, Finding, Rule
from ._run import Outcome

__all__ = ["document", "github", "notes", "sarif", "text"]


def document(outcome: Outcome) -> dict[str, Any]:
    """Return everything, ready for JSON; the names stay."""
    findings = [msgspec.to_builtins(finding) for finding in outcome.findings]
    return {"files": outcome.files, "is_cut": outcome.is_cut, "findings": findings}


def text(outcome: Outcome) -> list[str]:
    """Return one line per finding: `file:line:column: code message`."""
    return [
        one_line(f"{finding.path}:{finding.line}:{finding.column}: {finding.code} {finding.message}")
        for finding in outcome.findings
    ]


def github(outcome: Outcome) -> list[str]:
    """Return one workflow command per finding."""
    return [github_command(result) for result in _results(outcome)]


def sarif(outcome: Outcome, rules: Sequence[Rule]) -> dict[str, Any]:
    """Return a log of SARIF, which tells of all rules."""
    named = [(rule.code, rule.name, rule.summary) for rule in rules]
    named.append((UNREADABLE, "unreadable", "a file that cannot be read as Python"))
    told = {code: {"name": name, "shortDescription": {"text": summary}} for code, name, summary in named}
    return sarif_log("seawall lint", told, _results(outcome))


def _results(outcome: Outcome) -> list[Result]:
    here = Path.cwd()
    return [_result(finding, here) for finding in outcome.findings]


def _result(finding: Finding, here: Path) -> Result:
    return Result(
        rule=finding.code,
        level="error",
        path=repository_path(finding.path, here),
        message=finding.message,
        line=finding.line,
        column=finding.column,
        end_line=finding.end_line,
    )


def notes(outcome: Outcome, *, with_sum: bool) -> list[str]:
    """Return what people are told beside the findings.

    Args:
        outcome: What came of it.
        with_sum: Whether the last line says how much was found.
    """
    empty = [one_line(f"No Python files in {folder}") for folder in outcome.empty]
    return [*empty, _sum(outcome)] if with_sum and (outcome.files or not empty) else empty


def _sum(outcome: Outcome) -> str:
    files = "1 file" if outcome.files == 1 else f"{outcome.files} files"
    if not outcome.findings:
        return f"Nothing found in {files}"
    found = "1 finding" if len(outcome.findings) == 1 else f"{len(outcome.findings)} findings"
    return f"{found} in {files}{'; there are more' if outcome.is_cut else ''}"
