"""The table `[tool.seawall.codes]` of pyproject.toml: where a project keeps its document, and what is made of it."""

from pathlib import Path
from typing import Annotated, Any

import msgspec

from .._tables import own_table, read_table, read_toml
from ._document import DEFAULT_PATH

__all__ = ["Settings", "find_settings"]

DEFAULT_WIDTH = 88  # characters: ruff's own

_Text = Annotated[str, msgspec.Meta(description="a text")]
_OptionalText = Annotated[str | None, msgspec.Meta(description="a text")]
_Sources = Annotated[tuple[str, ...], msgspec.Meta(description='a list of texts, such as ["acme"]')]
_Codes = Annotated[tuple[str, ...], msgspec.Meta(description='a list of texts, such as ["INTERNAL_ERROR"]')]


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

    document: _Text = DEFAULT_PATH
    server: _OptionalText = None
    client: _OptionalText = None
    arb: _OptionalText = None
    template_locale: _Text = "en"
    openapi: _OptionalText = None
    docs: _OptionalText = None
    sources: _Sources = ()
    raised_elsewhere: _Codes = ()


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
    document = read_toml(folder / "pyproject.toml")
    own = next((folder / name for name in (".ruff.toml", "ruff.toml") if (folder / name).is_file()), None)
    width = (read_toml(own) if own else _table(_table(document, "tool"), "ruff")).get("line-length")
    width = width if isinstance(width, int) and 40 <= width <= 320 else DEFAULT_WIDTH
    return folder, read_table(own_table(document, "codes"), "tool.seawall.codes", Settings), width


def _table(tables: dict[str, Any], name: str) -> dict[str, Any]:
    table = tables.get(name, {})
    return table if isinstance(table, dict) else {}
