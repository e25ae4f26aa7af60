"""Whose refresh this is: a source that calls through a client with the very session that it refreshes would wait for itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from typing import TypeVar

__all__ = ["apart", "is_leading", "leading"]

A = TypeVar("A")
B = TypeVar("B")

_leading: ContextVar[object] = ContextVar("seawall_leading", default=None)


@contextmanager
def leading(machine: object) -> Iterator[None]:
    """Mark what runs within as the refresh of a machine: calls that ask it for tokens from there go without a credential."""
    _leading.set(machine)
    try:
        yield
    finally:
        _leading.set(None)  # the leader's own context was empty; a token of `set` is refused where a loop died in mid-refresh


def is_leading(machine: object) -> bool:
    """Whether this is a machine's own refresh."""
    return _leading.get() is machine


def apart(listener: Callable[[A, B], object]) -> Callable[[A, B], object]:
    """Have a listener called outside of any refresh: tasks that it starts would take the mark with them for their whole life."""

    def call(first: A, second: B) -> object:
        return listener(first, second) if _leading.get() is None else Context().run(listener, first, second)

    return call
