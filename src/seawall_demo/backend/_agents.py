"""The agents: a list paged by cursor and Link header, read, create, update."""

import base64
import sqlite3
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from seawall_server import FieldError
from seawall_server.fastapi import problems

from ._dependencies import KEY_PROBLEMS, AtMostOnce, StoredIn, User
from ._errors import AgentForbidden, AgentNotFound, CursorInvalid
from ._shapes import LAST_ID, Agent, AgentChange, Identity, NewAgent

router = APIRouter(prefix="/v1/agents", tags=["agents"])


@router.get("", responses=problems(CursorInvalid))
def list_agents(
    request: Request,
    response: Response,
    database: StoredIn,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str = "",
    team: str | None = None,
) -> list[Agent]:
    """Agents by id; the `Link` header leads to the next ones."""
    query = "SELECT * FROM agents WHERE id > ? AND (? IS NULL OR team = ?) ORDER BY id LIMIT ?"
    with database.reading() as connection:
        rows = connection.execute(query, (_decode_cursor(cursor), team, team, limit + 1)).fetchall()
    agents = [_agent(row) for row in rows[:limit]]
    if len(rows) > limit:
        following = request.url.include_query_params(cursor=_encode_cursor(agents[-1].id))
        response.headers["Link"] = f'<{following}>; rel="next"'
    return agents


@router.get("/{agent_id}", responses=problems(AgentNotFound))
def read_agent(agent_id: Identity, database: StoredIn) -> Agent:
    """One agent."""
    with database.reading() as connection:
        return find_agent(connection, agent_id)


@router.post("", status_code=201, response_model=Agent, responses=problems(*KEY_PROBLEMS))
def create_agent(body: NewAgent, user: User, once: AtMostOnce) -> Response:
    """A new agent; names need not be unique."""

    def effect(connection: sqlite3.Connection) -> Agent:
        inserted = "INSERT INTO agents (name, team, owner) VALUES (?, ?, ?) RETURNING *"
        return _agent(connection.execute(inserted, (body.name, body.team, user)).fetchone())

    return once.run(201, effect)


@router.patch("/{agent_id}", response_model=Agent, responses=problems(AgentForbidden, AgentNotFound, *KEY_PROBLEMS))
def update_agent(agent_id: Identity, body: AgentChange, user: User, once: AtMostOnce) -> Response:
    """Change an agent of one's own."""

    def effect(connection: sqlite3.Connection) -> Agent:
        agent = find_agent(connection, agent_id)
        if agent.owner != user:
            raise AgentForbidden(resource="agent", action="update")
        changed = agent.model_copy(update=body.model_dump(exclude_none=True))
        connection.execute("UPDATE agents SET name = ?, team = ? WHERE id = ?", (changed.name, changed.team, agent_id))
        return changed

    return once.run(200, effect)


def find_agent(connection: sqlite3.Connection, agent_id: int) -> Agent:
    """Read an agent.

    Raises:
        AgentNotFound: there is none.
    """
    row = connection.execute("SELECT * FROM agents WHERE id = ?", (agent_id,)).fetchone()
    if row is None:
        raise AgentNotFound
    return _agent(row)


def _agent(row: sqlite3.Row) -> Agent:
    return Agent.model_validate(dict(row))


def _encode_cursor(last: int) -> str:
    return base64.urlsafe_b64encode(str(last).encode()).decode()


def _decode_cursor(cursor: str) -> int:
    try:
        last = int(base64.b64decode(cursor, altchars=b"-_", validate=True) or b"0")
    except ValueError:
        last = -1
    if 0 <= last <= LAST_ID:
        return last
    raise CursorInvalid().with_errors(FieldError("cursor", CursorInvalid.code, location="query"))
