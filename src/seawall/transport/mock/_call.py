"""One request as the mock saw it."""

import math

from seawall.model import Clocks, Request, Sent
from seawall.problems import CancelledProblem, DeadlineProblem, ReadTimeoutProblem

from ..routes import RouteCall

__all__ = ["MockCall"]


class MockCall(RouteCall):
    """One request as the mock saw it.

    Args:
        request: The request.
        content: Its whole body.
        clocks: The limits of its attempt.

    Attributes:
        request: The request.
        clocks: The limits of its attempt.
    """

    def __init__(self, request: Request, content: bytes, clocks: Clocks | None = None) -> None:
        self.request = request
        self.clocks = clocks or request.call.clocks
        self.method = request.method
        self.target = request.target
        self.path, _, self.query = request.target.partition("?")
        self.headers = request.headers
        self.path_params = {}
        self.number = 0
        self.secret_names = request.secret_names
        self.has_secret_body = request.body.secret
        self._content = content

    @property
    def content(self) -> bytes:
        """The whole body."""
        return self._content

    async def wait(self, seconds: float = math.inf) -> None:
        """Let time pass before the answer, on the clock of the call: a fake clock jumps over it.

        Args:
            seconds: How long; without a number until a clock of the call runs out.

        Raises:
            ReadTimeoutProblem, DeadlineProblem: So much silence is more than the call bears.
            CancelledProblem: The caller gave up.
        """
        runtime, clocks = self.request.call.runtime, self.clocks
        ends = {DeadlineProblem: clocks.left(), ReadTimeoutProblem: clocks.read}
        kind, limit = min(((kind, _or_never(left)) for kind, left in ends.items()), key=lambda end: end[1])
        if math.isinf(min(seconds, limit)):
            await runtime.waiter().wait(None, clocks.cancel)
        else:
            await runtime.sleep(min(seconds, limit), clocks.cancel)
        if clocks.cancel is not None and clocks.cancel.cancelled:
            raise CancelledProblem(sent=Sent.MAYBE, method=self.method, url=self.request.redacted_url)
        if limit <= seconds:
            raise kind(sent=Sent.MAYBE, method=self.method, url=self.request.redacted_url)

    def __repr__(self) -> str:
        return f"<MockCall {self.request!r}>"


def _or_never(seconds: float | None) -> float:
    return math.inf if seconds is None else seconds
