"""The two faces of a session: for threads, and for asyncio."""

from typing import Any

from typing_extensions import Unpack

from seawall.chain import drive
from seawall.chain.runtimes import SYSTEM_CLOCK, AsyncioRuntime, BlockingRuntime
from seawall.model import Clock

from ._session import Session
from ._session_options import SessionOptions, check_options
from ._session_states import SessionState
from ._tokens import Tokens
from .sources import Refresh, TokenSource

__all__ = ["AsyncUserSession", "UserSession"]


class UserSession(Session):
    """One person's session; its methods block. Clients of both worlds may share it. See `Session`.

    Args:
        refresh: A token source, or an `async def` of (tokens, api) that returns the next `Tokens`.
        clock: Time and chance, for tests.
        options: See `SessionOptions`.

    Raises:
        UsageError: An option is none; it is named.
    """

    def __init__(self, refresh: TokenSource | Refresh, *, clock: Clock = SYSTEM_CLOCK, **options: Unpack[SessionOptions]) -> None:
        check_options(options, clock)
        super().__init__(refresh, BlockingRuntime(clock), **options)

    def restore(self) -> SessionState:
        """Read the store, and refresh what has expired if a client is there to do it with; returns the state reached.

        The store is read each time: where it cannot tell of other processes' writes, this finds them. Offline, an expired session
        stays: it is refreshed by the first call that gets through; so does one that memory holds, if the store is away.
        """
        return drive(self._restore())

    def sign_in(self, tokens: Tokens, user: Any = None) -> None:
        """Begin a session; the very next call uses it, and whatever was on its way for an older one is thrown away.

        Args:
            tokens: What the server handed out.
            user: What the app wants to know of its user: plain JSON, a dataclass, a msgspec or pydantic model.

        Raises:
            StoreError: The store cannot be written; nothing has changed.
        """
        drive(self._sign_in(tokens, user))

    def sign_out(self) -> None:
        """End the session: in memory at once, then in the store, then at the server.

        Raises:
            StoreError: The store cannot be written; memory is signed out all the same. Call it again to have it deleted there.
        """
        drive(self._sign_out())

    def handle_unauthorized(self) -> bool:
        """End the session because a server said so outside a client, on a web socket for example.

        It may be called by everyone who sees it: the session ends once, observers hear once.

        Returns:
            True for the one caller that ended it.
        """
        return drive(self._handle_unauthorized())


class AsyncUserSession(Session):
    """One person's session for asyncio. Clients of both worlds may share it. See `UserSession` for the arguments.

    A store that tells of other processes' writes moves `state` at the next call or `restore()`, in the loop that makes it: where
    the store tells, there is no loop. That of a `UserSession` moves at once.
    """

    def __init__(self, refresh: TokenSource | Refresh, *, clock: Clock = SYSTEM_CLOCK, **options: Unpack[SessionOptions]) -> None:
        check_options(options, clock)
        super().__init__(refresh, AsyncioRuntime(clock), **options)

    async def restore(self) -> SessionState:
        """See `UserSession.restore`."""
        return await self._restore()

    async def sign_in(self, tokens: Tokens, user: Any = None) -> None:
        """See `UserSession.sign_in`. A task that is cancelled while the store is being written signs in all the same."""
        await self._sign_in(tokens, user)

    async def sign_out(self) -> None:
        """See `UserSession.sign_out`."""
        await self._sign_out()

    async def handle_unauthorized(self) -> bool:
        """See `UserSession.handle_unauthorized`."""
        return await self._handle_unauthorized()
