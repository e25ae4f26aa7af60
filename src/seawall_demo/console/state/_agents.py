"""The agents of one screen."""

from .._models import Agent
from ..repositories import AgentsRepository
from ._listing import ListingStore


class AgentsStore(ListingStore[Agent]):
    """A list of agents, and a form that makes new ones.

    Args:
        repository: does the work.
    """

    def __init__(self, repository: AgentsRepository) -> None:
        super().__init__(repository.first)
        self._repository = repository

    async def create(self, name: str) -> Agent:
        """Make a new agent.

        Raises:
            ApiProblem, ConsoleError: it failed; a problem's `field_errors` name the field that is to be marked.
        """
        return await self._repository.create(name)
