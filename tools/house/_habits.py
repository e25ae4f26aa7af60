"""Habits of tests: each says in one sentence what must hold, and none waits for, or measures, the wall clock."""

import ast
import re
from collections.abc import Iterable, Iterator

from ._source import Function, SourceFile, Violation, functions

_CLOCKS = {f"time.{name}{unit}" for name in ("time", "monotonic", "perf_counter", "process_time") for unit in ("", "_ns")}
_SLEEPS = {"asyncio.sleep", "anyio.sleep", "trio.sleep"}
_SECOND_SENTENCE = re.compile(r"[.!?]\s+[A-Z]").search


def silent_tests(files: Iterable[SourceFile]) -> Iterator[Violation]:
    """Test functions without a docstring of exactly one sentence."""
    for file in files:
        if not file.path.name.startswith("test_"):
            continue
        for function in functions(file.tree):
            if function.name.startswith("test_") and not _is_one_sentence(ast.get_docstring(function) or ""):
                yield file.violation(function.lineno, f"{function.name} needs a docstring of one sentence: what must hold")


def clock_watchers(files: Iterable[SourceFile]) -> Iterator[Violation]:
    """Tests that sleep for real, or assert something about the wall clock."""
    for file in files:
        names = _full_names(file.tree)
        for call in (node for node in ast.walk(file.tree) if isinstance(node, ast.Call)):
            if _is_real_sleep(call, names):
                yield file.violation(call.lineno, "sleeps for real: use the fake clock, or wait for an event")
        for function in functions(file.tree):
            yield from _asserted_clocks(file, function, names)


def _is_one_sentence(text: str) -> bool:
    return text.endswith((".", "!", "?")) and not _SECOND_SENTENCE(text)


def _is_real_sleep(call: ast.Call, names: dict[str, str]) -> bool:
    name = _full_name(call.func, names)
    if name == "time.sleep":
        return True
    seconds = call.args[0] if call.args else None
    return name in _SLEEPS and isinstance(seconds, ast.Constant) and bool(seconds.value)


def _asserted_clocks(file: SourceFile, function: Function, names: dict[str, str]) -> Iterator[Violation]:
    tainted: set[str] = set()

    def reads_clock(tree: ast.AST) -> bool:
        return any(
            (isinstance(node, ast.Call) and _full_name(node.func, names) in _CLOCKS)
            or (isinstance(node, ast.Name) and node.id in tainted)
            for node in ast.walk(tree)
        )

    for node in sorted((node for node in ast.walk(function) if isinstance(node, ast.stmt)), key=lambda node: node.lineno):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and reads_clock(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            tainted.update(name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
        elif isinstance(node, ast.Assert) and reads_clock(node.test):
            yield file.violation(node.lineno, "asserts a bound of the wall clock: assert order and outcome")


def _full_names(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for, as a dotted name."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update({alias.asname or alias.name: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return names


def _full_name(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_full_name(node.value, names)}.{node.attr}"
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""
