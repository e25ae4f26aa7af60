"""`check`, `diff` and `gen`: the sub-commands that say whether all is well."""

from pathlib import Path
from typing import Annotated

import typer

from .._ending import ending_well
from .._terminal import one_line, write
from ._base import base_document
from ._checks import check_project, lost_codes
from ._diff import diff
from ._document import Document
from ._edits import mended
from ._finding import Finding, has_errors
from ._generate import generated, stale, write_targets
from ._output import FAULTS, CacheOption, DocumentOption, FormatOption, JsonOption, conclude, open_project
from ._project import Project, read_document
from ._whole_file import write_whole

__all__ = ["check", "compare", "gen"]

_WELL = "All is well."
ServerOption = Annotated[Path | None, typer.Option("--server", metavar="FILE", help="The server's generated module.")]
ClientOption = Annotated[Path | None, typer.Option("--client", metavar="FILE", help="The client's generated module.")]
ArbOption = Annotated[Path | None, typer.Option("--arb", metavar="FOLDER", help="The folder of the ARB catalogues.")]


def check(
    document: DocumentOption = None,
    server: ServerOption = None,
    client: ClientOption = None,
    arb: ArbOption = None,
    source: Annotated[list[Path] | None, typer.Option("--source", metavar="PATH", help="Sources; may be repeated.")] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what is safe to mend in the document.")] = False,
    form: FormatOption = "text",
    as_json: JsonOption = False,
    cache: CacheOption = True,
) -> None:
    """Check the document, and the catalogues, generated modules and sources beside it."""
    with ending_well(*FAULTS):
        project = open_project(document, cache=cache, server=server, client=client, arb=arb, sources=source)
        if fix:
            _mend(project)
        conclude(check_project(project), "json" if as_json else form, _well(project), project.root)


def compare(
    base: Annotated[str, typer.Argument(metavar="BASE", show_default=False, help="A file, or a git revision.")],
    document: DocumentOption = None,
    form: FormatOption = "text",
    as_json: JsonOption = False,
) -> None:
    """Compare the document with an older one: what breaks clients and servers, what to look at, what is safe."""
    with ending_well(*FAULTS):
        project = open_project(document)
        new = project.document()
        findings = [finding for finding in new.findings if finding.level == "error"]
        old = base_document(base, project.file)
        if old is None:
            write(one_line(f"{base} has no {new.path}: every code counts as new"), error=True)
        changes = diff(old or Document(path=base), new)
        conclude([*findings, *changes], "json" if as_json else form, "Nothing changed.", project.root)


def gen(
    document: DocumentOption = None,
    server: ServerOption = None,
    client: ClientOption = None,
    arb: ArbOption = None,
    openapi: Annotated[Path | None, typer.Option("--openapi", metavar="FILE", help="OpenAPI 3.1 components, JSON.")] = None,
    docs: Annotated[Path | None, typer.Option("--docs", metavar="FOLDER", help="The folder of the pages, one per code.")] = None,
    only_check: Annotated[bool, typer.Option("--check", help="Write nothing; fail where something is stale.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Let codes go that are gone from the document.")] = False,
    form: FormatOption = "text",
    as_json: JsonOption = False,
) -> None:
    """Write what is made of the document: modules, template, OpenAPI, pages."""
    with ending_well(*FAULTS):
        project = open_project(document, server=server, client=client, arb=arb, openapi=openapi, docs=docs)
        shown = "json" if as_json else form
        found = project.document()
        findings = _obstacles(project, found, forget or only_check)
        if has_errors(findings):
            conclude(findings, shown, _WELL, project.root)
        targets = generated(project, found)
        if only_check:
            conclude([*stale(project, targets)], shown, _WELL, project.root)
            return
        written = write_targets(project, targets)
        conclude([], shown, "\n".join(f"wrote {path}" for path in written) or "Nothing is stale.", project.root)


def _well(project: Project) -> str:
    """What was looked at: a setting that names nothing, or the wrong folder, must not look like success."""
    counts = {"code": len(project.document().entries)}
    if project.arb is not None:
        counts["catalogue"] = len(project.catalogues)
    if project.sources:
        counts["source"] = len(project.facts)
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items()]
    return f"All is well: {', '.join(parts)}."


def _obstacles(project: Project, document: Document, forget: bool) -> list[Finding]:
    """What keeps `gen` from writing: a faulty document, and codes that would be lost without a word."""
    errors = [finding for finding in document.findings if finding.level == "error"]
    lost = () if forget else lost_codes(document, project.catalogues, project.generated_texts())
    return [*errors, *lost]


def _mend(project: Project) -> None:
    document = project.document()
    edits = [finding for finding in document.findings if finding.edit]
    if edits:
        text = read_document(project.file, document.path).decode()
        write_whole(project.file, mended(text, edits).encode())
        write(f"{document.path}: mended {len(edits)} line{'s' if len(edits) > 1 else ''}", error=True)
