"""What this app needs of the backend's things; what else the backend sends is ignored."""

from dataclasses import dataclass


@dataclass(frozen=True)
class User:
    """Who is logged in."""

    name: str
    email: str


@dataclass(frozen=True)
class Agent:
    """One agent."""

    id: int
    name: str
    team: str


@dataclass(frozen=True)
class AgentSession:
    """One session of an agent."""

    id: int
    topic: str
    state: str
