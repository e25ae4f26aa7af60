"""SWL102: the text of an exception that was made for a traceback, shown to people."""

import ast
from collections.abc import Iterator

from .._finding import Hit, Rule
from .._libraries import BROAD, SYSTEM, WORDS, calls_network, caught, is_foreign_error, is_problem
from .._module import Module
from ._shown import parts, shown

__all__ = ["EXCEPTION_SHOWN"]

_MESSAGE = "the text of {name} is shown to people: it may quote addresses and secrets. Log it, and show a sentence of yours"
_TRACEBACKS = frozenset({"sys.exc_info", "traceback.format_exc", "traceback.format_exception", "traceback.format_exception_only"})


def _check(module: Module) -> Iterator[Hit]:
    found: dict[ast.expr, str] = {}
    for expression in shown(module):
        for part in parts(module, expression, lambda each: bool(_raw(module, each))):
            found[part] = _raw(module, part)
    for node, name in found.items():
        yield Hit(node, _MESSAGE.format(name=name))


def _raw(module: Module, expression: ast.expr) -> str:
    """What to call the exception whose text an expression is; "" where it is none, or one that was made for people."""
    match expression:
        case ast.Call(func=function) if module.names.meaning(function) in _TRACEBACKS:
            handler = next((each for each in module.above(expression) if isinstance(each, ast.ExceptHandler)), None)
            return "a traceback" if handler and _may_be_a_calls(module, handler) else ""
        case ast.Subscript(value=ast.Attribute(value=ast.Name() as name, attr="args")):
            return _caught_as(module, name)
        case ast.Attribute(value=ast.Name() as name, attr="args" | "message" | "reason" | "strerror"):
            return _caught_as(module, name)
        case ast.Attribute(value=ast.Attribute(value=ast.Name() as name, attr="response"), attr="content" | "reason" | "text"):
            return _caught_as(module, name)
        case ast.Attribute(value=ast.Name() as name, attr="__cause__" | "__context__"):
            return _cause_of(module, name)
        case ast.Name():
            return _caught_as(module, expression)
    return ""


def _cause_of(module: Module, name: ast.Name) -> str:
    """What a problem came from, which is as raw as ever."""
    handler = _handler(module, name)
    return "a cause" if handler and any(map(is_problem, caught(module, handler))) else _caught_as(module, name)


def _caught_as(module: Module, name: ast.Name) -> str:
    handler = _handler(module, name)
    if handler is None:
        return ""
    names = caught(module, handler)
    general = (kind for kind in names if kind in BROAD or kind in SYSTEM)
    foreign = next((kind for kind in names if is_foreign_error(kind)), "")
    return foreign or (next(general, "") if _may_be_a_calls(module, handler) else "")


def _handler(module: Module, name: ast.Name) -> ast.ExceptHandler | None:
    """The handler that gave the exception its name."""
    handlers = (each for each in module.above(name) if isinstance(each, ast.ExceptHandler))
    return next((each for each in handlers if each.name == name.id), None)


def _may_be_a_calls(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether what is caught may come from a call: files and the like fail too, and their errors are the person's own matter."""
    attempt = module.parent(handler)
    return module.imports("seawall") or (isinstance(attempt, ast.Try | ast.TryStar) and calls_network(module, attempt.body))


EXCEPTION_SHOWN = Rule(
    "SWL102",
    "exception-shown",
    "`str(error)` of `Exception`, of a socket's or a library's error, or a traceback, on its way to a person",
    WORDS,
    _check,
)
