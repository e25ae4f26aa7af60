"""What a project says about its own code, in `[tool.seawall.lint]` of its pyproject.toml."""

import os
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from ._globs import matches

__all__ = ["Project", "Settings", "SettingsError", "find_project", "read_project"]


class SettingsError(Exception):
    """The project's settings cannot be used; the text names the file and the key."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The keys of `[tool.seawall.lint]`.

    Attributes:
        select: Codes, or beginnings of codes, to look for.
        ignore: Codes, or beginnings of codes, to leave out.
        exclude: Patterns of files and folders to leave out, beside those that always are.
        per_file_ignores: Codes to leave out, by patterns of files; in the file its name is `per-file-ignores`.
        ui: Patterns of the files that people's screens are made of.
        state: Patterns of the files that hold what the screens show.
        session: Patterns of the files that may clear tokens.
    """

    select: tuple[str, ...] = ("SWL",)
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    ui: tuple[str, ...] = ("**/ui/**", "**/screens/**", "**/widgets/**")
    state: tuple[str, ...] = ("**/state/**",)
    session: tuple[str, ...] = tuple(f"*{word}*" for word in ("auth", "session", "credential", "token"))

    def layer_of(self, path: str) -> str:
        """Return "UI", "state" or ""."""
        if any(matches(path, pattern) for pattern in self.ui):
            return "UI"
        return "state" if any(matches(path, pattern) for pattern in self.state) else ""

    def is_session(self, path: str) -> bool:
        """Whether tokens may be cleared here."""
        return any(matches(path, pattern) for pattern in self.session)

    def excludes(self, path: str) -> bool:
        """Whether a file or folder is left out."""
        return any(matches(path, pattern) for pattern in self.exclude)

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
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        settings = msgspec.convert(_table(document), Settings)
        return Project(Path(os.path.abspath(file)).parent, settings, file.name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except msgspec.ValidationError as error:
        reason = f"[tool.seawall.lint]: {str(error).replace('`$.', '`')}"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        reason = "it is no TOML"
    raise SettingsError(f"{file}: {reason}")


def _table(document: Any) -> Any:
    for key in ("tool", "seawall", "lint"):
        document = document.get(key, {}) if isinstance(document, dict) else {}
    return document
