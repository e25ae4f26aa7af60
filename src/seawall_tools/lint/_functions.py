"""The functions of one file and who calls them there: what they return, and what they are given."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from ._module import Module

__all__ = ["arguments", "called", "defined", "returned"]

_Definition = ast.FunctionDef | ast.AsyncFunctionDef


def called(module: Module, call: ast.Call) -> _Definition | None:
    """Return the function of the same file that a call runs: `load()`, or `self.load()` in a class that defines it."""
    return defined(module, call.func)


def defined(module: Module, expression: ast.expr) -> _Definition | None:
    """Return the function of the same file that an expression names."""
    match expression:
        case ast.Name(id=name):
            return _plain(module).get(name)
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            around = next((each for each in module.above(expression) if isinstance(each, ast.ClassDef)), None)
            methods = (each for each in (around.body if around else ()) if isinstance(each, _Definition))
            return next((each for each in methods if each.name == name), None)
    return None


def returned(module: Module, function: _Definition) -> list[ast.expr]:
    """Return what a function hands back, at each of its returns."""
    returns = module.once("returns", lambda: _returns(module))
    return returns.get(function, [])


def arguments(module: Module, name: ast.Name, through: ast.Call | None = None) -> list[ast.expr]:
    """Return what a parameter gets from the calls that stand in the same file; nothing for another name.

    Args:
        module: The file.
        name: Where the parameter is read.
        through: The one call that counts, if it is one of that function.
    """
    function = next((each for each in module.above(name) if isinstance(each, _Definition) and _position(each, name.id)), None)
    if function is None:
        return []
    calls = module.once("calls", lambda: _calls(module)).get(function, [])
    counting = [call for call in calls if call is through] or calls
    return [given for call in counting for given in _given(call, function, name.id)]


def _plain(module: Module) -> dict[str, _Definition]:
    return module.once("plain", lambda: _plain_functions(module))


def _plain_functions(module: Module) -> dict[str, _Definition]:
    """The functions that are no methods, by names that only one of them has."""
    found: dict[str, list[_Definition]] = defaultdict(list)
    functions: Iterator[_Definition] = chain(module.all(ast.FunctionDef), module.all(ast.AsyncFunctionDef))
    for each in functions:
        if not isinstance(module.parent(each), ast.ClassDef):
            found[each.name].append(each)
    return {name: same[0] for name, same in found.items() if len(same) == 1}


def _returns(module: Module) -> dict[ast.AST, list[ast.expr]]:
    found: dict[ast.AST, list[ast.expr]] = defaultdict(list)
    for each in module.all(ast.Return):
        around = module.function(each)
        if around and each.value:
            found[around].append(each.value)
    return found


def _calls(module: Module) -> dict[ast.AST, list[ast.Call]]:
    found: dict[ast.AST, list[ast.Call]] = defaultdict(list)
    for call in module.all(ast.Call):
        function = called(module, call)
        if function:
            found[function].append(call)
    return found


def _position(function: _Definition, name: str) -> int:
    """The place of a parameter, from 1; 0 where there is none."""
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return next((place for place, each in enumerate(parameters, 1) if each.arg == name), 0)


def _given(call: ast.Call, function: _Definition, name: str) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in call.keywords if keyword.arg == name)
    place = _position(function, name) - 1 - isinstance(call.func, ast.Attribute)
    is_positional = place < len(function.args.posonlyargs) + len(function.args.args)
    if (
        is_positional
        and 0 <= place < len(call.args)
        and not any(isinstance(each, ast.Starred) for each in call.args[: place + 1])
    ):
        yield call.args[place]
