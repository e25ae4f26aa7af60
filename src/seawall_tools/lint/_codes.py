"""Codes as people write them, in settings and on the command line."""

from collections.abc import Iterable

from ._finding import UNREADABLE
from .rules import RULES

__all__ = ["unknown_code"]


def unknown_code(codes: Iterable[str]) -> str | None:
    """Return the first code, or beginning of one, that no rule has: a slip of the pen, that would silently do nothing."""
    known = [UNREADABLE, *(rule.code for rule in RULES)]
    return next((code for code in codes if not code or not any(each.startswith(code) for each in known)), None)
