"""SWL601: a client that is built, used for one call, and thrown away, together with its connections."""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from .._finding import Hit, Rule
from .._functions import called, returned
from .._libraries import CLIENTS, VERBS
from .._module import Module
from .._names import Function

__all__ = ["CLIENT_PER_CALL"]

_MESSAGE = "{name} is built for {what}: its connections are lost after each. Build it once, and pass it in"
_LOOPS = ast.For | ast.AsyncFor | ast.While | ast.comprehension
_ONCE = re.compile(r"_*(main|cli|run|setup|lifespan|startup)")  # functions that run once in the life of a program
_ONCE_MARKS = re.compile(
    r"(pytest_)?fixture|(async)?contextmanager|command|group|callback|cache|lru_cache|on_event|before_serving"
)
_GIVEN = re.compile(r"client|session|pool", re.IGNORECASE)  # what a client that was handed in is called
_CLOSING = frozenset({"contextlib.aclosing", "contextlib.closing"})
_HANDLER_MARKS = frozenset({"get", "post", "put", "patch", "delete", "route", "websocket", "api_route"})


def _check(module: Module) -> Iterator[Hit]:
    for call in module.all(ast.Call):
        name = _made(module, call)
        if name and (what := _occasion(module, call)):
            yield Hit(call, _MESSAGE.format(name=name, what=what))


def _made(module: Module, call: ast.Call) -> str:
    """The client that a call builds, by itself or in a function of the same file that builds one each time; "" for none."""
    name = module.names.meaning(call.func)
    if name in CLIENTS:
        return name
    function = called(module, call)
    if function is None or any(_ONCE_MARKS.fullmatch(_mark(mark)) for mark in function.decorator_list):
        return ""
    made = {module.names.meaning(each.func) if isinstance(each, ast.Call) else "" for each in returned(module, function)}
    return next(iter(made)) if made and made <= CLIENTS else ""


def _occasion(module: Module, call: ast.Call) -> str:
    """What the client is built for over and over; "" where it may well live for long."""
    around = module.function(call)
    target = _held_by(module, call)
    if _is_read_again(module, call, around):
        return "each reading of the property"
    if target is None or (isinstance(around, ast.Lambda) and target):
        return ""
    if around is None:
        return "each turn of a loop" if _is_looped(module, call, None) and not _escapes(module, module.tree, target) else ""
    if _escapes(module, around, target):
        return "each request that the function answers" if _is_handler(module, around) and _is_held(module, call, target) else ""
    if _stands_in(module, call, around) or _is_test(module, around):
        return ""
    if _is_handler(module, around):
        return "each request that the function answers"
    if _is_looped(module, call, around):
        return "each turn of a loop"
    is_single = module.once(("serves", around, target), lambda: _serves_one_call(module, around, target))
    return "a single call" if is_single and not _runs_once(module, around) else ""


def _held_by(module: Module, call: ast.Call) -> str | None:
    """The local name that a new client gets; "" where it is used at once, None where it goes elsewhere."""
    around = module.parent(call)
    if isinstance(around, ast.Call) and module.names.meaning(around.func) in _CLOSING:
        around = module.parent(around)
    match around:
        case ast.withitem(optional_vars=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.NamedExpr(target=ast.Name(id=name)):
            return name
        case ast.Attribute(attr=verb):
            return "" if verb in VERBS else None
    return None


def _is_read_again(module: Module, call: ast.Call, around: Function | None) -> bool:
    """Whether a property returns it, which looks like one client and is a new one each time."""
    is_returned = isinstance(module.parent(call), ast.Return)
    return is_returned and around is not None and any(_mark(mark) == "property" for mark in _marks(around))


def _escapes(module: Module, around: ast.AST, name: str) -> bool:
    """Whether the client is handed to somebody: returned, stored, passed on, or used by an inner function."""
    nodes = module.names_read(around).get(name, ()) if name else ()
    return module.once(("escapes", around, name), lambda: any(_is_handed_on(module, node, around) for node in nodes))


def _is_handed_on(module: Module, node: ast.Name, around: ast.AST) -> bool:
    holder = module.parent(node)
    return (module.function(node) or module.tree) is not around or not isinstance(holder, ast.Attribute | ast.withitem)


def _is_held(module: Module, call: ast.Call, name: str | None) -> bool:
    """Whether it is closed at the end of a `with`, and only lent to other functions in there."""
    if not isinstance(module.parent(call), ast.withitem):
        return False
    around = module.function(call)
    nodes = module.names_read(around).get(name or "", ()) if around else ()
    return all(isinstance(module.parent(node), ast.Attribute | ast.withitem | ast.Call | ast.keyword) for node in nodes)


def _stands_in(module: Module, call: ast.Call, around: Function) -> bool:
    """Whether it is built only where nobody handed one in, as in `if client is None`, or where the one that was is broken."""
    for each in module.above(call):
        if each is around:
            return False
        if isinstance(each, ast.ExceptHandler):
            return True
        if isinstance(each, ast.If | ast.IfExp) and any(_GIVEN.search(_last(node)) for node in ast.walk(each.test)):
            return True
    return False


def _last(node: ast.AST) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _serves_one_call(module: Module, around: Function, name: str) -> bool:
    if not name:
        return True
    calls = [node for node in module.names_read(around).get(name, ()) if _verb(module, node) in VERBS]
    if not calls or any(_is_looped(module, each, around) for each in calls):
        return False
    in_order = sorted(calls, key=lambda each: (each.lineno, each.col_offset))
    return all(_excludes(module, one, other, around) for one, other in pairwise(in_order))


def _excludes(module: Module, one: ast.AST, other: ast.AST, around: Function) -> bool:
    """Whether at most one of two places is reached: they are in two branches of an `if`, or the first one returns."""
    above = [one, *module.above(one)]
    others = {other, *module.above(other)}
    if any(isinstance(each, ast.Return) and each not in others for each in above[: above.index(around)]):
        return True
    branches = (each for each in above if isinstance(each, ast.If | ast.IfExp) and each in others)
    return any({_branch(each, above), _branch(each, others)} == {"body", "orelse"} for each in branches)


def _branch(choice: ast.If | ast.IfExp, path: Iterable[ast.AST]) -> str:
    inner = set(path)
    for name in ("body", "orelse"):
        part = getattr(choice, name)
        if not inner.isdisjoint(part if isinstance(part, list) else [part]):
            return name
    return "test"


def _verb(module: Module, node: ast.Name) -> str:
    holder = module.parent(node)
    is_called = isinstance(holder, ast.Attribute) and isinstance(call := module.parent(holder), ast.Call) and call.func is holder
    return holder.attr if is_called and isinstance(holder, ast.Attribute) else ""


def _is_looped(module: Module, node: ast.AST, around: Function | None) -> bool:
    for each in module.above(node):
        if each is around:
            return False
        if isinstance(each, _LOOPS | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            return True
    return False


def _is_handler(module: Module, around: Function) -> bool:
    """Whether a framework calls it for each request, as a handler or as what handlers depend on."""
    if any(isinstance(mark, ast.Call) and _mark(mark) in _HANDLER_MARKS for mark in _marks(around)):
        return True
    return not isinstance(around, ast.Lambda) and around.name in module.once("depends", lambda: _depended_on(module))


def _depended_on(module: Module) -> set[str]:
    calls = (call for call in module.all(ast.Call) if _mark(call) == "Depends")
    return {each.id for call in calls for each in call.args if isinstance(each, ast.Name)}


def _runs_once(module: Module, around: Function) -> bool:
    """Whether a function, or one around it, is a program, a fixture, or the like."""
    functions = [each for each in (around, *module.above(around)) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    if any(_ONCE.fullmatch(each.name) or any(_ONCE_MARKS.fullmatch(_mark(mark)) for mark in _marks(each)) for each in functions):
        return True
    return not _called_by_script(module).isdisjoint(each.name for each in functions)


def _is_test(module: Module, around: Function) -> bool:
    functions = (each for each in (around, *module.above(around)) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return any(each.name.startswith("test_") for each in functions)


def _called_by_script(module: Module) -> set[str]:
    """The names in the `if __name__ == "__main__":` of a module, or in statements of its own, as in `asyncio.run(main())`."""
    return module.once("script", lambda: {name for node in _scripts(module) for name in _names(node)})


def _scripts(module: Module) -> Iterator[ast.stmt]:
    yield from (node for node in module.all(ast.If) if _is_script(node))
    yield from (node for node in module.tree.body if isinstance(node, ast.Expr))


def _is_script(node: ast.If) -> bool:
    match node.test:
        case ast.Compare(left=ast.Name(id="__name__")):
            return True
    return False


def _names(script: ast.stmt) -> Iterator[str]:
    return (node.id for node in ast.walk(script) if isinstance(node, ast.Name))


def _marks(around: Function) -> list[ast.expr]:
    return [] if isinstance(around, ast.Lambda) else around.decorator_list


def _mark(decorator: ast.expr) -> str:
    """The last name of a decorator."""
    match decorator.func if isinstance(decorator, ast.Call) else decorator:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


CLIENT_PER_CALL = Rule(
    "SWL601",
    "client-per-call",
    "a client built for a single call, in a request handler, or anew in each turn of a loop",
    ("Client", "Session", "session", "PoolManager", "ProxyManager"),
    _check,
)
