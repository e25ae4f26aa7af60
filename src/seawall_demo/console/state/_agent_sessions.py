"""The agent sessions of one screen."""

from .._models import AgentSession
from ..repositories import AgentSessionsRepository
from ._listing import ListingStore


class AgentSessionsStore(ListingStore[AgentSession]):
    """A list of agent sessions.

    Args:
        repository: brings them.
    """

    def __init__(self, repository: AgentSessionsRepository) -> None:
        super().__init__(repository.first)
