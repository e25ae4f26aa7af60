"""One file of Python, as the rules see it: nodes by type, parents, names, and the layer that it belongs to."""

import ast
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeVar

from ._names import Function, Names
from ._settings import Settings

__all__ = ["Module"]

A = TypeVar("A")
N = TypeVar("N", bound=ast.AST)


class Module:
    """One file of Python; its code is read and never run.

    Args:
        path: Where it is, from the project's folder if it lies in there, with slashes.
        text: What stands in it.
        tree: The same, parsed.
        settings: What the project says of its layers.
    """

    def __init__(self, path: str, text: str, tree: ast.Module, settings: Settings) -> None:
        self.layer = settings.layer_of(path)
        self.is_session = settings.is_session(path)
        self.tree = tree
        self._memory: dict[Hashable, Any] = {}
        self._lines = text.split("\n")
        self._parents: dict[ast.AST, ast.AST] = {}
        self._nodes: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        self.names = Names(self._indexed(tree), self._parents)

    def all(self, kind: type[N]) -> Iterator[N]:
        """Every node of exactly this type."""
        return (node for node in self._nodes.get(kind, ()) if isinstance(node, kind))

    def tries(self) -> Iterator[ast.Try | ast.TryStar]:
        """Every `try`."""
        return chain(self.all(ast.Try), self.all(ast.TryStar))

    def withs(self) -> Iterator[ast.With | ast.AsyncWith]:
        """Every `with`."""
        return chain(self.all(ast.With), self.all(ast.AsyncWith))

    def import_statements(self) -> Iterator[ast.Import | ast.ImportFrom]:
        """Every import, wherever it stands."""
        return chain(self.all(ast.Import), self.all(ast.ImportFrom))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """A node's parent, its parent's parent, and so on."""
        current = self._parents.get(node)
        while current is not None:
            yield current
            current = self._parents.get(current)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that holds this one."""
        return self._parents.get(node)

    def function(self, node: ast.AST) -> Function | None:
        """The innermost function around a node."""
        return next((each for each in self.above(node) if isinstance(each, Function)), None)

    def imports(self, *roots: str) -> bool:
        """Whether the file imports one of these packages, anywhere."""
        return self.once(("imports", roots), lambda: any(self.imported(node, roots) for node in self.import_statements()))

    def once(self, question: Hashable, answer: Callable[[], A]) -> A:
        """Answer a question about the module, and remember the answer, so that a file made to be slow is looked at once."""
        if question not in self._memory:
            self._memory[question] = answer()
        remembered: A = self._memory[question]
        return remembered

    def names_read(self, around: ast.AST) -> Mapping[str, list[ast.Name]]:
        """Every name that is read somewhere in a function or in the module, with the places."""
        return self.once(("names_read", around), lambda: _names_read(around))

    @staticmethod
    def imported(node: ast.AST, roots: tuple[str, ...]) -> str:
        """The first of some packages that an import statement names; "" where there is none."""
        match node:
            case ast.Import(names=names):
                found = [each.name for each in names]
            case ast.ImportFrom(module=str(source), level=0, names=names):
                found = [source, *(f"{source}.{each.name}" for each in names)]
            case _:
                found = []
        return next((root for root in roots for name in found if name == root or name.startswith(f"{root}.")), "")

    def has_comment(self, first: int, last: int) -> bool:
        """Whether somebody wrote a comment for people on one of these lines: a reason, we hope.

        A noqa is none; only few lines are looked at, none of which holds a string in the places that ask.
        """
        comments = (line.partition("#")[2].strip() for line in self._lines[max(first - 1, 0) : last])
        return any(
            text and not text.lower().startswith(("noqa", "type:", "pragma", "pylint", "nosec", "pyright")) for text in comments
        )

    def _indexed(self, tree: ast.Module) -> list[ast.AST]:
        order: list[ast.AST] = [tree]
        for node in order:  # grows while it is read: breadth first, without recursion
            self._nodes[type(node)].append(node)
            for child in ast.iter_child_nodes(node):
                if not isinstance(child, ast.expr_context):
                    self._parents[child] = node
                    order.append(child)
        return order


def _names_read(around: ast.AST) -> Mapping[str, list[ast.Name]]:
    found: dict[str, list[ast.Name]] = defaultdict(list)
    for node in ast.walk(around):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found[node.id].append(node)
    return dict(found)
