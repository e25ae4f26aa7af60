"""SWL201: a handler that makes a failed call look like one that did not happen."""

import ast
import builtins
from collections.abc import Iterator

from .._finding import Hit, Rule
from .._libraries import BROAD, SYSTEM, WORDS, calls_network, caught, is_foreign_root, is_problem_root
from .._module import Module
from ._farewells import says_only_farewell
from ._trying import is_tried_again

__all__ = ["SWALLOWED"]

_MESSAGE = "{what} is caught and forgotten: log it and raise it on, hand it to the caller, or write down why it may be lost"

_BUILTINS = frozenset(dir(builtins))


def _check(module: Module) -> Iterator[Hit]:
    for attempt in module.tries():
        for handler in attempt.handlers:
            if all(_says_nothing(module, statement) for statement in handler.body) and (what := _lost(module, attempt, handler)):
                is_meant = (
                    _is_tried_again(module, attempt, handler)
                    or says_only_farewell(attempt.body)
                    or _answers_later(module, attempt, handler)
                )
                if not is_meant and not module.has_comment(handler.lineno, handler.body[-1].end_lineno or handler.lineno):
                    yield Hit(handler, _MESSAGE.format(what=what))


def _is_tried_again(module: Module, attempt: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> bool:
    """Whether a loop comes round to the same code, which a handler that leaves it prevents."""
    return not isinstance(handler.body[-1], ast.Break | ast.Return) and is_tried_again(
        module, attempt, attempt.body, attempt.orelse
    )


def _lost(module: Module, attempt: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> str:
    names = caught(module, handler)
    named = next((name for name in names if is_problem_root(name) or is_foreign_root(name)), "")
    if named:
        return named.rpartition(".")[2]
    if not BROAD.isdisjoint(names):
        is_about_calls = (module.imports("seawall") and _may_fail(module, attempt.body)) or calls_network(module, attempt.body)
        return "everything that a call may raise" if is_about_calls else ""
    system = next((name for name in names if name in SYSTEM), "")
    return system if system and calls_network(module, attempt.body) else ""


def _may_fail(module: Module, body: list[ast.stmt]) -> bool:
    """Whether code calls something that may make a call: conversions such as `int()` do not."""
    calls = (node for statement in body for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(module.names.meaning(call.func) not in _BUILTINS for call in calls)


def _answers_later(module: Module, attempt: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> bool:
    """Whether a success returns at once, and a failure comes to a `return` of something else, right behind the `try`."""
    has_returned = any(isinstance(node, ast.Return) for statement in attempt.body for node in ast.walk(statement))
    if not has_returned or isinstance(handler.body[-1], ast.Return | ast.Continue | ast.Break):
        return False
    block = getattr(module.parent(attempt), "body", [])
    match block[block.index(attempt) + 1 :] if attempt in block else []:
        case [ast.Return(value=ast.expr() as value), *_]:
            return not _is_nothing(value)
    return False


def _says_nothing(module: Module, statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Continue() | ast.Break() | ast.Delete() | ast.Expr(value=ast.Constant() | ast.Name()):
            return True
        case ast.Return(value=None):
            return True
        case ast.Return(value=ast.expr() as value) | ast.Assign(targets=[ast.Name()], value=value):
            return _is_nothing(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute() as log, attr="debug"))):
            # Where others speak HTTP, people who wrote such a line mostly knew what they did: it is a reason of a kind.
            return module.imports("seawall") and "log" in (log.id if isinstance(log, ast.Name) else log.attr).lower()
    return False


def _is_nothing(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=None | "" | b"") | ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="bytes" | "dict" | "frozenset" | "list" | "set" | "str" | "tuple"), args=[], keywords=[]):
            return True
        case ast.Tuple(elts=parts):
            return all(map(_is_nothing, parts))
    return False


SWALLOWED = Rule(
    "SWL201",
    "problem-swallowed",
    "`except ApiProblem: pass`, `return None` and the like: a failure of which nobody ever hears",
    WORDS,
    _check,
)
