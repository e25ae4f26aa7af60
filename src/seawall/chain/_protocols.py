"""The two contracts everything in the house is built on: interceptors and transports."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from seawall.model import Clocks, Request, Response

__all__ = ["Interceptor", "Next", "PlainInterceptor", "Transport"]

Next = Callable[[Request], Coroutine[Any, Any, Response]]
PlainInterceptor = Callable[[Request, Callable[[Request], Response]], Response]


class Interceptor(Protocol):
    """One policy, or a user's own step, around everything below it.

    When: once per call, or once per attempt, by its place in the chain. Available: `request.call` (runtime, deadline,
    attempts, emit, cancel, nested calls); await nothing but `call_next`, the runtime and `call.send`. Errors: an `ApiProblem`
    from below may pass, be replaced or be answered; `response.problem` holds what the server refused. Who closes: a response
    that is not returned is closed here with `aclose()`. Clean-up code must not suspend.
    """

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """Handle a request, usually by awaiting `call_next(request)` and returning its response."""
        ...


class Transport(Protocol):
    """What puts a request on the wire.

    When: once per hop. Available: the request, whose secrets it reveals only while serialising, and the clocks. Errors:
    problems that say what was sent (`problem.sent`); never a retry, never a redirect. Who closes: the response's stream frees
    the connection at its end or by `aclose()`; on an error the transport has cleaned up itself.
    """

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """Send a request and return the response as soon as its head is parsed.

        Args:
            request: What to send.
            clocks: Limits in seconds; `clocks.cancel` ends the exchange from any thread, in any phase.

        Returns:
            The response, which names the request that it answers: `Response(..., request=request)`.

        Raises:
            ApiProblem: No response came; `sent` tells whether the server may have seen the request.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections; the transport can be used again and opens new ones."""
        ...
