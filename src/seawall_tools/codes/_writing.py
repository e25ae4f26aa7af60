"""`new` and `import`: the sub-commands that write sections into the document."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import typer

from .._ending import ending_well
from .._terminal import one_line, safe, write
from ._document import Document, Entry
from ._edits import section_text, with_sections
from ._finding import Finding
from ._formats import as_text
from ._names import class_name, code_fault, default_key, is_code
from ._openapi_import import imported_entries
from ._openapi_text import MAX_SIZE, OpenApiError
from ._output import FAULTS, DocumentOption, open_project
from ._project import Project, read_document
from ._read import parse
from ._sections import DocumentError
from ._whole_file import write_whole

__all__ = ["import_openapi", "new"]

HEAD = "# Error codes\n"
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Write to standard output, not into the document.")]
_OPTIONS = {"description": "--description", "detail": "--detail", "param": "--param", "placeholder": "--detail"}
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def new(
    code: Annotated[str, typer.Argument(metavar="CODE", show_default=False, help="In UPPER_SNAKE.")],
    status: Annotated[int, typer.Option("--status", min=400, max=599, help="HTTP status.")],
    detail: Annotated[str | None, typer.Option("--detail", help="One line for developers; else the status's phrase.")] = None,
    description: Annotated[str | None, typer.Option("--description", help="When it comes, and what helps.")] = None,
    param: Annotated[list[str] | None, typer.Option("--param", metavar="NAME:TYPE", help="May be repeated.")] = None,
    document: DocumentOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Write the section of a new code."""
    with ending_well(*FAULTS):
        if not is_code(code):
            raise DocumentError(f"{code[:80]!r} {code_fault(code)}")
        phrase = _PHRASES.get(status, class_name(code))
        words = " ".join((detail or phrase).split())
        described = " ".join((description or words).split())
        entry = Entry(code=code, status=status, detail=words, key=default_key(code), description=described)
        _add(open_project(document), [section_text(entry, tuple(param or ()))], dry_run, _OPTIONS)


def import_openapi(
    file: Annotated[Path, typer.Argument(metavar="OPENAPI", show_default=False, help="An OpenAPI 3 document, JSON or YAML.")],
    document: DocumentOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Write a section for each code of an OpenAPI document that has none yet."""
    with ending_well(*FAULTS):
        project = open_project(document)
        known = parse(_text(project), project.shown(project.file))
        entries = [*_fresh(_imported(file), known)]
        if not entries:
            write(one_line(f"{file}: no error response names a code that is new"))
            return
        _add(project, [section_text(entry) for entry in entries], dry_run)


def _fresh(entries: Sequence[Entry], known: Document) -> Iterator[Entry]:
    """Those that the document has not; one whose class or message is taken would make it faulty, and is left out with a word."""
    have = {entry.code for entry in known.entries} | {old.code for old in known.retired}
    classes, keys = {class_name(code) for code in have}, {entry.key for entry in known.entries}
    for entry in entries:
        if entry.code in have:
            continue
        name = class_name(entry.code)
        if name in classes or entry.key in keys:
            write(f"{entry.code} was left out: another code has its class {name} or its key {entry.key}", error=True)
            continue
        classes.add(name)
        yield entry


def _imported(file: Path) -> list[Entry]:
    with file.open("rb") as stream:
        content = stream.read(MAX_SIZE + 1)
    try:
        if len(content) > MAX_SIZE:
            raise OpenApiError(f"it is bigger than {MAX_SIZE} bytes")
        return imported_entries(content)
    except OpenApiError as error:
        fault = str(error)
    raise DocumentError(f"{file}: {fault}")


def _text(project: Project) -> str:
    """The document as it is; a heading where there is none."""
    if not project.file.exists():
        return HEAD
    shown = project.shown(project.file)
    try:
        return read_document(project.file, shown).decode()
    except UnicodeDecodeError:
        fault = f"{shown} is no UTF-8 text"
    raise DocumentError(fault)


def _add(project: Project, sections: Sequence[str], dry_run: bool, options: Mapping[str, str] | None = None) -> None:
    """Put sections into the document, unless that would make faults; `options` say by rule where a section's words come from."""
    shown, text = project.shown(project.file), _text(project)
    before = parse(text, shown)
    text = with_sections(text, sections) if sections else text
    after = parse(text, shown)
    faults = [*_new_faults(before, after)]
    if errors := [finding for finding in faults if finding.level == "error"]:
        words = dict.fromkeys(_refusal(finding, before, options or {}) for finding in errors)
        raise DocumentError(f"{'; '.join(words)}; nothing was written")
    if len(after.entries) < len(before.entries) + len(sections):
        raise DocumentError(f"{shown}: a fence or a comment is not closed: what is written behind it would not be read")
    if dry_run:
        write(safe("\n".join(sections)).rstrip())
        return
    if sections:
        write_whole(project.file, text.encode())
    write(f"{shown}: wrote {len(sections)} section{'' if len(sections) == 1 else 's'}")
    for line in as_text(faults):
        write(line)


def _refusal(finding: Finding, before: Document, options: Mapping[str, str]) -> str:
    """What is wrong with a section that stands nowhere yet; lines are those of the document as it is."""
    for known in before.entries if finding.rule == "duplicate-code" else ():
        if known.code == finding.code:
            return f"{known.code} is in the document already, line {known.line}"
    for old in before.retired if finding.rule == "retired" else ():
        if old.code == finding.code:
            return f"{old.code} is retired, line {old.line}, and cannot come back"
    return f"{options.get(finding.rule, finding.code or finding.rule)}: {finding.message}"


def _new_faults(before: Document, after: Document) -> Iterator[Finding]:
    """What is wrong now and was not before; lines, and words that name them, may have moved."""
    left = Counter((finding.rule, finding.code) for finding in before.findings)
    for finding in after.findings:
        left[finding.rule, finding.code] -= 1
        if left[finding.rule, finding.code] < 0:
            yield finding
