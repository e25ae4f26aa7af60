"""Who is logged in, for screens."""

from seawall import Secret
from seawall.auth import EndReason, SessionState, Unauthenticated, Unknown

from ..repositories import FAILURES, SessionRepository
from ._store import Store


class SessionStore(Store[SessionState]):
    """The session as screens see it. It follows the session, which alone decides when it is over.

    Args:
        repository: does the work.
    """

    def __init__(self, repository: SessionRepository) -> None:
        super().__init__(Unknown())
        self._repository = repository
        repository.observe(self._become)

    async def start(self) -> None:
        """Take up the session of the last run. Whatever happens, this ends in a state that can be shown."""
        try:
            await self._repository.recover()
        except FAILURES:
            self._become(Unauthenticated(EndReason.STORE_UNREACHABLE))

    async def request_code(self, email: str) -> None:
        """Have a one-time code sent.

        Raises:
            ApiProblem, ConsoleError: it failed; both have a `user_message`.
        """
        await self._repository.request_code(email)

    async def log_in(self, email: str, code: str) -> None:
        """Log in.

        Args:
            email: the address that the code was sent to.
            code: what was typed in.

        Raises:
            ApiProblem, ConsoleError: it failed; a problem's `field_errors` name the field that is to be marked.
        """
        await self._repository.log_in(email, Secret(code))

    async def log_out(self) -> None:
        """Log out.

        Raises:
            ConsoleError: it failed in the store; the tokens are used no more all the same.
        """
        await self._repository.log_out()
