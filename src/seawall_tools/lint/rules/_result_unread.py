"""SWL203: failures that become values, or stay in a task, and that nobody looks at."""

import ast
from collections.abc import Iterator

from .._finding import Hit, Rule
from .._functions import defined
from .._libraries import BROAD, LIBRARIES, caught
from .._module import Module
from .._names import Function
from ._farewells import is_farewell, says_farewell

__all__ = ["RESULT_UNREAD"]

_GATHERED = "the exceptions that gather() returns here are never read: look at the results, or use asyncio.TaskGroup"
_WAITED = "wait() raises nothing, and nobody looks at these tasks: ask each for its result(), or use asyncio.TaskGroup"
_LOOSE = "nobody holds this task: what it raises is lost, and so may it be itself. Keep it and await it, or use asyncio.TaskGroup"
_SUBMITTED = "nobody holds this future: what the function raises is lost without a word. Keep it, and ask for its result()"

_THROUGH = frozenset({"asyncio.run", "asyncio.shield", "asyncio.wait_for"})  # hand on what they are given
_TASKS = frozenset({"asyncio.create_task", "asyncio.ensure_future"})
_LOOPS = frozenset({"asyncio.get_event_loop", "asyncio.get_running_loop", "asyncio.new_event_loop"})
_POOLS = frozenset(f"concurrent.futures.{kind}PoolExecutor" for kind in ("Process", "Thread"))


def _check(module: Module) -> Iterator[Hit]:
    speaks_http = module.imports("seawall", *LIBRARIES)
    for call in module.all(ast.Call):
        name = module.names.meaning(call.func)
        if name == "asyncio.gather" and _returns_exceptions(call) and not _are_others(module, call):
            message = _GATHERED
        elif name == "asyncio.wait" and not _are_read_elsewhere(module, call):
            message = _WAITED
        else:
            message = _loose(module, call, name) if speaks_http else ""
        is_kept = message == _LOOSE and isinstance(module.parent(call), ast.Await)
        if message and not is_kept and _is_unread(module, call) and not _is_farewell(module, call):
            yield Hit(call, message)


def _loose(module: Module, call: ast.Call, name: str) -> str:
    """What to say of a task or a future that is started; "" where it is none."""
    owner = module.names.made_of(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in _TASKS or (owner in _LOOPS and method == "create_task"):
        return _LOOSE
    return _SUBMITTED if owner in _POOLS and method == "submit" and not _guards_itself(module, call) else ""


def _guards_itself(module: Module, call: ast.Call) -> bool:
    """Whether the function that is submitted stands in the same file, and catches everything by itself."""
    function = defined(module, call.args[0]) if call.args else None
    tries = (each for each in (function.body if function else ()) if isinstance(each, ast.Try))
    return any(not BROAD.isdisjoint(caught(module, handler)) for each in tries for handler in each.handlers)


def _returns_exceptions(call: ast.Call) -> bool:
    values = [keyword.value for keyword in call.keywords if keyword.arg == "return_exceptions"]
    return any(isinstance(value, ast.Constant) and value.value is True for value in values)


def _are_others(module: Module, call: ast.Call) -> bool:
    """Whether it waits for every task there is, which other code has started."""
    given = (each.value if isinstance(each, ast.Starred) else each for each in call.args)
    return any(module.names.made_of(each) == "asyncio.all_tasks" for each in given)


def _are_read_elsewhere(module: Module, call: ast.Call) -> bool:
    """Whether the tasks that are waited for have a name, by which somebody may look at them."""
    around = module.function(call) or module.tree
    for held in _holders(call.args[:1]):
        match held:
            case ast.Name(id=name):
                if name in _parameters(around) or len(module.names_read(around).get(name, ())) > 1:
                    return True
            case ast.Call(func=function):
                if module.names.meaning(function) not in _TASKS:
                    return True
            case _:
                return True
    return False


def _holders(expressions: list[ast.expr]) -> Iterator[ast.expr]:
    """What tasks may come from in an expression: names that hold some, and calls, of which a new task is held by nobody."""
    waiting = [*expressions]
    while waiting:
        match waiting.pop():
            case ast.Name() | ast.Attribute() | ast.Call() as held:
                yield held
            case ast.List(elts=parts) | ast.Set(elts=parts) | ast.Tuple(elts=parts):
                waiting += parts
            case ast.Starred(value=inner) | ast.ListComp(elt=inner) | ast.SetComp(elt=inner) | ast.GeneratorExp(elt=inner):
                waiting.append(inner)
            case ast.BinOp(left=left, right=right):
                waiting += [left, right]


def _parameters(around: ast.AST) -> set[str]:
    return {each.arg for each in ast.walk(around.args) if isinstance(each, ast.arg)} if isinstance(around, Function) else set()


def _is_unread(module: Module, call: ast.Call) -> bool:
    inner, around = call, module.parent(call)
    while isinstance(around, ast.Await) or (isinstance(around, ast.Call) and _hands_on(module, around, inner)):
        inner = around if isinstance(around, ast.Call) else inner
        around = module.parent(around)
    match around:
        case ast.Expr():
            return True
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            is_value = isinstance(around, ast.NamedExpr) and not isinstance(module.parent(around), ast.Expr)
            names = _names(target)
            return bool(names) and not is_value and not any(_is_read(module, name, call) for name in names)
    return False


def _hands_on(module: Module, outer: ast.Call, inner: ast.Call) -> bool:
    is_loop = isinstance(outer.func, ast.Attribute) and outer.func.attr == "run_until_complete"
    return inner in outer.args and (is_loop or module.names.meaning(outer.func) in _THROUGH)


def _names(target: ast.expr) -> list[str]:
    """The plain names that a target consists of; none where one part of it is something else."""
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    bare = [part.value if isinstance(part, ast.Starred) else part for part in parts]
    names = [part.id for part in bare if isinstance(part, ast.Name)]
    return names if len(names) == len(parts) else []


def _is_read(module: Module, name: str, call: ast.Call) -> bool:
    around = module.function(call)
    if around is None:
        return name in module.names_read(module.tree)
    is_others = any(name in each.names for each in ast.walk(around) if isinstance(each, ast.Global | ast.Nonlocal))
    return is_others or name in module.names_read(around)


def _is_farewell(module: Module, call: ast.Call) -> bool:
    """Whether the same code closes or cancels something: then waiting for its end is all that is meant."""
    around = module.function(call)
    if around is None:
        return False
    if not isinstance(around, ast.Lambda) and is_farewell(around.name):
        return True
    return module.once(("farewell", around), lambda: says_farewell([around]))


RESULT_UNREAD = Rule(
    "SWL203",
    "result-unread",
    "`gather(return_exceptions=True)`, `asyncio.wait()`, a task or a future whose failure nobody looks at",
    ("asyncio", "concurrent"),
    _check,
)
