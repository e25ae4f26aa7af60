"""The table `[tool.seawall.codes]` of pyproject.toml: where a project keeps its document, and what is made of it."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from ._document import DEFAULT_PATH
from ._names import nearest

__all__ = ["Settings", "SettingsError", "find_settings"]

MAX_SIZE = 4 * 1024 * 1024  # bytes of pyproject.toml
DEFAULT_WIDTH = 88  # characters: ruff's own


class SettingsError(ValueError):
    """The table cannot be used; the message says why."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """The table's entries. Paths are relative to the folder of pyproject.toml; what is not named is neither checked nor written.

    Attributes:
        document: The error document.
        server: The server's module that `gen` writes.
        client: The client's module that `gen` writes.
        arb: The folder of the ARB catalogues.
        template_locale: The locale whose catalogue `gen` writes.
        openapi: The OpenAPI file that `gen` writes, JSON.
        docs: The folder of the pages that `gen` writes.
        sources: Folders and files of the app's Python sources.
        raised_elsewhere: Codes that a framework or a gateway raises, and no line of the sources.
    """

    document: str = DEFAULT_PATH
    server: str | None = None
    client: str | None = None
    arb: str | None = None
    template_locale: str = "en"
    openapi: str | None = None
    docs: str | None = None
    sources: tuple[str, ...] = ()
    raised_elsewhere: tuple[str, ...] = ()


def find_settings(start: Path) -> tuple[Path, Settings, int]:
    """Look for pyproject.toml, in a folder and then in those above it.

    Args:
        start: Where to begin.

    Returns:
        The project's folder (`start` if there is no pyproject.toml), its settings, and the width of its lines in characters.

    Raises:
        SettingsError: The file, or its table, cannot be read.
    """
    folder = next((folder for folder in (start, *start.parents) if (folder / "pyproject.toml").is_file()), None)
    if folder is None:
        return start, Settings(), DEFAULT_WIDTH
    tables = _table(_read(folder / "pyproject.toml"), "tool")
    own = next((folder / name for name in (".ruff.toml", "ruff.toml") if (folder / name).is_file()), None)
    width = (_read(own) if own else _table(tables, "ruff")).get("line-length")
    width = width if isinstance(width, int) and 40 <= width <= 320 else DEFAULT_WIDTH
    return folder, _settings(_table(tables, "seawall").get("codes", {})), width


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_SIZE:
            raise SettingsError(f"{file.name} is bigger than {MAX_SIZE} bytes")
        return tomllib.loads(file.read_bytes().decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        fault = f"{file.name} cannot be read: {error}"[:200]
    raise SettingsError(fault)


def _table(tables: dict[str, Any], name: str) -> dict[str, Any]:
    table = tables.get(name, {})
    return table if isinstance(table, dict) else {}


def _settings(table: Any) -> Settings:
    known = [field.encode_name for field in msgspec.structs.fields(Settings)]
    for name in table if isinstance(table, dict) else ():
        if name not in known:
            raise SettingsError(f"[tool.seawall.codes] has no entry {name!r}{nearest(name, known)}")
    try:
        return msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        fault = f"[tool.seawall.codes]: {error}"
    raise SettingsError(fault)
