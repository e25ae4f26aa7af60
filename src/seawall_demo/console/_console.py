"""The one place that knows how the layers are put together."""

from types import TracebackType
from typing import Self

import seawall
from seawall.auth.stores import TokenStore

from ._models import User
from .api import TOKENS, AgentsApi, AgentSessionsApi, AuthApi, connect
from .repositories import AgentSessionsRepository, AgentsRepository, SessionRepository
from .state import AgentSessionsStore, AgentsStore, SessionStore


class Console:
    """The app without its screens. Screens share `session`; each has a store of its own for the list that it shows.

    Args:
        url: where the backend is.
        store: where the session lies between two runs.
    """

    def __init__(self, url: str, store: TokenStore) -> None:
        session = seawall.AsyncUserSession(TOKENS, store=store, user_model=User)
        self._client = connect(url, session)
        self._agents = AgentsRepository(AgentsApi(self._client))
        self._agent_sessions = AgentSessionsRepository(AgentSessionsApi(self._client))
        self.session = SessionStore(SessionRepository(session, AuthApi(self._client)))

    async def __aenter__(self) -> Self:
        """Take up the session of the last run, if there is one."""
        await self.session.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections; the session stays in its store."""
        await self._client.aclose()

    def agents(self) -> AgentsStore:
        """The state of one screen that shows agents."""
        return AgentsStore(self._agents)

    def agent_sessions(self) -> AgentSessionsStore:
        """The state of one screen that shows agent sessions."""
        return AgentSessionsStore(self._agent_sessions)
