"""The agent sessions: a list paged by number, read, create, and an update that only the owner may do."""

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Query, Response

from seawall_server.fastapi import problems

from ._agents import find_agent
from ._dependencies import KEY_PROBLEMS, AtMostOnce, StoredIn, User
from ._errors import AgentForbidden, AgentNotFound, AgentSessionNotFound
from ._shapes import AgentSession, AgentSessionChange, AgentSessionPage, Identity, NewAgentSession

router = APIRouter(prefix="/v1/agent-sessions", tags=["agent sessions"])


@router.get("")
def list_sessions(
    database: StoredIn,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    per_page: Annotated[int, Query(ge=1, le=100)] = 20,
) -> AgentSessionPage:
    """One page of agent sessions, by id."""
    with database.reading() as connection:
        total: int = connection.execute("SELECT count(*) FROM agent_sessions").fetchone()[0]
        query = "SELECT * FROM agent_sessions ORDER BY id LIMIT ? OFFSET ?"
        rows = connection.execute(query, (per_page, (page - 1) * per_page)).fetchall()
    pages = -(-total // per_page)
    return AgentSessionPage(items=[_session(row) for row in rows], page=page, pages=pages, total=total)


@router.get("/{session_id}", responses=problems(AgentSessionNotFound))
def read_session(session_id: Identity, database: StoredIn) -> AgentSession:
    """One agent session."""
    with database.reading() as connection:
        return _find(connection, session_id)


@router.post("", status_code=201, response_model=AgentSession, responses=problems(AgentNotFound, *KEY_PROBLEMS))
def create_session(body: NewAgentSession, user: User, once: AtMostOnce) -> Response:
    """A new session of an existing agent."""

    def effect(connection: sqlite3.Connection) -> AgentSession:
        find_agent(connection, body.agent_id)
        inserted = "INSERT INTO agent_sessions (agent_id, topic, state, owner) VALUES (?, ?, 'open', ?) RETURNING *"
        return _session(connection.execute(inserted, (body.agent_id, body.topic, user)).fetchone())

    return once.run(201, effect)


@router.patch(
    "/{session_id}",
    response_model=AgentSession,
    responses=problems(AgentForbidden, AgentSessionNotFound, *KEY_PROBLEMS),
)
def update_session(session_id: Identity, body: AgentSessionChange, user: User, once: AtMostOnce) -> Response:
    """Change an agent session of one's own; anybody else's is forbidden."""

    def effect(connection: sqlite3.Connection) -> AgentSession:
        session = _find(connection, session_id)
        if session.owner != user:
            raise AgentForbidden(resource="agent_session", action="update")
        changed = session.model_copy(update=body.model_dump(exclude_none=True))
        values = (changed.topic, changed.state, session_id)
        connection.execute("UPDATE agent_sessions SET topic = ?, state = ? WHERE id = ?", values)
        return changed

    return once.run(200, effect)


def _find(connection: sqlite3.Connection, session_id: int) -> AgentSession:
    row = connection.execute("SELECT * FROM agent_sessions WHERE id = ?", (session_id,)).fetchone()
    if row is None:
        raise AgentSessionNotFound
    return _session(row)


def _session(row: sqlite3.Row) -> AgentSession:
    return AgentSession.model_validate(dict(row))
