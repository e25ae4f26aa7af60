"""Field errors in all the shapes that servers write them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from .._facts import MAX_TEXT, as_object, as_text, normalise_code
from .._field_error import FieldError

__all__ = ["field_error", "field_errors_of_map", "location_error", "pointer_of", "pointer_of_path"]

MAX_FIELD_ERRORS = 100
MAX_DEPTH = 16
_PARTS = ("body", "query", "path", "header", "cookie")  # a tuple: what is looked for may be of any type
_NO_FIELDS = frozenset({"non_field_errors", "__all__", "nonFieldErrors", "_schema", "$", "*", ""})


def pointer_of(parts: Iterable[object]) -> str:
    """Return the JSON pointer (RFC 6901) of a way of names and indexes."""
    return "".join([_step(part) for part in parts])


def _step(part: object) -> str:
    text = str(part)
    return "/" + (text.replace("~", "~0").replace("/", "~1") if "/" in text or "~" in text else text)


def pointer_of_path(path: object) -> str:
    """Return the JSON pointer of a place written "/a/b", "#/a/b", "a.b[0].c", "$.a" or "a"; anything else is the whole body.

    A place longer than a text may be is cut nowhere: a part of a pointer points elsewhere.
    """
    if not isinstance(path, str) or len(path) > MAX_TEXT or path in _NO_FIELDS:
        return ""
    if path.isidentifier():  # most are
        return "/" + path
    if path.startswith("#"):  # as a URI fragment: RFC 6901, section 6
        return unquote(path[1:])
    if path.startswith("/"):
        return path
    parts = path.removeprefix("$.").replace("[", ".").replace("]", "").split(".")
    return pointer_of(part for part in parts if part)


def field_error(pointer: str, item: dict[str, Any], code: str = "code", detail: str = "detail") -> FieldError:
    """Make a field error of an object's members.

    Args:
        pointer: The place, as a JSON pointer.
        item: The object.
        code: Name of the member with the machine-readable reason.
        detail: Name of the member with the words.
    """
    reason = normalise_code(as_text(item.get(code)))
    return FieldError(pointer, reason, as_object(item.get("params")) or {}, as_text(item.get(detail)) or "")


def location_error(item: dict[str, Any]) -> FieldError:
    """Read one error as pydantic writes it, and FastAPI: `{"type": "int_parsing", "loc": ["body", "age"], "msg": "..."}`.

    Where in the request it was (body, query, ...) is no part of the pointer. The rejected `input` is not looked at, nor is the
    tag of a union, with the words that quote it. What is in `ctx` are the params, for example the limit that was passed.
    """
    kind, words = as_text(item.get("type")), as_text(item.get("msg"))
    context = as_object(item.get("ctx")) or {}
    if context.pop("tag", None) is not None:
        words = None
    pointer = "" if kind == "json_invalid" else _pointer_of_location(item.get("loc"))  # its place is an offset into text
    return FieldError(pointer, normalise_code(kind), context, words or "")


def _pointer_of_location(location: object) -> str:
    way = location[:MAX_DEPTH] if isinstance(location, list) else []
    start = 1 if way and way[0] in _PARTS else 0
    return "".join([_step(part) for part in way[start:] if isinstance(part, str | int)])


def field_errors_of_map(fields: object) -> tuple[FieldError, ...]:
    """Read a map of field names to texts, nested in any way: `{"items": {"0": {"qty": ["..."]}}}`, `[{"a": ["bad"]}, {}]`."""
    found: list[FieldError] = []
    _gather(fields, "", MAX_DEPTH, found)
    return tuple(found[:MAX_FIELD_ERRORS])


def _gather(value: object, pointer: str, depth: int, found: list[FieldError]) -> None:
    if isinstance(value, str):
        found.append(FieldError(pointer, detail=value[:MAX_TEXT]))
    elif not depth or len(found) >= MAX_FIELD_ERRORS:
        return
    elif isinstance(value, dict):
        for name, member in value.items():
            if len(name) <= MAX_TEXT:
                _gather(member, pointer if name in _NO_FIELDS else pointer + _step(name), depth - 1, found)
    elif isinstance(value, list):
        for index, item in enumerate(value[:MAX_FIELD_ERRORS]):
            _gather(item, pointer if isinstance(item, str) else f"{pointer}/{index}", depth - 1, found)
