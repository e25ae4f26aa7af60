"""The FastAPI app of the agents console."""

from pathlib import Path

from fastapi import Depends, FastAPI

from seawall_server import VersionGate
from seawall_server.fastapi import install, problems
from seawall_server.idempotency import IdempotencyStore

from . import _agent_sessions, _agents, accounts
from ._database import Database, open_database
from ._dependencies import caller
from ._errors import TokenExpired, TokenMissing, TokenRevoked, TokenUnknown
from .accounts import Accounts


def create_app(path: Path, grace: float | None = None, minimum: str | None = None) -> FastAPI:
    """An agents console over a new database file.

    Args:
        path: where the SQLite file is made; it must not exist yet.
        grace: seconds for which a used refresh token gets the same answer again; None for a console without log-in, where
            callers say who they are.
        minimum: the oldest version of the app that is taken; None takes all.
    """
    app = FastAPI(title="Agents console", version="1.0.0")
    database = app.state.database = Database(path)
    app.state.keys = IdempotencyStore(path, connect=open_database)
    app.state.accounts = None
    guards, refusals = [], {}
    if grace is not None:
        app.state.accounts = Accounts(database, grace)
        app.include_router(accounts.router)
        guards.append(Depends(caller))  # of all routes; those that name the caller get the same answer
        refusals = problems(TokenMissing, TokenUnknown, TokenRevoked, TokenExpired)
    for router in (_agents.router, _agent_sessions.router):
        app.include_router(router, dependencies=guards, responses=refusals)
    install(app, gate=None if minimum is None else VersionGate(minimum))
    return app
