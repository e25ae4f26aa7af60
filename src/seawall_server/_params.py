"""Params: facts that a client words its own message with."""

from collections.abc import Mapping
from datetime import datetime

__all__ = ["MAX_TEXT", "Param", "checked", "is_param", "plain"]

MAX_TEXT = 4096  # characters
Param = str | int | float | datetime


def is_param(value: object) -> bool:
    """Whether something can be a param: text, a date, or a number that other languages have too: of 64 bits."""
    return isinstance(value, str | float | datetime) or (isinstance(value, int) and -(2**63) <= value < 2**63)


def checked(params: Mapping[str, Param]) -> dict[str, Param]:
    """Return params as they are sent, with long text cut.

    Raises:
        TypeError: One of them is none.
    """
    for name, value in params.items():
        if not is_param(value):
            raise TypeError(f"param {name}: {type(value).__name__} is no text, 64-bit number or date")
    return {name: plain(value) for name, value in params.items()}


def plain(value: object) -> Param:
    """Text within its bound; and no subclasses, as numpy, pandas and enumerations have them, which could not be encoded.

    Raises:
        TypeError: It is neither text, nor a number, nor a date.
    """
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.timetz())
    if isinstance(value, int):
        return value if isinstance(value, bool) else int(value)
    if isinstance(value, float):
        return float(value)
    raise TypeError(f"{type(value).__name__} is no text, number or date")
