"""The agents."""

import seawall

from .._models import Agent


class AgentsApi:
    """Calls about agents.

    Args:
        client: the app's.
    """

    def __init__(self, client: seawall.AsyncClient) -> None:
        self._client = client

    async def first(self) -> list[Agent]:
        """The first agents."""
        return await self._client.get("/agents", response_model=list[Agent])

    async def create(self, name: str) -> Agent:
        """A new agent: one, however often the request has to be sent."""
        return await self._client.post("/agents", json={"name": name}, idempotency_key=True, response_model=Agent)
