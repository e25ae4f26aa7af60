"""Unpacking the bodies of errors for ourselves, where the host unpacks all others: a problem is read from them."""

from seawall.chain import Next
from seawall.model import Request, Response
from seawall.policies import Bounds, BoundsInterceptor

__all__ = ["UnpackedErrors"]


class UnpackedErrors:
    """Unpacks the bodies of error statuses, and takes away the fields about it; what it cannot unpack stays as it came.

    Args:
        bounds: How much may come of it.
    """

    name = "unpacked errors"

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = BoundsInterceptor(bounds)

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        response = await call_next(request)
        if response.status >= 400 and "content-encoding" in response.headers and request.method != "HEAD":
            await self._unpack(request, response)
        return response

    async def _unpack(self, request: Request, response: Response) -> None:
        """Hand the response through the policy, if it can unpack it: whatever it asks for, it can."""
        codings = {coding.strip().lower() for coding in response.headers["content-encoding"].split(",")}

        async def received(asking: Request) -> Response:
            if not codings <= set(asking.headers.get("accept-encoding", "").split(", ")):
                return Response(response.status)
            return response

        if await self._bounds(request.without_header("Accept-Encoding"), received) is response:
            response.headers = response.headers.without("content-encoding", "content-length")
