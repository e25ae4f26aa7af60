"""The FastAPI app of the agents console."""

from pathlib import Path

from fastapi import FastAPI

from . import _agent_sessions, _agents, _problems
from ._database import Database
from ._idempotency import KeysInProgress


def create_app(path: Path) -> FastAPI:
    """An agents console over a new database file.

    Args:
        path: where the SQLite file is made; it must not exist yet.
    """
    app = FastAPI(title="Agents console", version="1.0.0")
    app.state.database = Database(path)
    app.state.keys_in_progress = KeysInProgress()
    app.include_router(_agents.router)
    app.include_router(_agent_sessions.router)
    _problems.install(app)
    return app
