"""The driver: sends, asks `decide`, waits, sends again. It also notes what the failure means for the caller."""

import msgspec

from seawall.chain import Next, discard
from seawall.model import Call, Request, Response, RetryScheduled, RetryStopped, Sent, StopReason
from seawall.problems import ApiProblem, CancelledProblem, CertificateProblem, DeadlineProblem, NetworkProblem, TimeoutProblem

from ._budget import Budgets
from ._decide import Again, Failure, Stop, decide
from ._options import SAFE_METHODS, Retry
from ._switch import retries_are_off

__all__ = ["RetryInterceptor"]

_IN_PROGRESS_WORDS = ("IDEMPOTEN", "IN_PROGRESS", "IN_USE", "CONCURRENT", "OUTSTANDING", "PROCESSING")


class RetryInterceptor:
    """Retries, on all calls that go through one client.

    Args:
        options: The client's; a call's own replace them.
        budgets: Shared by all copies of the client.
    """

    name = "retry"

    def __init__(self, options: Retry, budgets: Budgets) -> None:
        self._options = options
        self._budgets = budgets

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        call = request.call
        options: Retry = call.options.retry or self._options
        if options.budget is not None and options.attempts > 1:
            self._budgets.count_call(request.origin, call.started)
        while True:
            if options.attempt_header is not None:
                request = request.with_header(options.attempt_header, str(len(call.attempts) + 1))
            response: Response | None = None
            problem: Exception | None = None
            try:
                response = await call_next(request)
            except ApiProblem as failure:  # raised again below, outside the `except`, so that nothing is its context
                problem = failure
            if response is not None:
                if response.problem is None:
                    return response
                problem = response.problem
            assert isinstance(problem, ApiProblem)
            _note_effect(problem, request)
            decision = self._decide(options, request, problem)
            if isinstance(decision, Stop):
                _stop(request, problem, decision.reason)
                if response is None:
                    raise problem
                return response
            if response is not None:
                await discard(response)
            await _wait(request, problem, decision)

    def _decide(self, options: Retry, request: Request, problem: ApiProblem) -> Again | Stop:
        if retries_are_off():
            options = msgspec.structs.replace(options, attempts=1)
        decision = decide(options, _failure(request, problem))
        if isinstance(decision, Stop) or options.budget is None:
            return decision
        if self._budgets.spend(request.origin, options.budget, request.call.runtime.monotonic()):
            return decision
        return Stop(StopReason.BUDGET_EMPTY)


async def _wait(request: Request, problem: ApiProblem, decision: Again) -> None:
    """Sleep before the next attempt.

    Raises:
        CancelledProblem: The caller gave up meanwhile.
    """
    call = request.call
    attempt = call.attempts[-1]
    attempt.retried = decision.reason
    call.waited = decision.delay
    call.announce(RetryScheduled, request, number=attempt.number + 1, delay=decision.delay, reason=decision.reason)
    if decision.delay > 0 and not await call.runtime.sleep(decision.delay, call.cancel):
        attempt.retried = None
        cancelled = CancelledProblem(sent=problem.sent, method=request.method, url=request.redacted_url)
        _stop(request, cancelled, StopReason.CANCELLED)
        raise cancelled


def _stop(request: Request, problem: ApiProblem, reason: StopReason) -> None:
    call = request.call
    if problem.sent is Sent.NO and any(attempt.sent is not Sent.NO for attempt in call.attempts):
        problem.sent = Sent.MAYBE  # it speaks for the whole call, of which an earlier attempt got through
    if problem.stopped is StopReason.BODY_NOT_REPLAYABLE:  # said below, of a replay with a new token
        reason = problem.stopped
    problem.stopped = call.attempts[-1].stopped = reason
    call.announce(RetryStopped, request, reason=reason)


def _maybe_before(call: Call) -> bool:
    return any(attempt.sent is Sent.MAYBE for attempt in call.attempts[:-1])


def _note_effect(problem: ApiProblem, request: Request) -> None:
    """After an attempt that may have worked, no answer about a later one says that it did not."""
    gone = request.method == "DELETE" and problem.status in (404, 410)
    unsure = gone or problem.status in (408, 409, 412, 429) or problem.status >= 500
    if unsure and request.method not in SAFE_METHODS and _maybe_before(request.call):
        problem.may_have_applied = True


def _failure(request: Request, problem: ApiProblem) -> Failure:
    call = request.call
    response = problem.response
    keyed = call.keyed or "idempotency-key" in request.headers
    return Failure(
        number=len(call.attempts),
        method=request.method,
        status=problem.status,
        transient=_is_transient(problem),
        sent=problem.sent,
        idempotent=call.options.idempotent,
        keyed=keyed,
        in_progress=keyed and problem.status == 409 and (_maybe_before(call) or _speaks_of_progress(problem)),
        replayable=request.body.replayable,
        nested=call.nested,
        cancelled=isinstance(problem, CancelledProblem),
        overdue=isinstance(problem, DeadlineProblem),
        vetoed=response is not None and response.headers.get("x-should-retry", "").strip().lower() == "false",
        retry_after=problem.retry_after,
        remaining=call.remaining(),
        random=call.runtime.random(),
    )


def _is_transient(problem: ApiProblem) -> bool:
    """Without a response: what may go away by itself. A bad certificate does not."""
    return isinstance(problem, NetworkProblem | TimeoutProblem) and not isinstance(problem, CertificateProblem)


def _speaks_of_progress(problem: ApiProblem) -> bool:
    if problem.retry_after is not None:
        return True
    text = f"{problem.code} {problem.type} {problem.title}".upper().replace(" ", "_").replace("-", "_")
    return any(word in text for word in _IN_PROGRESS_WORDS)
