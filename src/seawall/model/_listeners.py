"""Who is told of what happens."""

from collections.abc import Callable, Iterable, Set

from ._events import Event

__all__ = ["Listeners"]

Listener = Callable[[Event], object]
Question = Callable[[type[Event], bool], object]


class Listeners:
    """The listeners of one client.

    One that has an attribute `kinds`, a collection of event types, is told of those alone. One that has a method
    `wants(kind, failed)` is asked before a call or an attempt is told of. An event that nobody wants is never built.

    Args:
        listeners: In the order in which they are told.
    """

    __slots__ = ("_all", "_by_kind", "_questions")

    def __init__(self, listeners: Iterable[Listener] = ()) -> None:
        self._all = tuple(listeners)
        self._by_kind: dict[type[Event], tuple[Listener, ...]] = {}
        self._questions: dict[type[Event], tuple[Question | None, ...]] = {}

    def of(self, kind: type[Event]) -> tuple[Listener, ...]:
        """Return those who want events of this type."""
        found = self._by_kind.get(kind)
        if found is None:
            found = tuple(listener for listener in self._all if _hears(listener, kind))
            self._by_kind[kind] = found
        return found

    def want(self, kind: type[Event], *, failed: bool) -> bool:
        """Tell whether anyone wants to hear of the end of a call or an attempt, by whether it failed."""
        questions = self._questions.get(kind)
        if questions is None:
            questions = self._questions[kind] = tuple([getattr(listener, "wants", None) for listener in self.of(kind)])
        for wants in questions:
            try:
                if wants is None or wants(kind, failed):
                    return True
            except Exception:  # then it is told: what it raises there is logged
                return True
        return False


def _hears(listener: Listener, kind: type[Event]) -> bool:
    kinds = getattr(listener, "kinds", None)
    return kind in kinds if isinstance(kinds, Set | tuple | list) else True  # a mock has every attribute
