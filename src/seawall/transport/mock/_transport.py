"""The mock transport: it finds the route, keeps the clocks, and copies scripted responses."""

from collections.abc import Callable, Mapping
from typing import Any

from seawall.model import Clocks, Request, Response, Sent, UsageError
from seawall.problems import CancelledProblem, DeadlineProblem

from ..routes import RoutePattern, Router, RouterAssertions
from ._answers import Answer, check_answer, respond
from ._call import MockCall
from ._route import MockRoute

__all__ = ["MockTransport"]


class MockTransport(RouterAssertions[MockRoute, MockCall]):
    """Answers requests in this process, for tests, in both worlds and from any thread.

    Args:
        handler: Called with each request that no route takes; plain or async; returns an answer (see `route`) or raises.

    Attributes:
        calls: What arrived, in order, whether a route took it or not.
    """

    def __init__(self, handler: Callable[[Request], Any] | None = None) -> None:
        self._handler = handler
        self.router: Router[MockRoute] = Router()
        self.calls: list[MockCall] = []
        self._unexpected: list[MockCall] = []

    def route(self, method: str, path: str, *answers: Answer, query: Mapping[str, Any] | None = None) -> MockRoute:
        """Script the answers to the calls of one method and path.

        The most specific route takes a call: a path before a template before "*". A second route for the same calls takes the
        place of the first.

        Args:
            method: For example "GET"; "*" for all.
            path: For example "/agents/7", or a template such as "/agents/{id}", "/files/*" for all below, "*" for all; an
                absolute URL takes the calls to that origin only.
            answers: One per call, in order; the last one repeats. Each is a `Response`, a status, a dict or list that is sent
                as JSON, a problem to raise or its class (any other exception too), a behaviour of `seawall.testing` that needs
                no wire (`Reply`, `Delay`, ...), or a function of the request, plain or async, that returns one of these.
            query: Parameters that a call must have, by name, decoded; it may have others.

        Raises:
            UsageError: There is no answer, one is of no such kind, or no call has such a path.
        """
        if not answers:
            raise UsageError("route: give at least one answer")
        for answer in answers:
            check_answer(answer)
        pattern = RoutePattern(method, path, query)
        route = MockRoute(pattern, answers, lambda: self._unexpected)
        self.router.add(pattern, route)
        return route

    @property
    def unexpected_calls(self) -> list[MockCall]:
        """The calls that neither a route nor the handler took, in order."""
        return self._unexpected

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """See `Transport.send`.

        Raises:
            UsageError: No route takes the request, and there is no handler.
        """
        _keep_clocks(request, clocks)
        call = MockCall(request, await _content(request), clocks)
        self.calls.append(call)
        response = await respond(self._script(call), call)
        _keep_clocks(request, clocks, Sent.MAYBE)
        return _answering(response, request)

    async def aclose(self) -> None:
        """See `Transport.aclose`."""

    def _script(self, call: MockCall) -> Answer:
        found = self.router.find(call, call.request.origin)
        if found is not None:
            route, call.path_params = found
            return route.take(call)
        if self._handler is not None:
            return self._handler
        self._unexpected.append(call)
        asked = f"{call.method} {call.request.redacted_url}"
        hint, routes = self.router.hint(call), self.router.listed()
        raise UsageError(f"MockTransport has no route and no handler for {asked}{hint} (routes: {routes})")


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


def _answering(response: Response, request: Request) -> Response:
    """A scripted buffered response may answer many calls: each gets a copy."""
    if response.is_streamed:
        response.answers(request)
        return response
    return Response(
        response.status, headers=response.headers, content=response.content, request=request, http_version=response.http_version
    )
