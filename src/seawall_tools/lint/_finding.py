"""What a rule found, and what a rule is."""

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

import msgspec

from ._module import Module

__all__ = ["UNREADABLE", "Finding", "Hit", "Rule"]

UNREADABLE = "SWL001"  # no rule: what is said of a file that cannot be read as Python


class Finding(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One place where a rule is broken.

    Attributes:
        path: The file, as it was given.
        line: Its first line, from 1.
        column: The column of its first character, from 1.
        end_line: Its last line.
        code: The rule's code, such as "SWL101".
        message: What is wrong, and what to do, in one sentence.
    """

    path: str
    line: int
    column: int
    end_line: int
    code: str
    message: str


class Hit(NamedTuple):
    """What a rule hands back: where, and what to say."""

    node: ast.stmt | ast.expr | ast.ExceptHandler
    message: str


Check: TypeAlias = Callable[[Module], Iterator[Hit]]


class Rule(NamedTuple):
    """One rule.

    Attributes:
        code: `SWL` and three digits; the first digit is that of its family.
        name: What people call it.
        summary: What it finds, as a noun phrase.
        words: A file that holds none of these texts cannot break the rule, and is not looked at closely.
        check: Looks at a module.
    """

    code: str
    name: str
    summary: str
    words: tuple[str, ...]
    check: Check
