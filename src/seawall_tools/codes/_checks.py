"""All checks of one project, in order."""

import re
from collections.abc import Iterator, Mapping

from ._catalogues import Catalogue, check_catalogues
from ._document import Document
from ._finding import Finding
from ._project import Project
from ._sources import check_sources

__all__ = ["check_project", "lost_codes"]

_CODE_LINE = re.compile(r'    code(?:: ClassVar\[str\])? = "([A-Z0-9_]+)"')


def check_project(project: Project) -> list[Finding]:
    """Check the document, and all that the project keeps beside it.

    Raises:
        DocumentError: There is no document to check.
    """
    document = project.document()
    catalogues = project.catalogues
    findings = [*document.findings, *lost_codes(document, catalogues, project.generated_texts())]
    if project.arb is not None:
        findings += check_catalogues(document, catalogues)
        if not any(catalogue.is_template for catalogue in catalogues):
            what = f"catalogue for {project.template}, the template's language" if catalogues else "ARB file"
            words = f"the folder {project.shown(project.arb)} holds no {what}; `seawall codes gen` writes it"
            findings.append(Finding(rule="catalogue", path=document.path, line=1, message=words))
    if project.sources:
        findings += check_sources(document, project.facts, project.modules(), project.raised_elsewhere)
    return findings


def lost_codes(document: Document, catalogues: list[Catalogue], modules: Mapping[str, str]) -> Iterator[Finding]:
    """Find codes that were generated once, and that the document no longer knows.

    Args:
        document: The codes, and the retired ones.
        catalogues: The ARB files; the template says what code each message was made for.
        modules: The texts of the generated modules by their paths.
    """
    known = {entry.code for entry in document.entries} | {old.code for old in document.retired}
    told: set[str] = set()
    for path, code, line in _generated_codes(catalogues, modules):
        if code not in known and code not in told:
            told.add(code)
            words = f"{code} is gone from the document; bring it back with **Deprecated**, or list it under `## Retired`"
            yield Finding(rule="lost-code", path=path, line=line, message=words, code=code)


def _generated_codes(catalogues: list[Catalogue], modules: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    """The codes of what was generated, with file and line."""
    for path, text in modules.items():
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith("    code") and (found := _CODE_LINE.fullmatch(line)):
                yield path, found[1], number
    for catalogue in catalogues:
        if catalogue.is_template:
            for key, code in catalogue.codes.items():
                yield catalogue.path, code, catalogue.file.messages[key].line
