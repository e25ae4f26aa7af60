"""SWL501: an exception of a library that is not the one that makes the call."""

import ast
from collections.abc import Iterator

from .._finding import Hit, Rule
from .._libraries import calls_network, caught, is_foreign_error, is_problem, kinds, library_of
from .._module import Module

__all__ = ["RAW_ERROR"]

_MESSAGE = "{name} never comes out of Seawall: catch seawall.ApiProblem, or the kind of it that is meant"

# Kinds of ConnectionError that are none of ConnectProblem's.
_NARROW = frozenset({"BrokenPipeError", "ConnectionAbortedError", "ConnectionRefusedError", "ConnectionResetError"})


def _check(module: Module) -> Iterator[Hit]:
    if not module.imports("seawall"):
        return
    for attempt in module.tries():
        for handler in attempt.handlers:
            for node, names in _asked(module, handler):
                raw = next((name for name in names if _never_comes(module, attempt, name)), "")
                if raw and not _translates(module, handler):
                    yield Hit(node, _MESSAGE.format(name=raw))


def _asked(module: Module, handler: ast.ExceptHandler) -> Iterator[tuple[ast.ExceptHandler | ast.Call, list[str]]]:
    """The exceptions that a handler is about: those that it catches, and those that it tells apart by `isinstance`."""
    yield handler, caught(module, handler)
    for node in (inner for statement in handler.body for inner in ast.walk(statement)):
        match node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kind]) if name == handler.name:
                yield node, kinds(module, [kind])


def _never_comes(module: Module, attempt: ast.Try | ast.TryStar, name: str) -> bool:
    if name in _NARROW:
        return calls_network(module, attempt.body)
    return is_foreign_error(name) and not _may_come(module, attempt.body, name)


def _translates(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether it makes a problem of what it caught, as the code between Seawall and another library does."""
    raised = (node.exc for statement in handler.body for node in ast.walk(statement) if isinstance(node, ast.Raise))
    return any(is_problem(module.names.made_of(each) or module.names.meaning(each)) for each in raised)


def _may_come(module: Module, body: list[ast.stmt], name: str) -> bool:
    """Whether the code in the try may speak through that library itself: then its exceptions are to be expected."""
    root = (library_of(name) or name).partition(".")[0]
    roots = {root, "socket"} if root == "ssl" else {root}
    if any(_origin(module, node).partition(".")[0] in roots for statement in body for node in ast.walk(statement)):
        return True
    if calls_network(module, body):
        return False
    return not roots.isdisjoint(_called(module))


def _called(module: Module) -> set[str]:
    """The packages that the file calls something of."""
    return module.once("called", lambda: {module.names.meaning(call.func).partition(".")[0] for call in module.all(ast.Call)})


def _origin(module: Module, node: ast.AST) -> str:
    """Where a name, or the thing that it holds, comes from."""
    match node:
        case ast.Name() | ast.Attribute(value=ast.Name(id="self" | "cls")):
            made = module.names.made_of(node)
            return made or module.names.meaning(node)
    return ""


RAW_ERROR = Rule(
    "SWL501",
    "raw-transport-error",
    "`except httpx.HTTPError`, `except socket.timeout` and the like around calls that Seawall makes",
    ("seawall",),
    _check,
)
