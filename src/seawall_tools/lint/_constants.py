"""Texts that can be read off the code, such as the name of a module that is imported by it."""

import ast

from ._module import Module

__all__ = ["texts"]


def texts(module: Module, expression: ast.expr) -> list[str]:
    """Return every text that an expression may stand for, as far as can be read: through names, sums, f-strings and loops."""
    return _read(module, expression, set())


def _read(module: Module, expression: ast.expr, seen: set[ast.expr]) -> list[str]:
    match expression:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined([_read(module, left, seen), _read(module, right, seen)])
        case ast.JoinedStr(values=parts):
            return _joined([_read(module, part, seen) for part in parts])
        case ast.FormattedValue(value=inner):
            return _read(module, inner, seen)
        case ast.Name() if expression not in seen:
            seen.add(expression)
            return [text for value in module.names.values(expression) for text in _read(module, value, seen)]
    return []


def _joined(readings: list[list[str]]) -> list[str]:
    """One text out of several, where each of them can mean but one."""
    return ["".join(reading[0] for reading in readings)] if all(len(reading) == 1 for reading in readings) else []
