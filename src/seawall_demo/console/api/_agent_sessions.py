"""The agent sessions."""

from dataclasses import dataclass

import seawall

from .._models import AgentSession


@dataclass(frozen=True)
class _Page:
    items: list[AgentSession]


class AgentSessionsApi:
    """Calls about agent sessions.

    Args:
        client: the app's.
    """

    def __init__(self, client: seawall.AsyncClient) -> None:
        self._client = client

    async def first(self) -> list[AgentSession]:
        """The first page."""
        return (await self._client.get("/agent-sessions", response_model=_Page)).items
