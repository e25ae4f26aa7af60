"""SWL401: a screen, or the state behind it, that could make HTTP calls of its own."""

import ast
import re
from collections.abc import Iterable, Iterator

from .._constants import texts
from .._finding import Hit, Rule
from .._libraries import CLIENTS, LIBRARIES
from .._module import Module

__all__ = ["CLIENT_IN_LAYER"]

_MESSAGE = "{what} in the {layer} layer: let a repository make the calls, and hand results and problems up"
_IMPORTERS = frozenset(
    {
        "__import__",
        "builtins.__import__",
        "importlib.__import__",
        "importlib.import_module",
        "pkgutil.resolve_name",
        "pydoc.locate",
    }
)
# In which there is nothing that makes a call; aiohttp is a server too.
_HARMLESS = ("aiohttp.web", "requests.structures", "requests.utils")
_IMPORT = re.compile(r"\b(?:from\s+(?P<from>[\w.]+)\s+)?(?:import\s+|__import__\(\W)(?P<name>[\w.]+)")
_MAX_CODE = 10_000  # characters of code in a string; nobody writes more in a line
_OURS = tuple(sorted(name for name in CLIENTS if name.startswith("seawall.")))
# What a toolkit for screens brings along.
_TOOLKITS = tuple(f"{kit}.QtNetwork.QNetworkAccessManager" for kit in ("PyQt5", "PyQt6", "PySide2", "PySide6"))
_WANTED = (*LIBRARIES, *_OURS, *_TOOLKITS)


def _check(module: Module) -> Iterator[Hit]:
    if module.layer:
        for node, what in _found(module):
            yield Hit(node, _MESSAGE.format(what=what, layer=module.layer))


def _found(module: Module) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    for statement in module.import_statements():
        library = next(filter(None, map(_library, _imported(statement))), "")
        if library:
            yield statement, f"{library} is imported"
    for call in module.all(ast.Call):
        name = module.names.meaning(call.func)
        library = _named(module, call) if name in _IMPORTERS else _executed(call) if name in {"eval", "exec"} else ""
        if library:
            yield call, f"{library} is imported"
        elif name in _OURS and isinstance(call.func, ast.Attribute):
            yield call, f"{name} is made"
    for item in module.all(ast.Subscript):
        if module.names.meaning(item.value) == "sys.modules" and (library := _first(texts(module, item.slice))):
            yield item, f"{library} is taken"


def _imported(statement: ast.Import | ast.ImportFrom) -> list[str]:
    """Each thing that a statement imports, by its whole name."""
    match statement:
        case ast.Import(names=names):
            return [each.name for each in names]
        case ast.ImportFrom(module=str(source), level=0, names=names):
            return [f"{source}.{each.name}" for each in names]
    return []


def _library(name: str) -> str:
    """The library, or the client of ours, that whoever imports something gets; "" where there is no harm in it."""
    if name in {"seawall.*", "seawall.client.*"}:
        return "seawall.Client"
    if any(_is_in(name, each) for each in _HARMLESS):
        return ""
    return next((library for library in _WANTED if _is_in(name, library)), "")


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _named(module: Module, call: ast.Call) -> str:
    """The library that an import by name asks for, if its name can be read."""
    arguments = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "name")]
    packages = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "package")]
    anchors = [anchor for package in packages for anchor in texts(module, package)] or [""]
    names = [name.replace(":", ".") for argument in arguments for name in texts(module, argument)]
    return _first(anchor + name if name.startswith(".") else name for name in names for anchor in anchors)


def _executed(call: ast.Call) -> str:
    """The library that code in a string imports."""
    match call.args:
        case [ast.Constant(value=str(code)), *_] if len(code) <= _MAX_CODE:
            return _first(match["from"] or match["name"] for match in _IMPORT.finditer(code))
    return ""


def _first(names: Iterable[str]) -> str:
    return next(filter(None, map(_library, names)), "")


CLIENT_IN_LAYER = Rule(
    "SWL401",
    "client-in-layer",
    "an HTTP library imported, by statement or by name, in the UI or state layer, or a Seawall client made there",
    ("import", "pydoc", "resolve_name"),
    _check,
)
