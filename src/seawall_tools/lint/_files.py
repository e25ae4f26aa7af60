"""Which files are looked at."""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from ._settings import Project

__all__ = ["python_files"]

_SUFFIXES = (".py", ".pyi")
# What nobody here wrote: hidden folders, virtual environments, what was built.
_NOT_OURS = (".*", "__pycache__", "node_modules", "venv", "build", "dist", "site-packages", "*.egg-info")
_ENVIRONMENT = "pyvenv.cfg"


def python_files(path: Path, project: Project) -> Iterator[Path]:
    """The files of Python at a path: itself, if it is a file, or all that lie below it, in the order of their names.

    Links to folders are not followed. A file that was named is looked at whatever its ending. A folder that cannot be read comes
    as it is, so that opening it tells why.

    Args:
        path: A file or a folder.
        project: What it excludes.
    """
    if path.is_file():
        if not project.settings.excludes(project.place(path)):
            yield path
        return
    locked: list[Path] = []
    for folder, folders, files in os.walk(path, onerror=lambda error: locked.append(Path(error.filename))):
        here = Path(folder)
        folders[:] = sorted(each for each in folders if _is_ours(here / each, project))
        for name in sorted(files):
            file = here / name
            if name.endswith(_SUFFIXES) and file.is_file() and not project.settings.excludes(project.place(file)):
                yield file
    yield from locked


def _is_ours(folder: Path, project: Project) -> bool:
    if any(fnmatchcase(folder.name, pattern) for pattern in _NOT_OURS) or (folder / _ENVIRONMENT).is_file():
        return False
    return not project.settings.excludes(project.place(folder))
