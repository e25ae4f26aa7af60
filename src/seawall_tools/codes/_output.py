"""What every sub-command does alike: find the project, show findings, end with the right code."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from seawall.l10n import CatalogueError
from seawall.model import UsageError

from .._findings import repository_path
from .._json import show_document
from .._tables import SettingsError
from .._terminal import write
from ._finding import Finding, has_errors
from ._formats import Format, as_github, as_json, as_sarif, as_text, summary
from ._project import Project, find_project
from ._sections import DocumentError

__all__ = ["FAULTS", "CacheOption", "DocumentOption", "FormatOption", "JsonOption", "conclude", "open_project"]

FAILED = 1
FAULTS = (CatalogueError, DocumentError, SettingsError, UsageError)  # whose messages are for whoever called the command

DocumentOption = Annotated[
    Path | None, typer.Option("--document", metavar="FILE", help="The error document; else that of pyproject.toml.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How findings are written.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document.")]
CacheOption = Annotated[bool, typer.Option("--cache/--no-cache", help="Keep what was read in .seawall_cache.")]


def open_project(document: Path | None, *, cache: bool = True, **options: object) -> Project:
    """Find the project of the current folder.

    Args:
        document: The error document, in place of the one that the project names.
        cache: Whether what was read may be kept.
        options: More settings in place of the project's; paths are relative to the current folder.
    """
    given = {"document": document, **options}
    return find_project(Path.cwd(), {name: _absolute(value) for name, value in given.items()}, cache=cache)


def _absolute(value: object) -> object:
    if isinstance(value, Path):
        return str(Path.cwd() / value)
    if isinstance(value, list):
        return tuple(_absolute(part) for part in value) or None
    return value


def conclude(findings: Sequence[Finding], form: Format, well: str, root: Path) -> None:
    """Write the findings, and end with 1 if one of them is an error.

    Args:
        findings: In the order in which they are shown.
        form: How.
        well: What text says where there are none.
        root: The project's folder.
    """
    if form in ("sarif", "github"):  # code hosts look for files from the root of the repository
        folder = root.resolve()
        findings = [msgspec.structs.replace(finding, path=repository_path(finding.path, folder)) for finding in findings]
    if form == "json":
        show_document(as_json(findings))
    elif form == "sarif":
        show_document(as_sarif(findings))
    else:
        for line in as_github(findings) if form == "github" else [*as_text(findings), summary(findings, well)]:
            write(line)
        sys.stdout.flush()
    if has_errors(findings):
        raise typer.Exit(FAILED)
