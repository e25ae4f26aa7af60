"""The agent sessions."""

from .._models import AgentSession
from ..api import AgentSessionsApi
from ._failure import failures


class AgentSessionsRepository:
    """Agent sessions as the app sees them.

    Args:
        api: where they come from.
    """

    def __init__(self, api: AgentSessionsApi) -> None:
        self._api = api

    async def first(self) -> list[AgentSession]:
        """The first agent sessions."""
        with failures("reading agent sessions"):
            return await self._api.first()
