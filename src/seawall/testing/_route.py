"""A route of a FaultServer: a script of behaviours, and the calls that met it."""

import threading

from ._reply import Step
from ._seen_call import CallLog

__all__ = ["Route"]


class Route(CallLog):
    """What a FaultServer does with the calls of one method and path; made by `FaultServer.route`.

    Args:
        method: The method, or "*" for all.
        path: The path, or "*" for all.
        script: One step for each call; the last one goes on for ever.
    """

    def __init__(self, method: str, path: str, script: tuple[Step, ...]) -> None:
        super().__init__()
        self.method = method
        self.path = path
        self._script = script
        self._claiming = threading.Lock()
        self._claimed = 0

    def __repr__(self) -> str:
        return f"Route({self.method!r}, {self.path!r})"

    def claim(self) -> tuple[int, Step]:
        """The number of the next call and its step; each is handed out once, also to many threads."""
        with self._claiming:
            self._claimed += 1
            return self._claimed, self._script[min(self._claimed, len(self._script)) - 1]
