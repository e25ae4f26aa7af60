"""`--into TYPE`: from its text to a type. The text is parsed, never evaluated; only what it names is looked up."""

import ast
import datetime
import decimal
import importlib
import re
import sys
import typing
import uuid
from pathlib import Path
from typing import Any

import typer

from seawall import UsageError
from seawall.policies import JsonDecoder

from ._sources import wrong

__all__ = ["parse_type"]

_KNOWN: dict[str, Any] = {
    **{kind.__name__: kind for kind in (bool, bytes, dict, float, frozenset, int, list, set, str, tuple)},
    **{kind.__name__: kind for kind in (datetime.date, datetime.datetime, datetime.time, datetime.timedelta)},
    "Any": Any,
    "Decimal": decimal.Decimal,
    "Literal": typing.Literal,
    "UUID": uuid.UUID,
}
_MODEL = re.compile(r"(?P<module>[A-Za-z_][\w.]*):(?P<name>[A-Za-z_][\w.]*)")


def parse_type(text: str) -> Any:
    """Return the type that a text names: `shop.models:Order`, `list[shop.models:Order]`, `dict[str, int] | None`.

    Modules are looked for in the current folder, too; importing one runs it, as `python -m` would.

    Raises:
        typer.BadParameter: It names no type, or one that cannot be decoded.
    """
    models: dict[str, Any] = {}

    def place(found: re.Match[str]) -> str:
        name = f"model_{len(models)}_"
        models[name] = _imported(found["module"], found["name"])
        return name

    try:
        tree = ast.parse(_MODEL.sub(place, text).strip(), mode="eval")
        into = _built(tree.body, {**_KNOWN, **models})
    except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError) as error:
        reason = f"{text[:200]!r} is no type ({type(error).__name__})"
    else:
        return _decodable(into)
    raise _wrong(reason)


def _built(node: ast.expr, known: dict[str, Any]) -> Any:
    match node:
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.Name(id=name):
            raise _wrong(f"{name!r} is no type that it knows; write a model as package.module:{name}")
        case ast.Constant(value=None):
            return None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return typing.Union[_built(left, known), _built(right, known)]  # noqa: UP007 - `|` knows no None beside None
        case ast.Subscript(value=ast.Name(id="Literal"), slice=inner):
            return typing.Literal[ast.literal_eval(inner)]
        case ast.Subscript(value=outer, slice=ast.Tuple(elts=parts)):
            return _built(outer, known)[tuple(_built(part, known) for part in parts)]
        case ast.Subscript(value=outer, slice=inner):
            return _built(outer, known)[_built(inner, known)]
        case ast.Constant(value=value) if value is Ellipsis:
            return ...
    raise _wrong(f"{ast.unparse(node)[:200]!r} is no type; write names, [...] and |, and a model as package.module:Model")


def _imported(module: str, name: str) -> Any:
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception as error:  # a module that is imported may raise anything
        reason = f"{module}:{name} cannot be imported: {type(error).__name__}: {error}"
    else:
        return found
    raise _wrong(reason)


def _decodable(into: Any) -> Any:
    try:
        JsonDecoder().prepare(into)
    except UsageError as error:
        reason = str(error).removeprefix("response_model: ")
    else:
        return into
    raise _wrong(reason)


def _wrong(reason: str) -> typer.BadParameter:
    return wrong("--into", reason)
