"""What the backend takes and gives."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

LAST_ID = 2**63 - 1
Identity = Annotated[int, Field(ge=1, le=LAST_ID)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
State = Literal["open", "closed"]


class Agent(BaseModel):
    """One agent."""

    id: int
    name: str
    team: str
    owner: str


class NewAgent(BaseModel):
    """The body that creates an agent."""

    name: Text
    team: Text = "blue"


class AgentChange(BaseModel):
    """The body that updates an agent; what is left out stays."""

    name: Text | None = None
    team: Text | None = None


class AgentSession(BaseModel):
    """One session of an agent."""

    id: int
    agent_id: int
    topic: str
    state: State
    owner: str


class NewAgentSession(BaseModel):
    """The body that creates an agent session."""

    agent_id: Identity
    topic: Text


class AgentSessionChange(BaseModel):
    """The body that updates an agent session; what is left out stays."""

    topic: Text | None = None
    state: State | None = None


class AgentSessionPage(BaseModel):
    """One page of agent sessions."""

    items: list[AgentSession]
    page: int
    pages: int
    total: int
