"""The same rules as a plugin of flake8, which reads the files, knows `# noqa`, and selects codes itself."""

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

from ._check import check_tree
from ._run import project_of
from ._settings import Project

__all__ = ["Plugin"]


class Plugin:
    """What flake8 makes for each file; the names are those that it asks for.

    Args:
        tree: The file, parsed.
        filename: Its path.
        lines: What stands in it.

    Raises:
        SettingsError: The settings of the file's project cannot be used; flake8 shows what a plugin raises here, and ends.
    """

    name: ClassVar[str] = "seawall"
    version: ClassVar[str] = version("seawall")

    def __init__(self, tree: ast.Module, filename: str, lines: Sequence[str]) -> None:
        self._tree, self._path, self._text = tree, Path(filename), "".join(lines)
        self._project = _project(self._path.parent)

    def run(self) -> Iterator[tuple[int, int, str, type["Plugin"]]]:
        """Yield line, column from 0, code and message of each finding."""
        project = self._project
        place = project.place(self._path)
        if not project.settings.excludes(place):
            for finding in check_tree(self._tree, self._text, str(self._path), place, project.settings):
                yield finding.line, finding.column - 1, f"{finding.code} {finding.message}", type(self)


@lru_cache(maxsize=1024)
def _project(folder: Path) -> Project:
    return project_of(folder)
