"""SWL101: the server's own words, shown to people or translated."""

import ast
import re
from collections.abc import Iterator

from .._constants import texts
from .._finding import Hit, Rule
from .._functions import arguments
from .._libraries import caught, is_problem, kinds
from .._module import Module
from ._shown import parts, shown

__all__ = ["DETAIL_SHOWN"]

_MESSAGE = "text for developers is shown to people: its wording is no contract. Show problem.user_message(), or map the code"
_IS_PROBLEM = re.compile(r"_*(e|ex|exc|exception|err|error|failure|problem)|.*_(error|exception|problem)", re.IGNORECASE)
_IS_BODY = re.compile(
    r"_*(body|data|document|error|err|payload|problem|json|reply|result)|.*_(body|data|error|json|payload)", re.IGNORECASE
)
_FORMATS = re.compile(r"\{\w*(\.detail|\[detail\])[!:}]")  # an attribute of what is given, as in "{0.detail}"
_IS_MANY = re.compile(r".*(errors|exceptions|failures|problems)", re.IGNORECASE)
_READS_BODY = {"json", "loads", "decode"}
_LOGS = {"critical", "debug", "error", "exception", "info", "log", "warn", "warning"}


def _check(module: Module) -> Iterator[Hit]:
    found: dict[ast.expr, None] = {}
    for expression in shown(module):
        found.update(dict.fromkeys(parts(module, expression, lambda each: _is_detail(module, each))))
    if module.layer:
        found.update(dict.fromkeys(each for each in module.all(ast.Attribute) if _is_taken(module, each)))
    for node in found:
        yield Hit(node, _MESSAGE)


def _is_detail(module: Module, expression: ast.expr) -> bool:
    match expression:
        case ast.Attribute(value=owner, attr="detail"):
            return _is_problem(module, owner)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(pattern)), attr="format")) if _FORMATS.search(pattern):
            given = (*expression.args, *(keyword.value for keyword in expression.keywords))
            return any(_is_problem(module, each) for each in given)
        case ast.Attribute(value=owner, attr="title"):
            return _is_surely_problem(module, owner)
        case ast.Call(func=ast.Name(id="getattr"), args=[owner, name, *_]) if "detail" in texts(module, name):
            return _is_problem(module, owner)
        case ast.Subscript(value=owner, slice=ast.Constant(value="detail")):
            return _is_body(module, owner)
        case ast.Call(func=ast.Attribute(value=owner, attr="get" | "pop"), args=[ast.Constant(value="detail"), *_]):
            return _is_body(module, owner)
    return False


def _is_taken(module: Module, attribute: ast.Attribute) -> bool:
    """Whether a screen or its state takes a problem's detail for anything but the log."""
    if attribute.attr != "detail" or not isinstance(attribute.ctx, ast.Load) or not _is_problem(module, attribute.value):
        return False
    calls = (each.func for each in module.above(attribute) if isinstance(each, ast.Call))
    return not any(
        isinstance(function, ast.Attribute) and function.attr in _LOGS and "log" in _last(function.value).lower()
        for function in calls
    )


def _is_problem(module: Module, owner: ast.expr) -> bool:
    given = arguments(module, owner) if isinstance(owner, ast.Name) else []
    return any(_IS_PROBLEM.fullmatch(_last(each)) for each in (owner, *given)) or _is_surely_problem(module, owner)


def _is_surely_problem(module: Module, owner: ast.expr) -> bool:
    if not isinstance(owner, ast.Name):
        return False
    held = [owner, *module.names.values(owner), *arguments(module, owner)]
    if any(is_problem(module.names.made_of(each)) for each in held) or _is_told_apart(module, owner):
        return True
    if any(_IS_MANY.fullmatch(_last(each)) for each in module.names.looped_over(owner)):
        return True
    return any(_is_caught_problem(module, name) for name in held if isinstance(name, ast.Name))


def _is_caught_problem(module: Module, owner: ast.Name) -> bool:
    handler = next((each for each in module.above(owner) if isinstance(each, ast.ExceptHandler) and each.name == owner.id), None)
    return handler is not None and all(map(is_problem, caught(module, handler)))


def _is_told_apart(module: Module, owner: ast.Name) -> bool:
    """Whether it stands below an `if isinstance(owner, ApiProblem)`."""
    for around in module.above(owner):
        match around:
            case ast.If(test=ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kind])) if name == owner.id:
                return all(map(is_problem, kinds(module, [kind])))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return False
    return False


def _is_body(module: Module, owner: ast.expr) -> bool:
    match owner:
        case ast.Call(func=ast.Name(id="vars"), args=[inner]) | ast.Attribute(value=inner, attr="__dict__"):
            return _is_problem(module, inner)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _READS_BODY
        case ast.Await(value=inner):
            return _is_body(module, inner)
        case ast.Subscript(value=ast.Subscript(value=body, slice=ast.Constant(value=str(key))), slice=ast.Constant(value=int())):
            return bool(_IS_MANY.fullmatch(key)) and _is_body(module, body)
        case ast.Subscript(value=body, slice=ast.Constant(value=str(key))):
            return bool(_IS_PROBLEM.fullmatch(key)) and _is_body(module, body)
        case ast.Name(id=name):
            values = module.names.values(owner)
            return any(_is_body(module, value) for value in values if not isinstance(value, ast.Name)) or bool(
                _IS_BODY.fullmatch(name)
            )
        case ast.Attribute(attr=name):
            return bool(_IS_BODY.fullmatch(name))
    return False


def _last(expression: ast.expr) -> str:
    match expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


DETAIL_SHOWN = Rule(
    "SWL101",
    "detail-shown",
    'a problem\'s `detail` or `title`, or `["detail"]` of a body, on its way to a person or a translator',
    ("detail", "title"),
    _check,
)
