"""What a check found: a rule, a place, and words."""

from collections.abc import Iterable
from typing import Literal

import msgspec

__all__ = ["Edit", "Finding", "Level", "has_errors"]

Level = Literal["error", "warning", "note"]


class Edit(msgspec.Struct, frozen=True):
    """One line to write into the document.

    Attributes:
        line: Number of the line, from 1.
        text: What it becomes, without its line break.
        insert: Whether it is put before that line and replaces nothing.
    """

    line: int
    text: str
    insert: bool = False


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, or that changed.

    Attributes:
        rule: Name of the rule.
        level: "error" fails the command, "warning" and "note" do not.
        path: The file, relative to the project's folder, with forward slashes.
        line: Number of the line, from 1.
        message: What is wrong, and what to do.
        code: The code that it is about, or None.
        edit: What mends it, where that is safe.
    """

    rule: str
    level: Level = "error"
    path: str
    line: int
    message: str
    code: str | None = None
    edit: Edit | None = None


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any of them fails the command."""
    return any(finding.level == "error" for finding in findings)
