"""What a contract holds, in a form from which both its files and what people must read in the end can be told.

A text is a list of pieces: words, and params that are shown or asked about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["COUNT", "LOCALES", "TYPES", "WORD", "Code", "Pieces", "Question", "Shown"]

LOCALES = ("en", "de", "ru", "ar", "ja", "pt-BR")
TYPES = ("string", "integer", "number", "date-time")
WORD = "update"  # what messages ask a text for
COUNT = 7  # what they ask a number for


@dataclass(frozen=True)
class Shown:
    """A param that is shown."""

    name: str


@dataclass(frozen=True)
class Question:
    """A param that decides between two words, by a select or a plural."""

    name: str


Pieces: TypeAlias = tuple[str | Shown | Question, ...]


@dataclass(frozen=True)
class Code:
    """One code, with what it is raised with.

    Args:
        name: In UPPER_SNAKE.
        status: HTTP status.
        key: Key of its message.
        description: For developers.
        detail: Its detail, which the English message begins as.
        words: Its messages in the other languages.
        types: Types of its params by name.
        optional: Names of those that may be missing.
        values: What it is raised with.
        retryable: What the contract says, or None.
        internal: Whether apps know nothing of it.
    """

    name: str
    status: int
    key: str
    description: str
    detail: Pieces
    words: Mapping[str, Pieces]
    types: Mapping[str, str]
    optional: frozenset[str]
    values: Mapping[str, Any]
    retryable: bool | None
    internal: bool
