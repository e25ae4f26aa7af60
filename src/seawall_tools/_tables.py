"""A command's own table of pyproject.toml, and errors that say what is wrong in it."""

import difflib
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

__all__ = ["SettingsError", "nearest", "own_table", "read_table", "read_toml"]

MAX_SIZE = 4 * 1024 * 1024  # bytes of a file
_LONGEST = 200  # characters of what the parser says, and of a name
_OURS = ("codes", "lint")  # the tables in [tool.seawall]; a sub-command of another distribution may have one there too

S = TypeVar("S", bound=msgspec.Struct)


class SettingsError(ValueError):
    """The settings cannot be used; the message says why."""


def read_toml(file: Path) -> dict[str, Any]:
    """Return what stands in a file.

    Raises:
        SettingsError: It cannot be read, or is no TOML; the message names the file, and the line.
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_SIZE + 1)
        if len(content) <= MAX_SIZE:
            return tomllib.loads(content.decode())
        reason = f"it is larger than {MAX_SIZE} bytes"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        reason = "it is not in UTF-8"
    except RecursionError:
        reason = "it is nested too deeply"
    except tomllib.TOMLDecodeError as error:
        reason = str(error)[:_LONGEST]
    raise SettingsError(f"{file} cannot be read: {reason}")


def own_table(document: dict[str, Any], name: str) -> Any:
    """Return what stands in a file for one of our commands, {} where there is nothing.

    Args:
        document: The file; see `read_toml`.
        name: The command.

    Raises:
        SettingsError: There is a table whose name is a slip of the pen: it would silently do nothing.
    """
    tables: Any = document
    for key in ("tool", "seawall"):
        tables = tables.get(key) if isinstance(tables, dict) else None
    if not isinstance(tables, dict):
        return {}
    for each in tables:
        if each not in _OURS and (meant := nearest(each, _OURS)):
            raise SettingsError(f"[tool.seawall] has no entry {each[:_LONGEST]!r}{meant}")
    return tables.get(name, {})


def read_table(table: Any, name: str, kind: type[S]) -> S:
    """Return a table as the settings of a command.

    Args:
        table: What stands there.
        name: What messages call it, such as "tool.seawall.lint".
        kind: The settings; a description in the type of each says what it must be.

    Raises:
        SettingsError: It is no table, or has an entry that is not known or is of another type.
    """
    if not isinstance(table, dict):
        raise SettingsError(f"[{name}] must be a table")
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in fields:
            raise SettingsError(f"[{name}] has no entry {key[:_LONGEST]!r}{nearest(key, fields)}")
        if not _fits(value, fields[key]):
            raise SettingsError(f"[{name}] `{key}` must be {_wanted(fields[key])}")
    return msgspec.convert(table, kind)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a question for the name that was probably meant, or nothing."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _wanted(kind: Any) -> str:
    return next(each.description for each in get_args(kind) if isinstance(each, msgspec.Meta) and each.description)
