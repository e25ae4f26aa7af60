"""Places in a JSON document, and their names (RFC 6901)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

__all__ = ["ANY", "Place", "Token", "child", "lacks", "matching", "pointer", "resolve"]

Token = str | int
ANY = "*"  # stands for every index or key of a collection; a sign of its own in our patterns, a plain word in a document


class Place(NamedTuple):
    """Where a decoder stopped.

    Attributes:
        tokens: The way from the root.
        missing: The member that ought to be there, or None.
        is_enum: Whether it was for a value that an enum or a literal lacks.
        is_key: Whether the member's name was wrong, and not its value.
    """

    tokens: tuple[Token, ...] = ()
    missing: str | None = None
    is_enum: bool = False
    is_key: bool = False

    @property
    def whole(self) -> tuple[Token, ...]:
        """The way to the place, or to the missing member."""
        return self.tokens if self.missing is None else (*self.tokens, self.missing)


def pointer(tokens: Iterable[Token]) -> str:
    """Return the JSON pointer of a place; "" is the whole document."""
    return "".join(f"/{str(token).replace('~', '~0').replace('/', '~1')}" for token in tokens)


def lacks(value: Any, token: Token) -> bool:
    """Tell whether a value has nothing under a token."""
    if isinstance(token, int):
        return not isinstance(value, list) or not 0 <= token < len(value)
    return not isinstance(value, dict) or token not in value


def child(value: Any, token: Token) -> Any:
    """Return what a value has under a token, None without it."""
    return None if lacks(value, token) else value[token]


def resolve(document: Any, tokens: Sequence[Token]) -> Any:
    """Return what stands at a place, None where there is no such place."""
    for token in tokens:
        document = child(document, token)
    return document


def matching(document: Any, tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Yield the places that differ from this one in nothing but indexes: the same field of each item."""
    found: list[tuple[tuple[Token, ...], Any]] = [((), document)]
    for token in tokens:
        found = [((*way, step), child(value, step)) for way, value in found for step in _steps(value, token)]
    return (way for way, _ in found)


def _steps(value: Any, token: Token) -> Sequence[Token]:
    if isinstance(token, int) and isinstance(value, list):
        return range(len(value))
    return () if lacks(value, token) else (token,)
