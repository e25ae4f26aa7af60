"""What a project says about its own code, in `[tool.seawall.lint]` of its pyproject.toml."""

import os
from pathlib import Path
from typing import Annotated

import msgspec

from .._tables import SettingsError, own_table, read_table, read_toml
from ._globs import matches
from ._session import is_named_after_session

__all__ = ["Project", "Settings", "SettingsError", "find_project", "read_project"]


_UI = ("**/ui/**", "**/screens/**", "**/widgets/**")
_STATE = ("**/state/**",)

_Codes = Annotated[tuple[str, ...], msgspec.Meta(description='a list of texts, such as ["SWL101"]')]
_Files = Annotated[tuple[str, ...], msgspec.Meta(description='a list of texts, such as ["src/shop/ui/**"]')]
_CodesOfFiles = Annotated[
    dict[str, tuple[str, ...]], msgspec.Meta(description='a table of lists of texts, such as {"tests/**" = ["SWL101"]}')
]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The keys of `[tool.seawall.lint]`.

    Attributes:
        select: Codes, or beginnings of codes, to look for.
        ignore: Codes, or beginnings of codes, to leave out.
        exclude: Patterns of files and folders to leave out, beside those that always are.
        per_file_ignores: Codes to leave out, by patterns of files; in the file its name is `per-file-ignores`.
        ui: Patterns of more files that people's screens are made of, beside those in a folder of such a name.
        state: Patterns of more files that hold what the screens show, beside those in a folder of such a name.
        session: Patterns of more files that may clear tokens, beside those with such a name.
    """

    select: _Codes = ("SWL",)
    ignore: _Codes = ()
    exclude: _Files = ()
    per_file_ignores: _CodesOfFiles = {}
    ui: _Files = ()
    state: _Files = ()
    session: _Files = ()

    def layer_of(self, path: str) -> str:
        """Return "UI", "state" or ""; what the project says goes before what folders are usually called."""
        layers = ((self.ui, "UI"), (self.state, "state"), (_UI, "UI"), (_STATE, "state"))
        return next((layer for patterns, layer in layers if _is_any(path, patterns)), "")

    def is_session(self, path: str) -> bool:
        """Whether tokens may be cleared here."""
        return is_named_after_session(path) or _is_any(path, self.session)

    def excludes(self, path: str) -> bool:
        """Whether a file or folder is left out."""
        return _is_any(path, self.exclude)

    def wants(self, code: str, path: str) -> bool:
        """Whether a rule is to be followed in a file."""
        if not code.startswith(self.select) or code.startswith(self.ignore):
            return False
        return not any(code.startswith(codes) and matches(path, pattern) for pattern, codes in self.per_file_ignores.items())

    def codes(self) -> dict[str, tuple[str, ...]]:
        """Every key that holds codes, with them."""
        keys = {"select": self.select, "ignore": self.ignore}
        return keys | {f"per-file-ignores.{pattern}": codes for pattern, codes in self.per_file_ignores.items()}


class Project(msgspec.Struct, frozen=True):
    """A folder and its settings.

    Attributes:
        folder: Where patterns begin.
        settings: What holds there.
        file: The name of the file that they come from.
    """

    folder: Path
    settings: Settings = Settings()
    file: str = "pyproject.toml"

    def place(self, path: Path) -> str:
        """Return a path as patterns see it: from the project's folder, with slashes."""
        absolute = Path(os.path.abspath(path))
        return (absolute.relative_to(self.folder) if absolute.is_relative_to(self.folder) else absolute).as_posix().lstrip("/")


def find_project(start: Path) -> Project:
    """Return the project around a file or folder: its nearest pyproject.toml, or no settings.

    Without one, paths count from the working directory, as they are given, so that a file is of the same layer by itself as
    among others.

    Raises:
        SettingsError: The file cannot be read, or a key is wrong.
    """
    folder = Path(os.path.abspath(start))
    for parent in (folder, *folder.parents):
        if (parent / "pyproject.toml").is_file():
            return read_project(parent / "pyproject.toml")
    here = Path.cwd()
    return Project(here if folder.is_relative_to(here) else folder if folder.is_dir() else folder.parent)


def read_project(file: Path) -> Project:
    """Return the project whose settings are in a file.

    Raises:
        SettingsError: The file cannot be read, or a key is wrong.
    """
    document = read_toml(file)
    try:
        settings = read_table(own_table(document, "lint"), "tool.seawall.lint", Settings)
        return Project(Path(os.path.abspath(file)).parent, settings, file.name)
    except SettingsError as error:
        reason = f"{file}: {error}"
    raise SettingsError(reason)


def _is_any(path: str, patterns: tuple[str, ...]) -> bool:
    return any(matches(path, pattern) for pattern in patterns)
