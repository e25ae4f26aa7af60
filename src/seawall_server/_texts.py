"""Options that are many texts."""

from collections.abc import Collection

__all__ = ["texts"]


def texts(name: str, value: Collection[str]) -> tuple[str, ...]:
    """Return the texts of an option.

    Raises:
        TypeError: It is one text. To a type checker that is a collection of texts too: of its letters.
    """
    if isinstance(value, str):
        raise TypeError(f"{name}: a list is wanted, not the text {value!r}")
    return tuple(value)
