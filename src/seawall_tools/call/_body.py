"""The body of the call, from `--data`, `--json-body` or `--form`."""

import mimetypes
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from ._asked import Asked
from ._sources import content_of, read, wrong

__all__ = ["body_options", "body_word"]

_UNKNOWN = "application/octet-stream"
_NAME = r"[\w.%+\-\[\]]+"  # of a form field: JSON or XML that happens to hold a "=" begins otherwise
_FIELD = re.compile(rf"{_NAME}=.*", re.DOTALL).fullmatch
_ENCODED = re.compile(rf"{_NAME}=[^&]*(?:&{_NAME}(?:=[^&]*)?)*").fullmatch
_FILE = re.compile(r"@(?P<path>.*?)(?:;type=(?P<type>[^;]+))?", re.DOTALL).fullmatch


def body_word(asked: Asked) -> str | None:
    """Return the option that gives the body; None without one.

    Raises:
        typer.BadParameter: There are several.
    """
    given = {"--data": asked.data, "--json-body": asked.json_body, "--form": asked.form}
    words = [word for word, value in given.items() if value is not None]
    if len(words) > 1:
        raise wrong(words[-1], f"give one body only, not {' and '.join(words)}")
    return words[0] if words else None


def body_options(asked: Asked) -> dict[str, Any]:
    """Return the options of the call that make its body.

    Raises:
        typer.BadParameter: A value cannot be a body, or cannot be read.
    """
    word = body_word(asked)
    if word == "--data":
        return _data(asked.data or [])
    if word == "--form":
        return _multipart(asked.form or [])
    return {} if asked.json_body is None else {"json": _json(asked.json_body)}


def _data(values: list[str]) -> dict[str, Any]:
    if all(_FIELD(value) for value in values):
        return {"data": [pair for value in values for pair in _fields(value)]}
    if len(values) > 1:
        raise wrong("--data", "given several times, each must be NAME=VALUE")
    content = content_of(values[0], "--data")
    media_type = _media_type(content) if isinstance(content, Path) else _UNKNOWN
    return {"content": content} if isinstance(content, str) else {"content": content, "media_type": media_type}


def _fields(value: str) -> list[tuple[str, str]]:
    """One field, or several that are joined and escaped already: these come out as they are, as with curl."""
    if _ENCODED(value):
        return parse_qsl(value, keep_blank_values=True)
    name, _, text = value.partition("=")
    return [(name, text)]


def _media_type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or _UNKNOWN


def _json(value: str) -> msgspec.Raw:
    """The text as it was given, numbers and order untouched, once it is known to be JSON."""
    data = read(value, "--json-body")
    try:
        msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        reason = str(error)
    except (UnicodeDecodeError, RecursionError) as error:
        reason = type(error).__name__
    else:
        return msgspec.Raw(data)
    raise wrong("--json-body", f"this is no JSON: {reason}")


def _multipart(values: list[str]) -> dict[str, Any]:
    fields: list[tuple[str, str]] = []
    files: list[tuple[str, Any]] = []
    for each in values:
        name, mark, value = each.partition("=")
        if not mark or not name:
            raise wrong("--form", "give NAME=VALUE or NAME=@FILE")
        if value.startswith("@"):
            files.append((name, _file(value)))
        else:
            fields.append((name, value))
    return {"data": fields, "files": files}


def _file(value: str) -> tuple[str, str | bytes | Path, str]:
    found = _FILE(value)
    assert found is not None  # the pattern takes any text that begins with an @
    content = content_of(f"@{found['path']}", "--form")
    name = content.name if isinstance(content, Path) else "stdin"
    return name, content, found["type"] or mimetypes.guess_type(name)[0] or _UNKNOWN
