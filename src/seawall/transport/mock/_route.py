"""A route of a MockTransport: a script of answers, and the calls that met it."""

import threading
from collections.abc import Callable, Sequence

from ..routes import RouteAssertions, RouteCall, RoutePattern
from ._answers import Answer
from ._call import MockCall

__all__ = ["MockRoute"]


class MockRoute(RouteAssertions[MockCall]):
    """The script of one method and path: an answer per call, the last one for all that follow. `MockTransport.route` makes it.

    Args:
        pattern: Which calls it takes.
        answers: The script.
        strays: Gives the calls that no route took.
    """

    def __init__(self, pattern: RoutePattern, answers: tuple[Answer, ...], strays: Callable[[], Sequence[RouteCall]]) -> None:
        self.pattern = pattern
        self._answers = answers
        self._calls: list[MockCall] = []
        self._strays = strays
        self._mutex = threading.Lock()

    @property
    def calls(self) -> list[MockCall]:
        """What arrived here, in order."""
        return self._calls

    def take(self, call: MockCall) -> Answer:
        """Note a call and return its answer; each step of the script is handed out once, also to many threads."""
        with self._mutex:
            self._calls.append(call)
            call.number = len(self._calls)
        return self._answers[min(call.number, len(self._answers)) - 1]

    def __repr__(self) -> str:
        return f"<MockRoute {self.pattern}>"
