"""`gen`: what each target must hold, what is stale, and the writing."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from .._tables import SettingsError
from ._document import Document
from ._finding import Finding
from ._modules import client_module, index_page, page, server_module
from ._names import page_name
from ._openapi import openapi_document
from ._project import GENERATED, Project
from ._template import template_catalogue
from ._whole_file import write_whole

__all__ = ["Target", "generated", "stale", "write_targets"]

Target = tuple[Path, str | None]
MARK_WITHIN = 1000  # characters from the beginning


def generated(project: Project, document: Document) -> list[Target]:
    """Return every file that `gen` keeps, with its text; None for a page whose code is gone.

    Args:
        project: Where they are.
        document: The codes, without errors.

    Raises:
        SettingsError: The project names no target or one twice, or the template cannot be kept whole.
    """
    targets: list[Target] = []
    if project.server:
        targets.append((project.server, server_module(document, project.width)))
    if project.client:
        targets.append((project.client, client_module(document, project.width)))
    if project.arb:
        targets.append(_template(project, project.arb, document))
    if project.openapi:
        targets.append((project.openapi, openapi_document(document)))
    if project.docs:
        targets += _pages(project.docs, document)
    if not targets:
        raise SettingsError("nothing to write: name server, client, arb, openapi or docs in [tool.seawall.codes], or as options")
    _check_once(project, targets)
    return targets


def _check_once(project: Project, targets: list[Target]) -> None:
    """Refuse two targets in one file, and in two that a file system without case takes for one."""
    seen: set[str] = set()
    for path, _ in targets:
        name = str(path.resolve()).casefold()
        if name in seen:
            raise SettingsError(f"{project.shown(path)} would be written twice: name another file")
        seen.add(name)


def stale(project: Project, targets: list[Target]) -> Iterator[Finding]:
    """Find the files that are not what they must be."""
    for path, text in targets:
        old = _old(path)
        if old != text:
            words = "is missing" if old is None else "belongs to a code that is gone" if text is None else "is stale"
            yield Finding(
                rule="stale",
                path=project.shown(path),
                line=_first_difference(old or "", text or ""),
                message=f"{project.shown(path)} {words}: run `seawall codes gen`",
            )


def write_targets(project: Project, targets: list[Target]) -> list[str]:
    """Write what is stale.

    Returns:
        The paths that were written or removed.

    Raises:
        OSError: One of them cannot be written.
        SettingsError: One of them is somebody's own file.
    """
    for path, _ in targets:
        old = _old(path)
        if old is not None and GENERATED not in old[:MARK_WITHIN] and path.suffix != ".arb":
            raise SettingsError(f"{project.shown(path)} was not made by `seawall codes gen`: move it, or name another file")
    written: list[str] = []
    for path, text in targets:
        if _old(path) == text:
            continue
        if text is None:
            path.unlink()
        else:
            write_whole(path, text.encode())
        written.append(project.shown(path))
    return written


def _template(project: Project, folder: Path, document: Document) -> Target:
    found = next((catalogue for catalogue in project.catalogues if catalogue.is_template), None)
    path = folder / (Path(found.path).name if found else f"app_{project.template}.arb")
    for fault in found.file.faults if found else ():
        raise SettingsError(str(msgspec.structs.replace(fault, file=project.shown(path))))
    try:
        return path, template_catalogue(document, path.read_bytes().decode("utf-8-sig") if found else None, project.template)
    except ValueError as error:
        reason = f"{project.shown(path)} cannot be kept whole: {error}"
    raise SettingsError(reason)


def _pages(folder: Path, document: Document) -> list[Target]:
    pages = {folder / page_name(entry.code): page(document, entry) for entry in document.entries}
    pages[folder / "README.md"] = index_page(document)
    others = [path for path in sorted(folder.glob("*.md")) if path not in pages and GENERATED in _first_line(path)]
    return [*pages.items(), *((path, None) for path in others)]


def _old(path: Path) -> str | None:
    """What a file holds, None where there is none. Line breaks are as they are written here: git changes them on Windows."""
    try:
        return path.read_bytes().decode(errors="replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return None


def _first_line(path: Path) -> str:
    return (_old(path) or "").partition("\n")[0]


def _first_difference(old: str, new: str) -> int:
    pairs = enumerate(zip(old.splitlines(), new.splitlines(), strict=False), 1)
    shared = min(len(old.splitlines()), len(new.splitlines())) + 1
    return next((number for number, (one, other) in pairs if one != other), max(1, shared if old else 1))
