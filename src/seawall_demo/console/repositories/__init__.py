"""What the app does, without saying how. Every error that leaves is a `Failure`."""

from ._agent_sessions import AgentSessionsRepository as AgentSessionsRepository
from ._agents import AgentsRepository as AgentsRepository
from ._failure import FAILURES as FAILURES
from ._failure import ConsoleError as ConsoleError
from ._failure import Failure as Failure
from ._session import SessionRepository as SessionRepository

__all__ = ["FAILURES", "AgentSessionsRepository", "AgentsRepository", "ConsoleError", "Failure", "SessionRepository"]
