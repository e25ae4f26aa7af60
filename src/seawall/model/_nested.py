"""The door through which a policy makes calls of its own."""

from typing import Any, NoReturn, Protocol, Self, cast

from ._errors import UsageError
from ._runtime import Runtime

__all__ = ["NO_CALLS", "NestedCalls"]


class NestedCalls(Protocol):
    """Calls through the same client, in the world of whoever leads, without its credential, its retries and its redirects.

    Every method is awaited, in both worlds, takes the options of `CallOptions`, and returns a response, or the decoded value
    when `response_model` is given.
    """

    @property
    def runtime(self) -> Runtime:
        """The world that they run in."""
        ...

    def within(self, seconds: float) -> Self:
        """Return a door whose calls end within this time each."""
        ...

    async def request(self, method: str, url: str, *, response_model: Any = None, **options: Any) -> Any:
        """Make a call.

        Raises:
            ApiProblem: It failed.
        """
        ...

    async def get(self, url: str, *, response_model: Any = None, **options: Any) -> Any:
        """Make a GET call; see `request`."""
        ...

    async def post(self, url: str, *, response_model: Any = None, **options: Any) -> Any:
        """Make a POST call; see `request`."""
        ...


class _NoCalls:
    """Stands for the door of a call made by hand."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise UsageError("a call made by hand has no client to send through")


NO_CALLS = cast("NestedCalls", _NoCalls())
