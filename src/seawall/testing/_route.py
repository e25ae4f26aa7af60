"""A route of a FaultServer: a script of behaviours, and the calls that met it."""

import threading
from collections.abc import Callable, Sequence

from seawall.transport.routes import RouteAssertions, RoutePattern

from ._reply import Step
from ._seen_call import CallLog, SeenCall

__all__ = ["Route"]


class Route(CallLog, RouteAssertions[SeenCall]):
    """What a FaultServer does with the calls of one method and path; made by `FaultServer.route`.

    Args:
        pattern: Which calls it takes.
        script: One step for each call; the last one goes on for ever.
        strays: Gives the calls that no route took.
    """

    def __init__(self, pattern: RoutePattern, script: tuple[Step, ...], strays: Callable[[], Sequence[SeenCall]]) -> None:
        super().__init__()
        self.pattern = pattern
        self._strays = strays
        self._script = script
        self._claiming = threading.Lock()
        self._claimed = 0

    def __repr__(self) -> str:
        return f"Route({self.method!r}, {self.path!r})"

    @property
    def method(self) -> str:
        """The method, or "*" for all."""
        return self.pattern.method

    @property
    def path(self) -> str:
        """The path as it was given, or "*" for all."""
        return self.pattern.path

    def claim(self) -> tuple[int, Step]:
        """The number of the next call and its step; each is handed out once, also to many threads."""
        with self._claiming:
            self._claimed += 1
            return self._claimed, self._script[min(self._claimed, len(self._script)) - 1]
