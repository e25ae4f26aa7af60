"""Options that may be a mapping or pairs."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from ._errors import UsageError

__all__ = ["checked_pairs", "pairs_of"]

T = TypeVar("T")


def pairs_of(fields: Mapping[str, T] | Iterable[tuple[str, T]]) -> Iterable[tuple[str, T]]:
    """Return the pairs of a mapping, or the pairs as they are."""
    pairs = fields.items() if isinstance(fields, Mapping) else fields
    return cast("Iterable[tuple[str, T]]", pairs)


def checked_pairs(fields: Mapping[str, T] | Iterable[tuple[str, T]], option: str) -> list[tuple[str, T]]:
    """Return the pairs that a user gave.

    Raises:
        UsageError: These are no pairs of a name and a value; the message names the option.
    """
    pairs = _pairs(fields)
    if pairs is None or not all(isinstance(name, str) for name, _ in pairs):
        raise UsageError(f"{option}: give a mapping or pairs, each a name as text and a value")
    return pairs


def _pairs(fields: Any) -> list[tuple[str, Any]] | None:
    if isinstance(fields, str | bytes):
        return None
    try:
        return [(name, value) for name, value in pairs_of(fields)]
    except (TypeError, ValueError):
        return None
