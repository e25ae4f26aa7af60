"""Exceptions that arrive in a group, as `asyncio.TaskGroup` raises them."""

from typing import TypeVar

__all__ = ["first_of"]

E = TypeVar("E", bound=Exception)


def first_of(error: Exception, *kinds: type[E]) -> E | None:
    """Return the error if it is of one of these kinds, or the first of a group that holds no others; else None.

    The first is why the other tasks of its group were cancelled. What nobody foresaw is not hidden behind it.
    """
    while isinstance(error, ExceptionGroup):
        if error.split(kinds)[1] is not None:
            return None
        error = error.exceptions[0]
    return error if isinstance(error, kinds) else None
