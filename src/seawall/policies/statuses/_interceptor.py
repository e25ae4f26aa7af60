"""From an error status to `response.problem`. This policy and `problems.parse` alone know how servers tell of errors."""

from seawall.chain import Next
from seawall.model import Request, Response
from seawall.problems import NetworkProblem, Parser, TooLargeProblem

__all__ = ["StatusInterceptor"]

MAX_STREAMED_ERROR = 1024 * 1024  # bytes of an error body that are read when the caller wanted a stream


class StatusInterceptor:
    """Reads the problem of every response of status 400 and above that the call does not accept, and of GraphQL answers.

    Args:
        parser: Knows the dialects.
    """

    name = "statuses"

    def __init__(self, parser: Parser) -> None:
        self._parser = parser

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        response = await call_next(request)
        if response.status >= 400 and response.status not in request.call.options.accept_status:
            if response.is_streamed:
                await _read_some(response)
            response.problem = self._parser.parse(response, now=request.call.runtime.wall())
        elif request.call.options.graphql and response.status < 400:
            response.problem = self._parser.parse_graphql(response, now=request.call.runtime.wall())
        return response


async def _read_some(response: Response) -> None:
    """Read a streamed error body up to a bound, or to where it breaks off: the status is known, and says more than the break."""
    pieces: list[bytes] = []
    size = 0
    try:
        while size < MAX_STREAMED_ERROR and (piece := await response.next_piece()):
            pieces.append(piece)
            size += len(piece)
    except (NetworkProblem, TooLargeProblem):
        pass  # what came so far is all that is read
    await response.aclose()
    response.replace_content(b"".join(pieces))
