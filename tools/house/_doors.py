"""Doors: a folder is entered by its `__init__` only. (import-linter cannot match `_*`.)"""

import ast
from collections.abc import Iterable, Iterator

from ._source import SourceFile, Violation


def broken_in(files: Iterable[SourceFile]) -> Iterator[Violation]:
    """Imports of another folder's private modules or names."""
    known = list(files)
    packages = {file.module.partition(".")[0] for file in known}
    for file in known:
        for line, target in _imports(file):
            folder = _private_home(target)
            if target.partition(".")[0] in packages and folder and not _lies_in(file.folder, folder):
                yield file.violation(line, f"imports {target}, which is private to {folder}: import from {folder}")


def _imports(file: SourceFile) -> Iterator[tuple[int, str]]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{file.absolute(node)}.{alias.name}") for alias in node.names)


def _private_home(target: str) -> str:
    """The folder that owns the first private part of a dotted name; empty if the name is public."""
    parts = target.split(".")
    for position, part in enumerate(parts):
        if part.startswith("_") and not part.endswith("__"):
            return ".".join(parts[:position])
    return ""


def _lies_in(module: str, folder: str) -> bool:
    return module == folder or module.startswith(f"{folder}.")
