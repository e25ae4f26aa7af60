"""Our clients as the transports of httpx2's and httpx's, so that SDKs send through them.

Laws:
1. What the host rules stays with the host: redirects, cookies, credentials, content codings, and retries of what may have been
   sent.
2. Every answer is handed on, whatever its status; what is no answer is an exception of the host's own kind.
3. Nobody reads ahead: bodies go through piece by piece, in both directions.
"""

from types import TracebackType
from typing import Any, Self

from seawall.model import UsageError

from ._async_client import AsyncClient
from ._client import Client
from ._sdk_bases import AsyncTransportBase, TransportBase
from ._sdk_calls import HostCalls, guest_options

__all__ = ["AsyncSeawallTransport", "SeawallTransport"]


class SeawallTransport(TransportBase):
    """Lets SDKs send through our client that take one of httpx2 or httpx: `httpx2.Client(transport=SeawallTransport(api))`.

    Their calls have the client's listeners, interceptors, connections, retry budgets and app headers; a `timeout=` that the
    client was given, whose total ends at the head of the response; and the host's own clocks `connect`, `read`, `write` and
    `pool`. They have none of the client's credentials, cookies and redirects. A response keeps ours at
    `response.extensions["seawall"]`, with its `problem` and `explain()`. Failures are the host's own exceptions;
    `seawall.problem_behind` finds their problem.

    Who closes: closing the host's client leaves `api` open; it belongs to whoever built it.

    Args:
        api: What sends. Its base URL limits nothing.
        own_retries: False repeats only what was not sent, because the SDK repeats the rest. True repeats as the client's `retry`
            says, and declares every request repeatable, POST too; turn off the SDK's own retries then (`max_retries=0`).

    Raises:
        UsageError: `api` is no `seawall.Client`.
    """

    def __init__(self, api: Client, *, own_retries: bool = False) -> None:
        if not isinstance(api, Client):
            raise UsageError(f"SeawallTransport: give a seawall.Client, not {_other(api, 'AsyncSeawallTransport')}")
        self._api = api
        options = guest_options(api._core, own_retries=own_retries, own_timeout="timeout" in api._given)
        self._calls = HostCalls(api.with_options(**options)._core, idempotent=own_retries or None)

    def handle_request(self, request: Any) -> Any:
        """Send a request of the host's; its client calls this.

        Raises:
            Exception: One of the host's own, whose cause is the problem.
            UsageError: `api` is closed, or an interceptor is wrong.
        """
        return self._api._run(self._calls.send(request))

    def close(self) -> None:
        """Do nothing: `api` belongs to whoever built it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SeawallTransport {self._api!r}>"


class AsyncSeawallTransport(AsyncTransportBase):
    """Lets SDKs send through our client that take an `httpx2.AsyncClient` or `httpx.AsyncClient`; see `SeawallTransport`.

    Args:
        api: What sends.
        own_retries: See `SeawallTransport`.

    Raises:
        UsageError: `api` is no `seawall.AsyncClient`.
    """

    def __init__(self, api: AsyncClient, *, own_retries: bool = False) -> None:
        if not isinstance(api, AsyncClient):
            raise UsageError(f"AsyncSeawallTransport: give a seawall.AsyncClient, not {_other(api, 'SeawallTransport')}")
        self._api = api
        options = guest_options(api._core, own_retries=own_retries, own_timeout="timeout" in api._given)
        self._calls = HostCalls(api.with_options(**options)._core, idempotent=own_retries or None)

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request of the host's; its client calls this. See `SeawallTransport.handle_request`."""
        self._api._live()
        return await self._calls.send(request)

    async def aclose(self) -> None:
        """Do nothing: `api` belongs to whoever built it."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<AsyncSeawallTransport {self._api!r}>"


def _other(given: object, transport: str) -> str:
    """Name what was given in place of a client, and the transport for it if it is a client of the other world."""
    kind = type(given).__name__
    return f"{kind}, which is for {transport}" if isinstance(given, Client | AsyncClient) else kind
