"""The agents."""

from .._models import Agent
from ..api import AgentsApi
from ._failure import failures


class AgentsRepository:
    """Agents as the app sees them.

    Args:
        api: where they come from.
    """

    def __init__(self, api: AgentsApi) -> None:
        self._api = api

    async def first(self) -> list[Agent]:
        """The first agents."""
        with failures("reading agents"):
            return await self._api.first()

    async def create(self, name: str) -> Agent:
        """A new agent."""
        with failures("creating an agent"):
            return await self._api.create(name)
