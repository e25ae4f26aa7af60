"""Calls that a policy makes for itself, through the client that it serves."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from seawall.model import Runtime

__all__ = ["ClientCalls"]

Make = Callable[[str, str, Mapping[str, Any], Any], Coroutine[Any, Any, Any]]
DEFAULT_TIMEOUT = 30.0  # seconds


class ClientCalls:
    """See `NestedCalls`. It retries nothing, because whoever makes such a call knows better what may be repeated.

    Args:
        make: Makes a call of a method, a URL, options and a response model.
        runtime: The client's world.
        seconds: Limit of each call.
    """

    def __init__(self, make: Make, runtime: Runtime, seconds: float = DEFAULT_TIMEOUT) -> None:
        self.runtime = runtime
        self._make = make
        self._seconds = seconds

    def within(self, seconds: float) -> "ClientCalls":
        """See `NestedCalls.within`."""
        return ClientCalls(self._make, self.runtime, seconds)

    async def request(self, method: str, url: str, *, response_model: Any = None, **options: Any) -> Any:
        """See `NestedCalls.request`."""
        fixed = {"auth": None, "retry": False, "follow_redirects": False, "raise_for_status": True, "timeout": self._seconds}
        given = {**fixed, **options}
        options.clear()
        return await self._make(method, url, given, response_model)

    async def get(self, url: str, *, response_model: Any = None, **options: Any) -> Any:
        """See `NestedCalls.request`."""
        return await self.request("GET", url, response_model=response_model, **options)

    async def post(self, url: str, *, response_model: Any = None, **options: Any) -> Any:
        """See `NestedCalls.request`."""
        return await self.request("POST", url, response_model=response_model, **options)
