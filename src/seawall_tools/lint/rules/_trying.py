"""Loops in which a failure is not the end: the next turn tries again."""

import ast
from collections.abc import Iterable

from .._module import Module

__all__ = ["is_tried_again"]


def is_tried_again(module: Module, attempt: ast.stmt, *parts: Iterable[ast.stmt]) -> bool:
    """Whether a loop that counts attempts, waits for something, or ends with the first success comes round to the same code.

    Args:
        module: Where all this stands.
        attempt: What may fail.
        parts: The statements that run in it while nothing has failed.
    """
    for around in module.above(attempt):
        match around:
            case ast.While():
                return True
            case ast.For(iter=ast.Call(func=ast.Name(id="range"))):
                return True
            case ast.For() | ast.AsyncFor():
                rest = around.body[around.body.index(attempt) + 1 :] if attempt in around.body else []
                return any(isinstance(each, ast.Break | ast.Return) for part in (*parts, rest) for each in part)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return False
    return False
