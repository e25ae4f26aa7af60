"""The app's own sources beside the document: what is raised and not documented, documented and never raised, written by hand."""

import os
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path, PurePosixPath

from ._document import Document, Entry
from ._facts import Imported, SourceFacts
from ._finding import Finding
from ._names import class_name, is_code

__all__ = ["MAX_SIZE", "check_sources", "python_files"]

MAX_FILES, MAX_SIZE = 20_000, 4 * 1024 * 1024  # files, and bytes of one
_SKIPPED = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"})
_MODULE_NAMES = frozenset({"ErrorCode", "PROBLEM_TYPES"})  # what the generated modules export beside the codes' classes


def python_files(folder: Path) -> Iterator[Path]:
    """Find the Python files below a folder, or the file itself; hidden and installed ones are passed over."""
    if folder.is_file():
        yield folder
        return
    yield from islice(_below(folder), MAX_FILES)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".py") and not name.startswith("."))


def check_sources(
    document: Document, sources: Mapping[str, SourceFacts], modules: Collection[str], elsewhere: Collection[str]
) -> Iterator[Finding]:
    """Compare the sources with the document.

    Args:
        document: The codes.
        sources: What each file says, by its path; the generated modules are not among them.
        modules: Paths of the generated modules.
        elsewhere: Codes that are raised outside these sources.
    """
    check = _Check(document, modules)
    for path, facts in sources.items():
        if facts.fault:
            yield Finding(rule="source", path=path, line=facts.line, message=f"the file cannot be read as Python: {facts.fault}")
        yield from sorted(check.file(path, facts), key=lambda finding: finding.line)
    for code in sorted(set(elsewhere) - check.entries.keys()):
        words = f"raised-elsewhere names {code[:80]}, and there is no such code"
        yield Finding(rule="raised-elsewhere", path=document.path, line=1, message=words)
    for entry in document.entries:
        if class_name(entry.code) not in check.raised and not entry.deprecated and entry.code not in elsewhere:
            words = f"{entry.code} is never raised; raise {class_name(entry.code)}, or write **Deprecated**"
            words = f"{words}, or name it in `raised-elsewhere`"
            yield Finding(rule="never-raised", path=document.path, line=entry.line, message=words, code=entry.code)


class _Check:
    """One run over all sources."""

    def __init__(self, document: Document, modules: Collection[str]) -> None:
        self.entries: dict[str, Entry] = {entry.code: entry for entry in document.entries}
        self.raised: set[str] = set()
        self._classes = {class_name(code) for code in self.entries}
        self._modules = [PurePosixPath(module).with_suffix("").parts for module in modules]

    def file(self, path: str, facts: SourceFacts) -> Iterator[Finding]:
        """Check one file, and note what it raises."""
        names = dict(self._generated(path, facts))
        originals = {imported.local: imported.name for imported in facts.imports if imported.name}
        used: set[str] = set()
        for use in facts.uses:
            if use.makes:
                self.raised.add(originals.get(use.name) or use.name.rpartition(".")[2])
            if (fallen := self._fallen(names, use.name)) is not None:
                used.add(use.name.partition(".")[0])
                yield self._undocumented(path, use.line, fallen)
        for local, (name, line) in names.items():
            if local not in used and self._is_fallen(name):
                yield self._undocumented(path, line, f"the class {name}")
        yield from self._texts(path, facts)

    def _generated(self, path: str, facts: SourceFacts) -> Iterator[tuple[str, tuple[str, int]]]:
        """Names of the generated modules by what this file calls them; "" for a whole module."""
        for imported in facts.imports:
            parts = self._parts(path, imported)
            if imported.name is not None and self._is_generated(parts):
                yield imported.local, (imported.name, imported.line)
            elif self._is_generated([*parts, imported.name] if imported.name else parts):
                yield imported.local, ("", imported.line)

    def _parts(self, path: str, imported: Imported) -> list[str]:
        folder = PurePosixPath(path).parts[: -imported.level] if imported.level else ()
        return [*folder, *(imported.module.split(".") if imported.module else ())]

    def _is_generated(self, parts: list[str]) -> bool:
        """Whether a module is one of ours: by the end of its path, because an import does not say where its root lies."""
        name = tuple(parts)
        return bool(name) and any(module[-len(name) :] == name for module in self._modules)

    def _fallen(self, names: Mapping[str, tuple[str, int]], used: str) -> str | None:
        """What a use names of a generated module, and no code has: a class, or a member of the enum."""
        holder, _, last = used.rpartition(".")
        if self._name(names, holder) == "ErrorCode":
            return f"the code {last}" if is_code(last) and last not in self.entries else None
        name = self._name(names, used)
        return f"the class {name}" if self._is_fallen(name) else None

    def _name(self, names: Mapping[str, tuple[str, int]], used: str) -> str:
        """What a dotted name is called in a generated module, or nothing."""
        holder, _, last = used.rpartition(".")
        return last if names.get(holder, ("no module", 0))[0] == "" else names.get(used, ("", 0))[0]

    def _is_fallen(self, name: str) -> bool:
        """Whether it is a class, and of no code; modules have other names too, `__all__` and those that they import."""
        return name[:1].isupper() and name not in self._classes and name not in _MODULE_NAMES

    def _texts(self, path: str, facts: SourceFacts) -> Iterator[Finding]:
        for text in facts.texts:
            if text.value in self.entries:
                words = f"the code {text.value} is written by hand: use {class_name(text.value)} or ErrorCode.{text.value}"
                yield Finding(rule="hand-written", path=path, line=text.line, message=words, code=text.value)
            elif text.raised and "_" in text.value:
                yield self._undocumented(path, text.line, f"the code {text.value}")

    def _undocumented(self, path: str, line: int, what: str) -> Finding:
        words = f"{what} is raised or used here and is not in the document"
        return Finding(rule="undocumented", path=path, line=line, message=words)
