"""The FastAPI app of the agents console."""

from pathlib import Path

from fastapi import Depends, FastAPI

from . import _agent_sessions, _agents, _problems, accounts
from ._database import Database
from ._dependencies import caller
from ._idempotency import KeysInProgress
from .accounts import Accounts


def create_app(path: Path, grace: float | None = None) -> FastAPI:
    """An agents console over a new database file.

    Args:
        path: where the SQLite file is made; it must not exist yet.
        grace: seconds for which a used refresh token gets the same answer again; None for a console without log-in, where
            callers say who they are.
    """
    app = FastAPI(title="Agents console", version="1.0.0")
    database = app.state.database = Database(path)
    app.state.keys_in_progress = KeysInProgress()
    app.state.accounts = None
    guards = []
    if grace is not None:
        app.state.accounts = Accounts(database, grace)
        app.include_router(accounts.router)
        guards.append(Depends(caller))  # of all routes; those that name the caller get the same answer
    app.include_router(_agents.router, dependencies=guards)
    app.include_router(_agent_sessions.router, dependencies=guards)
    _problems.install(app)
    return app
