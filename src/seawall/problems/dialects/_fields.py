"""Field errors in all the shapes that servers write them."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from .._facts import MAX_TEXT, as_object, as_text, normalise_code
from .._field_error import FieldError

__all__ = ["field_error", "field_errors_of_map", "location_error", "objects_of", "pointer_of", "pointer_of_path"]

MAX_FIELD_ERRORS = 100
MAX_DEPTH = 16
MAX_POINTER = 1024  # characters; a longer place is cut nowhere, because a part of a pointer points elsewhere
_PARTS = ("body", "query", "path", "header", "cookie")  # a tuple: what is looked for may be of any type
_LONE_TILDE = re.compile("~(?![01])")
_DOTTED = re.compile(r"\w+(?:\.\w+)*").fullmatch
_NO_FIELDS = frozenset({"non_field_errors", "__all__", "nonFieldErrors", "_schema", "$", "*", ""})


def pointer_of(parts: Iterable[object]) -> str:
    """Return the JSON pointer (RFC 6901) of a way of names and indexes; other parts are left out, too long a way is the whole."""
    pointer = ""
    for part in parts:
        if isinstance(part, str):
            pointer += _step(part) if "/" in part or "~" in part else f"/{part}"
        elif type(part) is int:  # True is no index
            pointer += f"/{part}"
    return pointer if len(pointer) <= MAX_POINTER else ""


def _step(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def pointer_of_path(path: object) -> str:
    """Return the JSON pointer of a place written "/a/b", "#/a/b", "a.b[0].c", "$.a" or "a"; anything else is the whole body."""
    if not isinstance(path, str) or len(path) > MAX_POINTER or path in _NO_FIELDS:
        return ""
    if path.isidentifier():  # most are
        return "/" + path
    if path.startswith("#"):  # as a URI fragment: RFC 6901, section 6
        path = unquote(path[1:])
    if not path or path.startswith("/"):
        return _LONE_TILDE.sub("~0", path) if "~" in path else path
    if _DOTTED(path):
        return "/" + path.replace(".", "/")
    return pointer_of(filter(None, path.replace("[", ".").replace("]", "").removeprefix("$.").split(".")))


def objects_of(listed: object) -> list[dict[str, Any]]:
    """Return the objects of a list, as many of it as are looked at; none of anything else."""
    return [item for item in listed[:MAX_FIELD_ERRORS] if isinstance(item, dict)] if isinstance(listed, list) else []


def field_error(pointer: str, item: dict[str, Any], code: str = "code", detail: str = "detail") -> FieldError:
    """Make a field error of an object's members.

    Args:
        pointer: The place, as a JSON pointer.
        item: The object.
        code: Name of the member with the machine-readable reason.
        detail: Name of the member with the words.
    """
    params = as_object(item["params"]) if "params" in item else None
    return FieldError(pointer, normalise_code(as_text(item.get(code))), params or {}, as_text(item.get(detail)) or "")


def location_error(item: dict[str, Any]) -> FieldError:
    """Read one error as pydantic writes it, and FastAPI: `{"type": "int_parsing", "loc": ["body", "age"], "msg": "..."}`.

    Where in the request it was (body, query, ...) is no part of the pointer. The rejected `input` is not looked at, nor is the
    tag of a union, with the words that quote it. What is in `ctx` are the params, for example the limit that was passed.
    """
    kind, words = as_text(item.get("type")), as_text(item.get("msg"))
    context = as_object(item["ctx"]) if "ctx" in item else None
    if context and context.pop("tag", None) is not None:
        words = None
    pointer = "" if kind == "json_invalid" else _pointer_of_location(item.get("loc"))  # its place is an offset into text
    return FieldError(pointer, normalise_code(kind), context or {}, words or "")


def _pointer_of_location(location: object) -> str:
    if not isinstance(location, list) or not location:
        return ""
    return pointer_of(location[1 if location[0] in _PARTS else 0 : MAX_DEPTH])


def step_of_name(name: str) -> str:
    """Return what the name of a member adds to a pointer; names such as "non_field_errors" add nothing."""
    if name in _NO_FIELDS:
        return ""
    return _step(name) if "/" in name or "~" in name else f"/{name}"


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
    if isinstance(value, dict):
        if "_errors" in value and isinstance(value["_errors"], list):  # Discord's: objects, where others have texts
            value = dict(value)
            found += [field_error(pointer, item, detail="message") for item in objects_of(value.pop("_errors"))]
        for name, member in value.items():
            if len(name) <= MAX_POINTER:
                _gather(member, pointer + step(name), depth - 1, step, found)
    elif isinstance(value, list):
        for index, item in enumerate(value[:MAX_FIELD_ERRORS]):
            if not isinstance(item, str):
                _gather(item, f"{pointer}/{index}", depth - 1, step, found)
            elif depth > 1 and len(found) < MAX_FIELD_ERRORS:
                found.append(FieldError(pointer, detail=item[:MAX_TEXT]))
    elif isinstance(value, str):
        found.append(FieldError(pointer, detail=value[:MAX_TEXT]))
