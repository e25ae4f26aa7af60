"""A transport without a network: answers come from functions and scripts."""

import copy
import inspect
from collections.abc import Callable
from typing import Any

from seawall.model import Clocks, Request, Response, Sent, UsageError
from seawall.problems import ApiProblem, CancelledProblem, DeadlineProblem

__all__ = ["MockCall", "MockRoute", "MockTransport"]

Answer = Response | ApiProblem | Callable[[Request], Any]


class MockCall:
    """One request as the mock saw it.

    Attributes:
        request: The request.
        content: Its whole body.
    """

    def __init__(self, request: Request, content: bytes) -> None:
        self.request = request
        self.content = content

    def __repr__(self) -> str:
        return f"<MockCall {self.request!r}>"


class MockRoute:
    """The script of one method and path: an answer per call, the last one for all that follow.

    Attributes:
        calls: What arrived here, in order.
    """

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self._answers = answers
        self.calls: list[MockCall] = []

    def take(self, call: MockCall) -> Answer:
        """Note a call and return its answer."""
        self.calls.append(call)
        return self._answers[min(len(self.calls), len(self._answers)) - 1]


class MockTransport:
    """Answers requests in this process, for tests.

    Args:
        handler: Called with each request that no route takes; plain or async; returns a `Response` or raises.
    """

    def __init__(self, handler: Callable[[Request], Any] | None = None) -> None:
        self._handler = handler
        self._routes: dict[tuple[str, str], MockRoute] = {}
        self.calls: list[MockCall] = []

    def route(self, method: str, path: str, *answers: Answer) -> MockRoute:
        """Script the answers to one method and path (without query).

        Args:
            method: For example "GET".
            path: For example "/agents/7".
            answers: A `Response`, a problem to raise, or a function of the request; one per call, the last repeats.

        Raises:
            UsageError: There is no answer.
        """
        if not answers:
            raise UsageError("route: give at least one answer")
        route = self._routes[method.upper(), path] = MockRoute(answers)
        return route

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """See `Transport.send`."""
        _keep_clocks(request, clocks)
        call = MockCall(request, await _content(request))
        self.calls.append(call)
        route = self._routes.get((request.method, request.target.partition("?")[0]))
        answer = route.take(call) if route is not None else self._handler
        if answer is None:
            raise UsageError(f"MockTransport has no route and no handler for {request.method} {request.redacted_url}")
        if isinstance(answer, ApiProblem):
            problem = copy.copy(answer)  # one script may raise it often, and each call adds its own story
            problem.method, problem.url = request.method, request.redacted_url
            raise problem
        response = answer if isinstance(answer, Response) else await _result(answer(request))
        if not isinstance(response, Response):
            raise UsageError(f"the mock's handler returned {type(response).__name__}, not a Response")
        _keep_clocks(request, clocks, Sent.MAYBE)
        return _answering(response, request)

    async def aclose(self) -> None:
        """See `Transport.aclose`."""


def _keep_clocks(request: Request, clocks: Clocks, sent: Sent = Sent.NO) -> None:
    if clocks.cancel is not None and clocks.cancel.cancelled:
        raise CancelledProblem(sent=sent, method=request.method, url=request.redacted_url)
    if clocks.deadline is not None and clocks.now() >= clocks.deadline:
        raise DeadlineProblem(sent=sent, method=request.method, url=request.redacted_url)


async def _content(request: Request) -> bytes:
    if request.body.data is not None:
        return request.body.data
    reader = request.body.open(request.call.runtime)
    pieces: list[bytes] = []
    try:
        while piece := await reader.read():
            pieces.append(piece)
    finally:
        await reader.aclose()
    return b"".join(pieces)


async def _result(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _answering(response: Response, request: Request) -> Response:
    """A scripted buffered response may answer many calls: each gets a copy."""
    if response.is_streamed:
        response.answers(request)
        return response
    return Response(
        response.status, headers=response.headers, content=response.content, request=request, http_version=response.http_version
    )
