"""What the routes ask for: the database, the user, and the guard of idempotency keys."""

from typing import Annotated

from fastapi import Depends, Header, Request

from ._database import USERS, Database
from ._idempotency import Once, fingerprint


# Plain `def` dependencies would each take a thread of the pool.
async def _database(request: Request) -> Database:
    database = request.app.state.database
    assert isinstance(database, Database)
    return database


async def _user(x_user: Annotated[str, Header(max_length=100)] = USERS[0]) -> str:
    """Who calls; the console has no log-in yet, so the caller says it."""
    return x_user


StoredIn = Annotated[Database, Depends(_database)]
User = Annotated[str, Depends(_user)]


async def _once(
    request: Request,
    database: StoredIn,
    user: User,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
) -> Once:
    target = f"{request.url.path}?{request.url.query}"
    print_of_request = fingerprint(request.method, target, await request.body())
    return Once(database, request.app.state.keys_in_progress, user, idempotency_key, print_of_request)


AtMostOnce = Annotated[Once, Depends(_once)]
