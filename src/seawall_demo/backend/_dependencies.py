"""What the routes ask for: the database, the caller, and the guard of idempotency keys."""

from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.concurrency import run_in_threadpool

from seawall_server.idempotency import (
    IdempotencyInProgress,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    IdempotencyStore,
    TooManyIdempotencyKeys,
    fingerprint,
)

from ._database import USERS, Database
from ._once import Once
from .accounts import Accounts


# Plain `def` dependencies would each take a thread of the pool.
async def _database(request: Request) -> Database:
    database = request.app.state.database
    assert isinstance(database, Database)
    return database


async def caller(
    request: Request,
    authorization: Annotated[str | None, Header()] = None,
    x_user: Annotated[str, Header(max_length=100)] = USERS[0],
) -> str:
    """Who calls: a guarded console asks for a token, an open one believes what it is told."""
    accounts: Accounts | None = request.app.state.accounts
    if accounts is None:
        return x_user
    return await run_in_threadpool(accounts.caller, authorization)


StoredIn = Annotated[Database, Depends(_database)]
User = Annotated[str, Depends(caller)]


async def _once(
    request: Request,
    user: User,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Once:
    keys = request.app.state.keys
    assert isinstance(keys, IdempotencyStore)
    target = f"{request.url.path}?{request.url.query}"
    return Once(keys, user, idempotency_key, fingerprint(request.method, target, await request.body()))


AtMostOnce = Annotated[Once, Depends(_once)]
# What a route that takes a key may answer besides.
KEY_PROBLEMS = (IdempotencyInProgress, IdempotencyKeyInvalid, IdempotencyKeyReused, TooManyIdempotencyKeys)
