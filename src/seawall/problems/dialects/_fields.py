"""Field errors in all the shapes that servers write them."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from .._facts import MAX_TEXT, as_object, as_text, normalise_code
from .._field_error import FieldError

__all__ = ["field_error", "field_errors_of_map", "location_error", "pointer_of", "pointer_of_path"]

MAX_FIELD_ERRORS = 100
MAX_DEPTH = 16
MAX_POINTER = 1024  # characters; a longer place is cut nowhere, because a part of a pointer points elsewhere
_PARTS = ("body", "query", "path", "header", "cookie")  # a tuple: what is looked for may be of any type
_STEPS = frozenset({str, int})  # by their exact types, since True is no index
_LONE_TILDE = re.compile("~(?![01])")
_NO_FIELDS = frozenset({"non_field_errors", "__all__", "nonFieldErrors", "_schema", "$", "*", ""})


def pointer_of(parts: Iterable[object]) -> str:
    """Return the JSON pointer (RFC 6901) of a way of names and indexes; other parts are left out, too long a way is the whole."""
    pointer = "".join([_step(str(part)) for part in parts if type(part) in _STEPS])
    return pointer if len(pointer) <= MAX_POINTER else ""


def _step(name: str) -> str:
    return "/" + (name.replace("~", "~0").replace("/", "~1") if "/" in name or "~" in name else name)


def pointer_of_path(path: object) -> str:
    """Return the JSON pointer of a place written "/a/b", "#/a/b", "a.b[0].c", "$.a" or "a"; anything else is the whole body."""
    if not isinstance(path, str) or len(path) > MAX_POINTER or path in _NO_FIELDS:
        return ""
    if path.isidentifier():  # most are
        return "/" + path
    if path.startswith("#"):  # as a URI fragment: RFC 6901, section 6
        path = unquote(path[1:])
    if not path or path.startswith("/"):
        return _LONE_TILDE.sub("~0", path)
    return pointer_of(filter(None, path.replace("[", ".").replace("]", "").removeprefix("$.").split(".")))


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
    return pointer_of(way[1:] if way and way[0] in _PARTS else way)


def step_of_name(name: str) -> str:
    """Return what the name of a member adds to a pointer; names such as "non_field_errors" add nothing."""
    return "" if name in _NO_FIELDS else _step(name)


def field_errors_of_map(fields: object, step: Callable[[str], str] = step_of_name) -> tuple[FieldError, ...]:
    """Read a map of field names to texts, nested in any way: `{"items": {"0": {"qty": ["..."]}}}`, `[{"a": ["bad"]}, {}]`.

    Args:
        fields: The map, or a list.
        step: What a name adds to a pointer.
    """
    found: list[FieldError] = []
    _gather(fields, "", MAX_DEPTH, step, found)
    return tuple(found)


def _gather(value: object, pointer: str, depth: int, step: Callable[[str], str], found: list[FieldError]) -> None:
    if len(pointer) > MAX_POINTER or len(found) >= MAX_FIELD_ERRORS or not depth:
        return
    if isinstance(value, str):
        found.append(FieldError(pointer, detail=value[:MAX_TEXT]))
    elif isinstance(value, dict):
        if isinstance(value.get("_errors"), list):  # Discord's: objects, where others have texts
            value = dict(value)
            listed = [item for item in value.pop("_errors")[:MAX_FIELD_ERRORS] if isinstance(item, dict)]
            found += [field_error(pointer, item, detail="message") for item in listed]
        for name, member in value.items():
            if len(name) <= MAX_POINTER:
                _gather(member, pointer + step(name), depth - 1, step, found)
    elif isinstance(value, list):
        for index, item in enumerate(value[:MAX_FIELD_ERRORS]):
            _gather(item, pointer if isinstance(item, str) else f"{pointer}/{index}", depth - 1, step, found)
