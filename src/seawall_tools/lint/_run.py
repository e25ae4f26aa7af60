"""Many files, one after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ._check import check_bytes, check_file
from ._codes import unknown_code
from ._files import python_files
from ._finding import Finding
from ._settings import Project, SettingsError, find_project, read_project

__all__ = ["STDIN", "Outcome", "lint", "lint_text", "project_of", "projects_of"]

STDIN = Path("-")  # the path that stands for standard input

MAX_FINDINGS = 10_000  # more than anybody reads; it bounds the report


@dataclass
class Outcome:
    """What came of it.

    Attributes:
        findings: In the order of the paths and lines.
        files: How many files were looked at.
        is_cut: Whether there were more findings than are kept.
        empty: The folders, of those that were given, in which there is no Python file to look at.
    """

    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    is_cut: bool = False
    empty: list[Path] = field(default_factory=list)


def projects_of(paths: Sequence[Path], config: Path | None, **given: Sequence[str]) -> list[tuple[Path, Project]]:
    """Return each path with the project that it belongs to.

    Args:
        paths: Files and folders.
        config: The file that holds the settings; None for the nearest pyproject.toml of each path.
        given: Settings from the command line: `exclude` and `ignore` join the file's, `select` takes its place.

    Raises:
        SettingsError: Settings cannot be used.
    """
    return [(path, _with(_checked(read_project(config)) if config else project_of(path), given)) for path in paths]


def project_of(path: Path) -> Project:
    """Return the project around a path.

    Raises:
        SettingsError: Its settings cannot be used, or name a code that no rule has.
    """
    return _checked(find_project(path))


def lint(projects: Sequence[tuple[Path, Project]]) -> Outcome:
    """Look at every file of some paths.

    Args:
        projects: See `projects_of`.
    """
    outcome, seen = Outcome(), set[Path]()
    for file, project in _each(projects, outcome.empty):
        if file in seen:
            continue
        seen.add(file)
        outcome.files += 1
        outcome.findings += check_file(file, file.as_posix(), project.place(file), project.settings)
        if len(outcome.findings) > MAX_FINDINGS:
            outcome.findings, outcome.is_cut = outcome.findings[:MAX_FINDINGS], True
            break
    return outcome


def lint_text(data: bytes, path: Path, project: Project) -> Outcome:
    """Look at what came from elsewhere, such as standard input, as if it stood in a file.

    Args:
        data: What is looked at.
        path: Where it would stand.
        project: What that belongs to.
    """
    place = project.place(path)
    if project.settings.excludes(place):
        return Outcome()
    return Outcome(check_bytes(data, path.as_posix(), place, project.settings), files=1)


def _checked(project: Project) -> Project:
    for key, codes in project.settings.codes().items():
        unknown = unknown_code(codes)
        if unknown is not None or (key == "select" and not codes):
            reason = f"no rule has the code {unknown!r}" if codes else "nothing is selected"
            raise SettingsError(f"{project.folder / project.file}: [tool.seawall.lint] {key}: {reason}")
    return project


def _each(projects: Sequence[tuple[Path, Project]], empty: list[Path]) -> Iterator[tuple[Path, Project]]:
    for path, project in projects:
        is_empty = path.is_dir()
        for file in python_files(path, project):
            is_empty = False
            yield file, project
        if is_empty:
            empty.append(path)


def _with(project: Project, given: dict[str, Sequence[str]]) -> Project:
    old = project.settings
    settings = msgspec.structs.replace(
        old,
        select=tuple(given.get("select") or old.select),
        ignore=(*old.ignore, *given.get("ignore", ())),
        exclude=(*old.exclude, *given.get("exclude", ())),
    )
    return Project(project.folder, settings, project.file)
