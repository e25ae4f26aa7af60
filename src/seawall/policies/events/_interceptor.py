"""Telling listeners what happens, and keeping the record of attempts that every problem and response carries."""

import msgspec

from seawall.chain import Next
from seawall.model import (
    Attempt,
    AttemptFinished,
    AttemptStarted,
    Call,
    CallFinished,
    CallStarted,
    Completion,
    Request,
    Response,
    Sent,
    StreamFinished,
)
from seawall.problems import ApiProblem

__all__ = ["AttemptRecorder", "Emitter"]


class Emitter:
    """The outermost interceptor, in the chain only when somebody listens."""

    name = "emit"

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        call = request.call
        call.announce(CallStarted, request)
        try:
            response = await call_next(request)
        except BaseException as error:
            _finish(call, request, None, error)
            raise
        if response.is_streamed:
            response.on_completion(lambda completion: _stream_ended(call, request, response, completion))
        else:
            _finish(call, request, response.status, response.problem)
        return response


def _finish(call: Call, request: Request, status: int | None, problem: BaseException | None) -> None:
    if isinstance(problem, ApiProblem):
        problem.settle(call.attempts, None)  # listeners see what the caller will see
        status = status or problem.status or None
    if not call.is_heard(CallFinished, failed=problem is not None):
        return
    call.announce(CallFinished, request, duration=call.elapsed(), status=status, problem=problem, attempts=len(call.attempts))


def _stream_ended(call: Call, request: Request, response: Response, completion: Completion) -> None:
    call.announce(StreamFinished, request, outcome=completion.outcome, size=completion.size)
    _finish(call, request, response.status, completion.error or response.problem)


class AttemptRecorder:
    """The outermost interceptor of each attempt: writes its `Attempt`."""

    name = "attempts"

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        call = request.call
        number, begun = len(call.attempts) + 1, call.runtime.monotonic()
        attempt = Attempt(number, request.method, request.redacted_url, begun - call.started, waited=call.waited)
        call.attempts.append(attempt)
        if call.observed:
            call.announce(AttemptStarted, request, number=number)
        try:
            response = await call_next(request)
        except BaseException as error:
            attempt.problem = type(error).__name__
            attempt.sent = error.sent if isinstance(error, ApiProblem) else None
            attempt.status = (error.status or None) if isinstance(error, ApiProblem) else None
            raise
        else:
            attempt.status, attempt.connection, attempt.sent = response.status, response.connection, Sent.YES
            if response.problem is not None:
                attempt.problem = type(response.problem).__name__
            return response
        finally:
            attempt.duration = call.runtime.monotonic() - begun
            if call.is_heard(AttemptFinished, failed=attempt.problem is not None):
                call.announce(AttemptFinished, request, attempt=msgspec.structs.replace(attempt))
