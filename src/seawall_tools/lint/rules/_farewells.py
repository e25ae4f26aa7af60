"""What may fail at will, since nobody is left to hear of it: closing, cancelling, leaving."""

import ast
from collections.abc import Iterable

__all__ = ["is_farewell", "says_farewell", "says_only_farewell"]

_WORDS = frozenset(
    {
        "abort",
        "aclose",
        "cancel",
        "cleanup",
        "close",
        "disconnect",
        "join",
        "kill",
        "release",
        "rmtree",
        "settle",
        "shutdown",
        "stop",
        "teardown",
        "terminate",
        "unlink",
    }
)


def is_farewell(name: str) -> bool:
    """Whether the name of a function, such as "close" or "_disconnect_all", says that something ends in it."""
    return not _WORDS.isdisjoint(name.split("_"))


def says_farewell(nodes: Iterable[ast.AST]) -> bool:
    """Whether one of these nodes, or of those in them, calls a method of such a name."""
    inner = (node for start in nodes for node in ast.walk(start))
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and is_farewell(node.func.attr) for node in inner
    )


def says_only_farewell(statements: Iterable[ast.stmt]) -> bool:
    """Whether each of some statements does no more than call a method of such a name."""
    return all(isinstance(each, ast.Expr) and says_farewell([each]) for each in statements)
