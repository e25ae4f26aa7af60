"""Keeping the clocks: the total around the call, the attempt's own around each sending."""

from collections.abc import Coroutine
from typing import Any

from seawall.chain import Next
from seawall.model import Request, Response, Sent
from seawall.problems import AttemptTimeoutProblem, DeadlineProblem

from ._options import Timeout

__all__ = ["AttemptClock", "Deadline"]


class Deadline:
    """Refuses a call whose time is up before it began, and lets go of a default clock when the caller starts to stream."""

    name = "deadline"

    def __call__(self, request: Request, call_next: Next, /) -> Coroutine[Any, Any, Response]:
        """See `Interceptor`."""
        call = request.call
        if call.deadline is not None and call.deadline <= call.started:
            raise DeadlineProblem(sent=Sent.NO, method=request.method, url=request.redacted_url)
        return _streamed(request, call_next) if call.options.stream else call_next(request)


async def _streamed(request: Request, call_next: Next) -> Response:
    response = await call_next(request)
    call = request.call
    call.deadline = call.clocks.deadline = call.body_deadline
    return response


class AttemptClock:
    """Gives each attempt its own limit, and tells the server how long it has, where that is asked for.

    Args:
        timeout: The client's clocks; a call's own replace them.
    """

    name = "attempt clock"

    def __init__(self, timeout: Timeout) -> None:
        self._timeout = timeout

    def __call__(self, request: Request, call_next: Next, /) -> Coroutine[Any, Any, Response]:
        """See `Interceptor`."""
        call = request.call
        timeout: Timeout = call.options.timeout or self._timeout
        call.clocks.deadline = call.deadline
        if timeout.attempt is None and timeout.header is None:
            return call_next(request)
        return self._limited(request, call_next, timeout)

    async def _limited(self, request: Request, call_next: Next, timeout: Timeout) -> Response:
        call = request.call
        clocks = call.clocks
        ends = None if timeout.attempt is None else call.runtime.monotonic() + timeout.attempt
        own = ends is not None and (call.deadline is None or ends < call.deadline)
        if own:
            clocks.deadline = ends
        left = clocks.left()
        if timeout.header is not None and left is not None:
            request = request.with_header(timeout.header, str(int(left * 1000)))
        overrun: DeadlineProblem | None = None
        try:
            return await call_next(request)
        except DeadlineProblem as problem:
            if not own:
                raise
            overrun = problem
        attempt = AttemptTimeoutProblem(sent=overrun.sent, method=overrun.method, url=overrun.url)
        attempt.__cause__ = overrun.__cause__
        raise attempt
