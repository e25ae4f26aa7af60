"""Where tokens come from."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from seawall.model import NestedCalls, UsageError

from .._tokens import Tokens

__all__ = ["FunctionSource", "Refresh", "RevokedError", "TokenSource", "as_source"]

Refresh = Callable[[Tokens, NestedCalls], Awaitable[Tokens]]


class RevokedError(Exception):
    """Raise it in a source when the server says that the refresh token is no longer good: the session is over.

    An `ApiProblem` with the OAuth error `invalid_grant` means the same.
    """


class TokenSource(Protocol):
    """Gets tokens from a server.

    When: once per refresh, for everyone, in the world of whoever leads. Available: the calls of that client, without its
    credential. Errors: an `ApiProblem` that may go away by itself is tried again within the refresh's own time; `RevokedError`
    and `invalid_grant` end the session; anything else is a mistake and is raised as such.
    """

    @property
    def signs_in(self) -> bool:
        """Whether it can make the first tokens by itself, without a user (client credentials)."""
        ...

    async def refresh(self, tokens: Tokens | None, api: NestedCalls, /) -> Tokens:
        """Return the next tokens.

        Args:
            tokens: The present ones; None where `signs_in` and there are none yet.
            api: Calls through the leader's client.
        """
        ...

    async def revoke(self, tokens: Tokens, api: NestedCalls, /) -> None:
        """Tell the server that these tokens are no longer needed; best effort, its failure is passed over."""
        ...


class FunctionSource:
    """A function of one's own as a source, for APIs that have their own shape.

    Args:
        refresh: An `async def` of the present tokens and the calls that it may make; returns the next tokens.
        revoke: Tells the server at sign-out, or None.
    """

    signs_in = False

    def __init__(self, refresh: Refresh, revoke: Callable[[Tokens, NestedCalls], Awaitable[Any]] | None = None) -> None:
        self._refresh = refresh
        self._revoke = revoke

    async def refresh(self, tokens: Tokens | None, api: NestedCalls, /) -> Tokens:
        """See `TokenSource.refresh`."""
        assert tokens is not None
        fresh = await self._refresh(tokens, api)
        if not isinstance(fresh, Tokens):
            raise UsageError(f"refresh: the function must return seawall.Tokens, not {type(fresh).__name__}")
        return fresh

    async def revoke(self, tokens: Tokens, api: NestedCalls, /) -> None:
        """See `TokenSource.revoke`."""
        if self._revoke is not None:
            await self._revoke(tokens, api)


def as_source(given: TokenSource | Refresh) -> TokenSource:
    """Take a source, or a function that refreshes.

    Raises:
        UsageError: It is neither; a plain `def` cannot await its calls.
    """
    if callable(getattr(given, "refresh", None)) and hasattr(given, "signs_in"):
        return given  # type: ignore[return-value]  # looked at above
    if inspect.iscoroutinefunction(given) or inspect.iscoroutinefunction(getattr(given, "__call__", None)):  # noqa: B004
        return FunctionSource(given)  # type: ignore[arg-type]  # looked at here
    raise UsageError("refresh: give a token source, or an `async def` of (tokens, api) that returns seawall.Tokens")
