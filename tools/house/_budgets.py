"""Budgets: a file has up to 300 lines, a function up to 40; generated code is exempt.

A function's docstring does not count: it would be a reason to explain less.
"""

import ast
from collections.abc import Iterable, Iterator
from statistics import median

from ._source import Function, SourceFile, Violation, functions

FILE_LINES = 300
FUNCTION_LINES = 40


def over_budget(files: Iterable[SourceFile]) -> Iterator[Violation]:
    """Files and functions that are too long."""
    for file in files:
        if file.is_generated:
            continue
        lines = len(file.text.splitlines())
        if lines > FILE_LINES:
            yield file.violation(1, f"{lines} lines; a file has up to {FILE_LINES}: split it by idea")
        for function in functions(file.tree):
            if (length := _length(function)) > FUNCTION_LINES:
                yield file.violation(
                    function.lineno, f"{function.name} has {length} lines; a function has up to {FUNCTION_LINES}"
                )


def summary(files: Iterable[SourceFile]) -> str:
    """One line on how long the functions are."""
    lengths = {
        f"{file.module}.{function.name}": _length(function)
        for file in files
        if not file.is_generated
        for function in functions(file.tree)
    }
    if not lengths:
        return "no functions"
    longest = max(lengths, key=lambda name: lengths[name])
    return f"{len(lengths)} functions, median {median(lengths.values()):g} lines, longest {lengths[longest]} ({longest})"


def _length(function: Function) -> int:
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return length
    docstring = function.body[0]
    return length - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)
