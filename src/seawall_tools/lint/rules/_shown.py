"""Where text goes to people, and what it is made of: the ground of the rules on texts."""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import NamedTuple

from .._functions import arguments, called, returned
from .._module import Module

__all__ = ["parts", "shown"]

_MAX_STEPS = 12  # from an expression to its parts and aliases
_MAX_PARTS = 500  # of one text; no more are looked at

# Functions and methods that show a text, by their last name, without case and underscores.
_SHOWS = re.compile(
    r".*(toast|snackbar|banner).*|(flash|notify|localize|translate|n?gettext|ugettext|n?pgettext|templateresponse|rendertemplate(string)?|"
    r"show(error|message|alert|info|warning|problem|failure)(message|box|dialog)?)|alert|settext"
)
# Names too short or too common to mean much by themselves: the object that they belong to has to say the rest.
_SHOWS_OF = {
    "ft": {"Text"},
    "ui": {"label", "markdown", "html", "notification"},
    "st": {"caption", "error", "exception", "header", "info", "markdown", "success", "text", "title", "warning", "write"},
    "messages": {"error", "warning", "info", "success", "add_message"},
    "qmessagebox": {"critical", "warning", "information", "about", "question"},
    "messagebox": {"showerror", "showwarning", "showinfo"},
    "toast": {"show", "error", "warning", "info"},
}
_BARE = {"_", "tr"}
_SHOWN_FIELDS = re.compile(r"_*(error|user|failure)_?(message|text|label)", re.IGNORECASE)
_KEEPS_TEXT = re.compile(
    r"__(repr|str)__|capitalize|casefold|decode|encode|expandtabs|format(_map)?|get|join|[lr]just|lower|upper|title|"
    r"[lr]?strip|r?partition|remove(pre|suf)fix|replace|r?split|splitlines|(safe_)?substitute|zfill"
)
_MAKES_TEXT = re.compile(
    r"ascii|escape|format|(html|markupsafe)\.escape|html\.unescape|list|map|pprint\.pformat|repr|reversed|sorted|str|"
    r"string\.Template|textwrap\.(dedent|fill|shorten)|tuple"
)


class _Step(NamedTuple):
    expression: ast.expr
    number: int = 0
    call: ast.Call | None = None  # of a function of the same file, in whose returns the expression stands


def shown(module: Module) -> Iterator[ast.expr]:
    """Every expression whose value goes to people: given to what shows text, or kept for the state layer's screens."""
    for call in module.all(ast.Call):
        if _is_shower(call.func):
            yield from (each.value if isinstance(each, ast.Starred) else each for each in call.args)
            yield from (keyword.value for keyword in call.keywords)
        elif module.layer:
            yield from (keyword.value for keyword in call.keywords if keyword.arg and _SHOWN_FIELDS.fullmatch(keyword.arg))
    if module.layer:
        for assignment in module.all(ast.Assign):
            if any(isinstance(target, ast.Attribute) and _SHOWN_FIELDS.fullmatch(target.attr) for target in assignment.targets):
                yield assignment.value


def parts(module: Module, expression: ast.expr, wanted: Callable[[ast.expr], bool]) -> Iterator[ast.expr]:
    """Return the wanted expressions whose text becomes part of another's.

    That is through f-strings, sums, choices, `str()`, aliases, and functions of the same file.

    Args:
        module: Where all this stands.
        expression: The text that is made.
        wanted: Tells what is looked for; what is found is not taken apart.
    """
    waiting, seen = [_Step(expression)], set[tuple[ast.expr, ast.Call | None]]()
    while waiting:
        step = waiting.pop()
        place = step.expression, step.call
        if place in seen or step.number > _MAX_STEPS or len(seen) >= _MAX_PARTS:
            continue
        seen.add(place)
        if wanted(step.expression):
            yield step.expression
        else:
            waiting += [_Step(each, step.number + 1, _call_of(module, step)) for each in _ingredients(module, step)]


def _call_of(module: Module, step: _Step) -> ast.Call | None:
    """The call through which the next parts are reached, so that a function is not mixed up with its other calls."""
    if isinstance(step.expression, ast.Call) and called(module, step.expression):
        return step.expression
    return step.call


def _is_shower(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=name):
            return name in _BARE or bool(_SHOWS.fullmatch(_plain(name)))
        case ast.Attribute(value=owner, attr=name):
            return name in _SHOWS_OF.get(_plain(_last(owner)), ()) or bool(_SHOWS.fullmatch(_plain(name)))
    return False


def _ingredients(module: Module, step: _Step) -> list[ast.expr]:
    match step.expression:
        case ast.JoinedStr(values=pieces) | ast.BoolOp(values=pieces) | ast.List(elts=pieces) | ast.Tuple(elts=pieces):
            return pieces
        case ast.Dict(values=pieces):
            return pieces
        case ast.FormattedValue(value=inner) | ast.Await(value=inner) | ast.NamedExpr(value=inner) | ast.Starred(value=inner):
            return [inner]
        case ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner) | ast.SetComp(elt=inner):
            return [inner]
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return [left, right]
        case ast.IfExp(body=body, orelse=other):
            return [body, other]
        case ast.Subscript(value=whole, slice=key):
            return _picked(module, whole, key)
        case ast.Call():
            return _of_call(module, step.expression)
        case ast.Name() as name:
            return [*module.names.values(name), *arguments(module, name, step.call)]
        case ast.Attribute(value=ast.Name(id="self" | "cls")) as field:
            return module.names.values(field)
    return []


def _picked(module: Module, whole: ast.expr, key: ast.expr) -> list[ast.expr]:
    """What an index takes out of a whole that is written down here; else the whole, of which it may be any part."""
    wholes = module.names.values(whole) if isinstance(whole, ast.Name) else [whole]
    return [part for each in wholes for part in _values(each, key)]


def _values(whole: ast.expr, key: ast.expr) -> list[ast.expr]:
    match whole, key:
        case ast.Dict(keys=keys, values=values), ast.Constant(value=wanted):
            return [
                value for each, value in zip(keys, values, strict=True) if isinstance(each, ast.Constant) and each.value == wanted
            ]
    return [whole]


def _of_call(module: Module, call: ast.Call) -> list[ast.expr]:
    given = list(chain(call.args, (keyword.value for keyword in call.keywords)))
    function = called(module, call)
    if function:
        return returned(module, function)
    if _MAKES_TEXT.fullmatch(module.names.meaning(call.func)) or _is_shower(call.func):
        return given
    if isinstance(call.func, ast.Attribute) and _KEEPS_TEXT.fullmatch(call.func.attr):
        return [call.func.value, *given]
    return []


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _last(expression: ast.expr) -> str:
    while isinstance(expression, ast.Call):
        expression = expression.func
    match expression:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
