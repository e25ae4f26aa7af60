"""Who is logged in."""

from collections.abc import Callable

from seawall import AsyncUserSession, Secret
from seawall.auth import SessionState

from ..api import AuthApi
from ._failure import failures


class SessionRepository:
    """Logs in and out, and finds the session of the last run. Tokens go from the API to the session, and no further.

    Args:
        session: holds the tokens.
        api: brings them.
    """

    def __init__(self, session: AsyncUserSession, api: AuthApi) -> None:
        self._session = session
        self._api = api

    def observe(self, observer: Callable[[SessionState], object]) -> None:
        """Have a function called with each new state of the session."""
        self._session.state_changed.connect(observer)

    async def recover(self) -> None:
        """Take up the session of the last run, if there is one; offline, too."""
        with failures("recovering the session"):
            await self._session.restore()

    async def request_code(self, email: str) -> None:
        """Have a one-time code sent."""
        with failures("asking for a code"):
            await self._api.request_code(email)

    async def log_in(self, email: str, code: Secret) -> None:
        """Begin a session."""
        with failures("logging in"):
            grant = await self._api.log_in(email, code)
            await self._session.sign_in(grant.tokens, user=grant.user)

    async def log_out(self) -> None:
        """End the session."""
        with failures("logging out"):
            await self._session.sign_out()
