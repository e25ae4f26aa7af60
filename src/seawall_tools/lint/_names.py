"""What names stand for, scope by scope, as far as the text of one file can tell.

It is a reading of the text, not of the flow: all bindings of a name within a scope count, wherever they stand. What it
cannot tell has no meaning here, and no rule speaks of what has no meaning.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from ._patterns import captures

__all__ = ["Function", "Names"]

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | ast.Module
# Annotations that say nothing of what a value is.
_ANYTHING = frozenset(
    {"object", *(f"{start}{kind}" for start in ("", "typing.", "typing_extensions.") for kind in ("Any", "ClassVar", "Final"))}
)
_MAX_BINDINGS = 32  # of one name in one scope; more would only make a file slow to look at
_MAX_STEPS = 8  # from alias to alias; text that was made to go round in circles ends here


class _Binding(NamedTuple):
    imported: str = ""
    value: ast.expr | None = None
    annotation: ast.expr | None = None
    items_of: ast.expr | None = None  # what a loop goes over


_OPAQUE = _Binding()


class Names:
    """The bindings of one module.

    Args:
        nodes: Every node of the module.
        parents: Each node's parent.
    """

    def __init__(self, nodes: list[ast.AST], parents: Mapping[ast.AST, ast.AST]) -> None:
        self._parents = parents
        self._bindings: dict[tuple[ast.AST, str], list[_Binding]] = defaultdict(list)
        for node in nodes:
            for name, binding in _bound_by(node):
                known = self._bindings[self._owner(node, name), name]
                if len(known) < _MAX_BINDINGS:
                    known.append(binding)

    def meaning(self, expression: ast.expr | None, steps: int = _MAX_STEPS, place: ast.AST | None = None) -> str:
        """Return the dotted name that an expression stands for, such as "httpx.Client"; "" where that cannot be told.

        Names of builtins that nobody binds stand for themselves. `place` is where it stands, if it is no part of the tree.
        """
        base, attributes = _taken_apart(expression)
        if not isinstance(base, ast.Name) or not steps:
            return ""
        found = self._found(place or base, base.id)
        if not found:
            return ".".join([base.id, *attributes])
        imported = [binding.imported for binding in found if binding.imported]
        if imported and all(binding.imported or _is_none(binding.value) for binding in found):
            return ".".join([imported[0], *attributes])
        if len(found) == 1 and isinstance(found[0].value, ast.Name | ast.Attribute):
            alias = self.meaning(found[0].value, steps - 1)
            return ".".join([alias, *attributes]) if alias else ""
        return ""

    def values(self, expression: ast.expr) -> list[ast.expr]:
        """Return everything that is assigned to a name, or to an attribute of `self`, in its scope."""
        return [binding.value for binding in self._of(expression) if binding.value is not None]

    def is_fixed(self, expression: ast.expr) -> bool:
        """Whether a name stands for nothing but what is assigned to it, and is neither a parameter nor anything else."""
        found = self._of(expression)
        return bool(found) and all(binding.value is not None for binding in found)

    def looped_over(self, expression: ast.expr) -> list[ast.expr]:
        """Return what the loops go over that bind a name."""
        return [binding.items_of for binding in self._of(expression) if binding.items_of is not None]

    def made_of(self, expression: ast.expr | None) -> str:
        """Return the dotted name of the call that made a value, or of its annotation; "" where that cannot be told."""
        return self._maker(expression, set(), _MAX_STEPS)

    def _maker(self, expression: ast.expr | None, seen: set[ast.expr], steps: int) -> str:
        if not steps or expression is None or expression in seen:
            return ""
        seen.add(expression)
        match expression:
            case ast.Call(func=function):
                return self.meaning(function)
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                parts = [inner]
            case ast.BoolOp(values=parts):
                pass
            case ast.IfExp(body=body, orelse=other):
                parts = [body, other]
            case ast.Name() | ast.Attribute():
                if annotated := self._annotated(expression):
                    return annotated
                parts = self.values(expression)
            case _:
                return ""
        return next(filter(None, (self._maker(each, seen, steps - 1) for each in parts)), "")

    def _annotated(self, expression: ast.expr) -> str:
        annotations = (binding.annotation for binding in self._of(expression) if binding.annotation)
        names = (self.meaning(part, place=annotation) for annotation in annotations for part in _alternatives(annotation))
        return next((name for name in names if name and name not in _ANYTHING), "")

    def _of(self, expression: ast.expr) -> list[_Binding]:
        match expression:
            case ast.Name(id=name):
                return self._found(expression, name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                owner = self._class_of(expression)
                return self._bindings.get((owner, f"self.{name}"), []) if owner else []
        return []

    def _found(self, node: ast.AST, name: str) -> list[_Binding]:
        first = True
        for scope in self._scopes(node):
            if (first or not isinstance(scope, ast.ClassDef)) and (scope, name) in self._bindings:
                return self._bindings[scope, name]
            first = False
        return []

    def _scopes(self, node: ast.AST) -> Iterator[ast.AST]:
        current: ast.AST | None = node
        while current is not None:
            if isinstance(current, _SCOPES):
                yield current
            current = self._parents.get(current)

    def _owner(self, node: ast.AST, name: str) -> ast.AST:
        """The scope that a binding belongs to: what a definition is called is known outside of it."""
        outer = self._parents.get(node, node) if isinstance(node, _SCOPES) else node
        if name.startswith("self."):
            return self._class_of(node) or outer
        return next(self._scopes(outer), outer)

    def _class_of(self, node: ast.AST) -> ast.AST | None:
        return next((scope for scope in self._scopes(node) if isinstance(scope, ast.ClassDef)), None)


def _bound_by(node: ast.AST) -> Iterator[tuple[str, _Binding]]:
    match node:
        case ast.Import(names=names):
            yield from (
                (each.asname or _root(each.name), _Binding(each.name if each.asname else _root(each.name))) for each in names
            )
        case ast.ImportFrom(names=names, module=source, level=level):
            start = "." * level + (source or "")
            yield from ((each.asname or each.name, _Binding(f"{start}.{each.name}")) for each in names)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _assigned(target, _Binding(value=value))
        case ast.AnnAssign(target=target, value=value, annotation=annotation):
            yield from _assigned(target, _Binding(value=value, annotation=annotation))
        case ast.NamedExpr(target=target, value=value):
            yield from _assigned(target, _Binding(value=value))
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            yield from _assigned(target, _Binding(value=value))
        case ast.AugAssign(target=target, value=value):
            yield from _assigned(target, _Binding(value=value))
        case (
            ast.For(target=target, iter=items)
            | ast.AsyncFor(target=target, iter=items)
            | ast.comprehension(target=target, iter=items)
        ):
            yield from _looped(target, items)
        case ast.Match():
            yield from ((name, _Binding(value=value)) for name, value in captures(node))
        case ast.arg(arg=name, annotation=annotation):
            yield name, _Binding(annotation=annotation)
        case (
            ast.ExceptHandler(name=str(name))
            | ast.FunctionDef(name=name)
            | ast.AsyncFunctionDef(name=name)
            | ast.ClassDef(name=name)
        ):
            yield name, _OPAQUE


def _assigned(target: ast.expr, binding: _Binding) -> Iterator[tuple[str, _Binding]]:
    match target:
        case ast.Name(id=name):
            yield name, binding
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            yield f"self.{name}", binding
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            values = _apart(binding.value, parts)
            for part, value in zip(parts, values, strict=True):
                yield from _assigned(part.value if isinstance(part, ast.Starred) else part, _Binding(value=value))


def _apart(value: ast.expr | None, parts: list[ast.expr]) -> list[ast.expr] | list[None]:
    """The value of each part of a target, where they can be told apart."""
    match value:
        case ast.Tuple(elts=values) | ast.List(elts=values) if len(values) == len(parts):
            return values
    return [None] * len(parts)


def _looped(target: ast.expr, items: ast.expr) -> Iterator[tuple[str, _Binding]]:
    match items:
        case ast.Tuple(elts=values) | ast.List(elts=values) | ast.Set(elts=values) if values:
            for value in values[:_MAX_BINDINGS]:
                yield from _assigned(target, _Binding(value=value, items_of=items))
        case _:
            yield from _assigned(target, _Binding(items_of=items))


def _taken_apart(expression: ast.expr | None) -> tuple[ast.expr | None, list[str]]:
    attributes: list[str] = []
    while isinstance(expression, ast.Attribute):
        attributes.append(expression.attr)
        expression = expression.value
    return expression, attributes[::-1]


def _alternatives(annotation: ast.expr) -> Iterator[ast.expr]:
    """The types that an annotation names: `X`, `X | None`, `Optional[X]`, `"X"`."""
    waiting: list[ast.expr | None] = [annotation]
    while waiting:
        match waiting.pop():
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                waiting += [right, left]
            case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional"), slice=inner):
                waiting.append(inner)
            case ast.Constant(value=str(text)):
                waiting += [_dotted(part.strip()) for part in text.split("|")][::-1]
            case ast.Name() | ast.Attribute() as plain:
                yield plain


def _dotted(text: str) -> ast.expr | None:
    """A dotted name as an expression, which `ast.parse` would read a hundred times slower."""
    first, *others = text.split(".")
    if text == "None" or not all(each.isidentifier() for each in (first, *others)):
        return None
    expression: ast.expr = ast.Name(id=first, ctx=ast.Load())
    for each in others:
        expression = ast.Attribute(value=expression, attr=each, ctx=ast.Load())
    return expression


def _is_none(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _root(dotted: str) -> str:
    return dotted.partition(".")[0]
