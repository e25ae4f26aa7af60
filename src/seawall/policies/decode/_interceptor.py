"""Giving a response its decoder, and its value."""

from seawall.chain import Next
from seawall.model import Decoder, Request, Response

__all__ = ["DecodeInterceptor"]


class DecodeInterceptor:
    """Hands each response its decoder; where the call declares a `response_model`, sets `response.value`.

    A response with a problem keeps it, and a streamed one is the caller's to read: neither is decoded.

    Args:
        decoder: What decodes.
    """

    name = "decode"

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        """See `Interceptor`."""
        response = await call_next(request)
        response.decode_with(self._decoder)
        model = request.call.options.response_model
        if model is not None and response.problem is None and not response.is_streamed:
            response.value = self._decoder.decode(response, model)
        return response
