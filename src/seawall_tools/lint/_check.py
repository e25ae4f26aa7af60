"""One file, looked at by every rule that is wanted."""

import ast
from collections.abc import Sequence
from pathlib import Path

from ._finding import UNREADABLE, Finding, Hit, Rule
from ._module import Module
from ._noqa import is_silenced
from ._settings import Settings
from ._text import parsed, text_of
from .rules import RULES

__all__ = ["MAX_BYTES", "check_bytes", "check_file", "check_tree"]

_LONG_LINE = 10_000  # characters; nobody counts columns beyond, and counting them for each finding would take its time
MAX_BYTES = 4 * 1024 * 1024  # what is larger was not written by hand


def check_file(path: Path, shown: str, place: str, settings: Settings) -> list[Finding]:
    """Look at a file; it is read, and never imported.

    Args:
        path: Where it is.
        shown: What findings call it.
        place: Its path as patterns see it; see `Project.place`.
        settings: What is wanted.
    """
    if path.suffix == ".ipynb":
        return _unreadable(shown, place, settings, "it is a notebook; `jupyter nbconvert --to script` makes Python of it")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        return _unreadable(shown, place, settings, error.strerror or type(error).__name__)
    if len(data) > MAX_BYTES:
        return _unreadable(shown, place, settings, f"it is larger than {MAX_BYTES // 1024**2} MiB")
    return check_bytes(data, shown, place, settings)


def check_bytes(data: bytes, shown: str, place: str, settings: Settings) -> list[Finding]:
    """Look at what stands in a file; see `check_file`. Whatever it is, this does not raise.

    What stands on a line with a fitting `# noqa` is left out; the rest comes in the order of the text.
    """
    try:
        text = text_of(data)
        tree = parsed(text)
    except SyntaxError as error:
        return _unreadable(shown, place, settings, error.msg, error.lineno or 1, error.offset or 1)
    except (ValueError, RecursionError, MemoryError) as error:  # NUL; nesting that no person writes
        return _unreadable(shown, place, settings, type(error).__name__)
    found = check_tree(tree, text, shown, place, settings)
    lines = text.split("\n") if found else []
    return [finding for finding in found if not is_silenced(finding.code, lines[finding.line - 1 : finding.end_line])]


def check_tree(tree: ast.Module, text: str, shown: str, place: str, settings: Settings) -> list[Finding]:
    """Look at a file that is parsed already; see `check_file`. Every finding is returned, `# noqa` or not."""
    rules = [rule for rule in RULES if settings.wants(rule.code, place) and any(word in text for word in rule.words)]
    if not rules:
        return []
    module, lines = Module(place, text, tree, settings), text.split("\n")
    return sorted({_finding(rule, hit, shown, lines) for rule in rules for hit in rule.check(module)})


def _finding(rule: Rule, hit: Hit, shown: str, lines: Sequence[str]) -> Finding:
    node = hit.node
    last = node.body[0].lineno if isinstance(node, ast.ExceptHandler) else node.end_lineno or node.lineno
    column = _column(lines[node.lineno - 1], node.col_offset)
    return Finding(path=shown, line=node.lineno, column=column, end_line=last, code=rule.code, message=hit.message)


def _column(line: str, offset: int) -> int:
    """The column for people, who count characters from 1, where ast counts bytes of UTF-8 from 0."""
    if line.isascii() or len(line) > _LONG_LINE:
        return offset + 1
    return len(line.encode()[:offset].decode(errors="replace")) + 1


def _unreadable(shown: str, place: str, settings: Settings, reason: str, line: int = 1, column: int = 1) -> list[Finding]:
    if not settings.wants(UNREADABLE, place):
        return []
    message = f"this file was not looked at: {reason}"
    return [Finding(path=shown, line=line, column=max(column, 1), end_line=line, code=UNREADABLE, message=message)]
