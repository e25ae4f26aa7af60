"""Following redirects, below auth and above the wire, within one attempt."""

from seawall.chain import Next, discard
from seawall.model import RedirectFollowed, Request, Response, Sent
from seawall.problems import ApiProblem, RedirectProblem

from ._next_hop import STATUSES, Refusal, next_hop
from ._options import Redirects

__all__ = ["RedirectInterceptor"]


class RedirectInterceptor:
    """Follows redirects unless the call says `follow_redirects=False`.

    Args:
        options: See `Redirects`.
    """

    name = "redirects"

    def __init__(self, options: Redirects) -> None:
        self._options = options

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        response = await call_next(request)
        if response.status not in STATUSES or request.call.options.follow_redirects is False:
            return response
        return await self._follow(request, response, call_next)

    async def _follow(self, request: Request, response: Response, call_next: Next) -> Response:
        hops = 0
        while response.status in STATUSES and (location := response.headers.get("location")) is not None:
            hops += 1
            await discard(response)
            refused = hops > self._options.hops
            following = next_hop(request, response.status, location) if not refused else Refusal("too many redirects")
            if isinstance(following, Refusal):
                raise _problem(request, response, following)
            _tell(request, response, following)
            request.call.attempts[-1].hops = hops
            request = following
            response = await _send(request, call_next)
        return response


async def _send(request: Request, call_next: Next) -> Response:
    """Send a later hop: whatever it failed at, an earlier one was sent."""
    try:
        return await call_next(request)
    except ApiProblem as problem:
        if problem.sent is Sent.NO:
            problem.sent = Sent.MAYBE
        raise


def _problem(request: Request, response: Response, refusal: Refusal) -> RedirectProblem:
    return RedirectProblem(
        status=response.status, detail=refusal.reason, sent=Sent.YES,
        method=request.method, url=request.redacted_url, response=response,
    )  # fmt: skip


def _tell(request: Request, response: Response, following: Request) -> None:
    call = request.call
    if call.observed:
        crossed, location = following.origin != request.origin, following.redacted_url
        call.announce(RedirectFollowed, request, status=response.status, location=location, crossed_origin=crossed)
