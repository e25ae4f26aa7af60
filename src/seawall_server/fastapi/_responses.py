"""Problems in an OpenAPI 3.1 document."""

import inspect
from datetime import datetime
from typing import Any, get_args, get_type_hints

from .._accept import JSON, XML
from .._problem import ProblemError

__all__ = ["describe", "problems"]

_TEXT = {"type": "string"}
_NAME = "Problem"
_OTHER_NAME = "ProblemDocument"  # where the app has a model called `Problem`
_REFERENCE = {"$ref": f"#/components/schemas/{_NAME}"}
_FIELD_ERROR = {
    "type": "object",
    "required": ["code"],
    "anyOf": [{"required": ["pointer"]}, {"required": ["name", "in"]}],
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer into the body, as a URI fragment (RFC 6901)"},
        "name": {"type": "string", "description": "Name of the parameter, outside the body"},
        "in": {"enum": ["query", "path", "header", "cookie"]},
        "code": _TEXT,
        "detail": _TEXT,
        "params": {"type": "object"},
    },
}
_PROBLEM = {
    "title": _NAME,
    "description": "Problem details (RFC 9457)",
    "type": "object",
    "required": ["title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "default": "about:blank"},
        "title": _TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "For developers, never shown to people"},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string", "description": "Machine-readable, in UPPER_SNAKE"},
        "params": {"type": "object", "description": "Facts for a message"},
        "errors": {"type": "array", "items": _FIELD_ERROR},
        "trace_id": {"type": "string", "description": "The request's name in the server's log"},
    },
}
_KINDS: dict[Any, dict[str, str]] = {
    str: _TEXT,
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
}


def problems(*classes: type[ProblemError]) -> dict[int | str, dict[str, Any]]:
    """Return a route's `responses=`: its problems by status, each with its code and the types of its params.

    The schemas stand beside the general one, because a route may answer more: a refused field, an app that is too old.
    """
    by_status: dict[int, list[type[ProblemError]]] = {}
    for kind in classes:
        by_status.setdefault(kind.status, []).append(kind)
    return {status: _response(kinds) for status, kinds in by_status.items()}


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """Say in an OpenAPI document that every error is a problem, FastAPI's 422 too. Doing it twice changes nothing."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    name = _NAME if schemas.get(_NAME, _PROBLEM) == _PROBLEM else _OTHER_NAME
    schemas[name] = _PROBLEM
    for operations in [*document.get("paths", {}).values(), *document.get("webhooks", {}).values()]:
        for operation in operations.values():
            if isinstance(operation, dict) and "responses" in operation:
                _describe_operation(operation["responses"])
                if name != _NAME:
                    operation["responses"] = _renamed(operation["responses"], name)
    for name in ("HTTPValidationError", "ValidationError"):
        if name in schemas and f"#/components/schemas/{name}'" not in str(document):  # a model of the app may be called so
            del schemas[name]
    return document


def _renamed(value: Any, name: str, *, ours: bool = False) -> Any:
    """The same with our references to another name: they stand below our media types only."""
    if ours and value == _REFERENCE:
        return {"$ref": f"#/components/schemas/{name}"}
    if isinstance(value, dict):
        return {key: _renamed(member, name, ours=ours or key in (JSON, XML)) for key, member in value.items()}
    return [_renamed(item, name, ours=ours) for item in value] if isinstance(value, list) else value


def _describe_operation(responses: dict[str, Any]) -> None:
    if "HTTPValidationError" in str(responses.get("422")):
        responses["422"] = {"description": "Fields of the request were refused", "content": _content(_REFERENCE)}
    responses.setdefault("default", {"description": "Any other error", "content": _content(_REFERENCE)})


def _response(kinds: list[type[ProblemError]]) -> dict[str, Any]:
    words = "; ".join(f"{kind.code}: {kind.detail}" if kind.detail else kind.code for kind in kinds)
    return {"description": words, "content": _content({"anyOf": [*map(_schema, kinds), _REFERENCE]})}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {media_type: {"schema": schema} for media_type in (JSON, XML)}


def _schema(kind: type[ProblemError]) -> dict[str, Any]:
    members: dict[str, Any] = {"code": {"const": kind.code}, "status": {"const": kind.status}}
    required = ["code"]
    if keywords := _keywords(kind):
        needed = [each.name for each in keywords if each.default is each.empty]
        hints = _hints(kind)
        schemas = {each.name: _KINDS.get(_without_none(hints.get(each.name)), {}) for each in keywords}
        members["params"] = {"type": "object", "required": needed, "properties": schemas}
        required += ["params"] if needed else []
    return {"title": kind.code, "type": "object", "required": required, "properties": members}


def _keywords(kind: type[ProblemError]) -> list[inspect.Parameter]:
    """The keywords of its `__init__`, which generated classes have: the params."""
    return [each for each in inspect.signature(kind).parameters.values() if each.kind is each.KEYWORD_ONLY]


def _hints(kind: type[ProblemError]) -> dict[str, Any]:
    try:
        return get_type_hints(kind.__init__)
    except NameError:  # a type that is imported for type checkers only: the app must start all the same
        return {}


def _without_none(hint: Any) -> Any:
    """The one type of an optional param: it is left out of the document where it is None."""
    kinds = [each for each in get_args(hint) if each is not type(None)]
    return kinds[0] if len(kinds) == 1 else hint
