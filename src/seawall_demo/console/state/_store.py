"""A value that can be observed."""

from typing import Generic, TypeVar

from psygnal import Signal

V = TypeVar("V")


class Store(Generic[V]):
    """One value, and a signal for each that takes its place.

    Args:
        value: the first one.

    Attributes:
        changed: `changed.connect(show)` has a function called with each new value.
    """

    changed = Signal(object)

    def __init__(self, value: V) -> None:
        self._value = value

    @property
    def value(self) -> V:
        """As it is now."""
        return self._value

    def _become(self, value: V) -> None:
        if value != self._value:
            self._value = value
            self.changed.emit(value)
