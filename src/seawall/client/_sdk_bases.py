"""What type checkers are to see of our transports: the bases that `httpx2.Client(transport=...)` and `httpx.Client` ask for.

At runtime there are none. Neither library need be installed, neither looks for its base, and anthropic refuses whatever descends
from httpx.
"""

from typing import TYPE_CHECKING, Any

__all__ = ["AsyncTransportBase", "TransportBase"]

if TYPE_CHECKING:
    import httpx
    import httpx2

    class TransportBase(httpx2.BaseTransport, httpx.BaseTransport):
        """Both bases for threads; what they say differently is said anew."""

        def handle_request(self, request: Any) -> Any: ...

    class AsyncTransportBase(httpx2.AsyncBaseTransport, httpx.AsyncBaseTransport):
        """Both bases for asyncio."""

        async def handle_async_request(self, request: Any) -> Any: ...

else:
    TransportBase = AsyncTransportBase = object
