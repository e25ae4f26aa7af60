"""Findings for code hosts, in the forms that they read: SARIF, and GitHub's workflow commands."""

import os
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from ._terminal import one_line

__all__ = ["Level", "Result", "github_command", "repository_path", "sarif_log"]

Level = Literal["error", "warning", "note"]
_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


class Result(NamedTuple):
    """One finding, whichever command it is of.

    Attributes:
        rule: The rule's id.
        level: How bad it is.
        path: The file; see `repository_path`.
        message: What is wrong.
        line: Its first line, from 1.
        column: The column of its first character, from 1; None for the whole line.
        end_line: Its last line; None for the first.
    """

    rule: str
    level: Level
    path: str
    message: str
    line: int
    column: int | None = None
    end_line: int | None = None


def repository_path(path: str, folder: Path) -> str:
    """Return a path as code hosts look for it: from the root of the git repository around it. Outside of any it stays.

    Args:
        path: A file, as people are shown it.
        folder: Where a relative path begins.
    """
    place = Path(os.path.abspath(folder / path))
    root = next((parent for parent in place.parents if os.path.exists(parent / ".git")), None)
    return path if root is None else place.relative_to(root).as_posix()


def sarif_log(tool: str, rules: Mapping[str, Mapping[str, Any]], results: Iterable[Result]) -> dict[str, Any]:
    """Return a log with one run (OASIS, Static Analysis Results Interchange Format 2.1.0).

    Args:
        tool: The command.
        rules: What is said of each rule, by its id; a result names its rule by the place here too.
        results: What was found.
    """
    places = {rule: place for place, rule in enumerate(rules)}
    driver = {"name": tool, "version": version("seawall"), "rules": [{"id": rule, **rules[rule]} for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(result, places[result.rule]) for result in results],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_result(result: Result, place: int) -> dict[str, Any]:
    region = {"startLine": result.line, "startColumn": result.column, "endLine": result.end_line}
    location = {"artifactLocation": {"uri": _uri(result.path)}, "region": _known(region)}
    return {
        "ruleId": result.rule,
        "ruleIndex": place,
        "level": result.level,
        "message": {"text": result.message},
        "locations": [{"physicalLocation": location}],
    }


def _uri(path: str) -> str:
    """A relative path stays one: the reader of the log knows where the repository lies."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path)


def github_command(result: Result) -> str:
    """Return a workflow command of GitHub Actions, which marks the line in the change."""
    values = {"file": result.path, "line": result.line, "col": result.column, "endLine": result.end_line, "title": result.rule}
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in _known(values).items())
    return f"::{_COMMANDS[result.level]} {properties}::{_data(result.message)}"


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _data(text: str) -> str:
    return one_line(text).replace("%", "%25")


def _property(text: str) -> str:
    """A property ends at a comma or a colon, so that those are escaped there."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
