"""SWL202: `contextlib.suppress` around more than was meant."""

import ast
from collections.abc import Iterator
from itertools import islice

from .._finding import Hit, Rule
from .._libraries import BROAD, calls_network, is_foreign_root, is_problem_root, kinds
from .._module import Module
from ._farewells import says_only_farewell
from ._trying import is_tried_again

__all__ = ["SUPPRESSED"]

_MESSAGE = "suppress({what}) hides every failure of what it holds: name the one that is meant, or write down why it may be lost"


def _check(module: Module) -> Iterator[Hit]:
    for block in module.withs():
        for item in block.items:
            yield from _fault(module, item.context_expr, block)
    for call in module.all(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "enter_context" and call.args:
            around = (each for each in module.above(call) if isinstance(each, ast.With | ast.AsyncWith))
            yield from (hit for each in islice(around, 1) for hit in _fault(module, call.args[0], each))


def _fault(module: Module, expression: ast.expr, block: ast.With | ast.AsyncWith) -> Iterator[Hit]:
    what = _hidden(module, expression)
    if what in BROAD and not module.imports("seawall") and not calls_network(module, block.body):
        return
    is_meant = says_only_farewell(block.body) or is_tried_again(module, block, block.body)
    if what and not is_meant and not module.has_comment(block.lineno - 1, block.body[0].lineno):
        yield Hit(expression, _MESSAGE.format(what=what))


def _hidden(module: Module, expression: ast.expr) -> str:
    made = module.names.values(expression) if isinstance(expression, ast.Name) else [expression]
    calls = (each for each in made if isinstance(each, ast.Call) and module.names.meaning(each.func) == "contextlib.suppress")
    names = (name for call in calls for name in kinds(module, call.args))
    found = (name for name in names if name in BROAD or is_problem_root(name) or is_foreign_root(name))
    return next(found, "").rpartition(".")[2]


SUPPRESSED = Rule(
    "SWL202",
    "problem-suppressed",
    "`suppress(Exception)`, `suppress(ApiProblem)` around more than a farewell such as `close()`",
    ("suppress",),
    _check,
)
