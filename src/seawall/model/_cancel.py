"""Ending a call from outside."""

import threading
from collections.abc import Callable

__all__ = ["Cancel"]


class Cancel:
    """A switch that ends the calls it was given to, in whatever phase they are.

    Give it as `cancel=` to one call or to many. `cancel()` works from any thread and from signal-free callbacks; the calls
    raise `CancelledProblem`.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._cancelled = False
        self._actions: dict[object, Callable[[], object]] = {}

    @property
    def cancelled(self) -> bool:
        """Whether `cancel()` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """End all calls that hold this switch, now and later; calling it twice changes nothing."""
        with self._mutex:
            self._cancelled = True
            actions, self._actions = list(self._actions.values()), {}
        for act in actions:
            act()

    def watch(self, act: Callable[[], object]) -> Callable[[], None]:
        """Have `act` called when the switch is used; at once if it was used before.

        Args:
            act: Called at most once, from the cancelling thread; it must be quick and must not raise.

        Returns:
            A function that ends the watch.
        """
        token = object()
        with self._mutex:
            late = self._cancelled
            if not late:
                self._actions[token] = act
        if late:
            act()
        return lambda: self._forget(token)

    def _forget(self, token: object) -> None:
        with self._mutex:
            self._actions.pop(token, None)

    def __repr__(self) -> str:
        return f"<Cancel {'used' if self._cancelled else 'armed'}>"
