"""Sending and learning cookies, hop by hop."""

from seawall.chain import Next
from seawall.model import Request, Response, Secret

from ._jar import CookieJar

__all__ = ["CookieInterceptor"]


class CookieInterceptor:
    """Adds the jar's cookies to each hop and keeps those that come back.

    Args:
        jar: Where they are kept; a Cookie field that the request already has wins.
    """

    name = "cookies"

    def __init__(self, jar: CookieJar) -> None:
        self._jar = jar

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        sending = request
        if "cookie" not in request.headers and (header := self._jar.header_for(request)) is not None:
            sending = request.with_header("Cookie", Secret(header))
        response = await call_next(sending)
        if "set-cookie" in response.headers:
            self._jar.learn(request, response)
        return response
