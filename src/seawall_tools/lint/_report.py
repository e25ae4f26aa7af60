"""Findings for people, for programs, and for GitHub's pull requests."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from .._terminal import one_line
from ._finding import Finding
from ._run import Outcome

__all__ = ["LINES", "document", "summary"]


def document(outcome: Outcome) -> dict[str, Any]:
    """Return everything, ready for JSON; the names stay."""
    findings = [msgspec.to_builtins(finding) for finding in outcome.findings]
    return {"files": outcome.files, "is_cut": outcome.is_cut, "findings": findings}


def summary(outcome: Outcome) -> str:
    """Return the last line for people."""
    files = "1 file" if outcome.files == 1 else f"{outcome.files} files"
    if not outcome.findings:
        return f"Nothing found in {files}"
    found = "1 finding" if len(outcome.findings) == 1 else f"{len(outcome.findings)} findings"
    return f"{found} in {files}{'; there are more' if outcome.is_cut else ''}"


def _text(finding: Finding) -> str:
    return one_line(f"{finding.path}:{finding.line}:{finding.column}: {finding.code} {finding.message}")


def _github(finding: Finding) -> str:
    """A workflow command. Its properties end at a comma or a colon, so that those are escaped there."""
    values = {
        "file": finding.path,
        "line": finding.line,
        "col": finding.column,
        "endLine": finding.end_line,
        "title": finding.code,
    }
    properties = ",".join(
        f"{name}={_escaped(str(value)).replace(':', '%3A').replace(',', '%2C')}" for name, value in values.items()
    )
    return f"::error {properties}::{_escaped(finding.message)}"


def _escaped(text: str) -> str:
    return one_line(text).replace("%", "%25")


LINES: Mapping[str, Callable[[Finding], str]] = {"text": _text, "github": _github}
