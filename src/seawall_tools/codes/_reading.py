"""`list` and `show`: the sub-commands that only look."""

from typing import Annotated

import typer

from .._ending import ending_well
from .._json import show_document
from .._tables import nearest
from .._terminal import one_line, write
from ._document import Document
from ._output import FAILED, FAULTS, DocumentOption, JsonOption, open_project
from ._views import code_document, code_lines, list_documents, list_lines

__all__ = ["list_codes", "show"]


def list_codes(document: DocumentOption = None, as_json: JsonOption = False) -> None:
    """List all codes."""
    with ending_well(*FAULTS):
        found = open_project(document).document()
        if as_json:
            show_document(list_documents(found))
            return
        for line in list_lines(found):
            write(line)


def show(
    code: Annotated[str, typer.Argument(metavar="CODE", show_default=False, help="In UPPER_SNAKE; case does not matter.")],
    document: DocumentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one code: its facts, its class, its message in each locale."""
    with ending_well(*FAULTS):
        project = open_project(document)
        found = project.document()
        entry = found.find(code.upper())
        if entry is None:
            write(one_line(_absent(found, code)), error=True)
            raise typer.Exit(FAILED)
        if as_json:
            show_document(code_document(found, entry, project.catalogues))
            return
        for line in code_lines(found, entry, project.catalogues):
            write(line)


def _absent(document: Document, code: str) -> str:
    """Why there is nothing to show."""
    for old in document.retired:
        if old.code == code.upper():
            return f"{old.code} is retired: {document.path}:{old.line}"
    return f"{document.path} has no code {code[:80]}{nearest(code.upper(), [entry.code for entry in document.entries])}"
