"""niquests, as it comes. It is imported by a worker whose interpreter is that of an environment of its own."""

from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks._compare_cases import Target
from benchmarks._compare_worker import AsyncCall, Call

__all__ = ["ASYNCHRONOUS", "BLOCKING"]

JSON = {"Content-Type": "application/json"}


def _options(target: Target) -> dict[str, Any]:
    """Without HTTP/2 and 3, which the server does not speak."""
    return {"pool_maxsize": target.pool, "disable_http2": True, "disable_http3": True}


def _blocking(target: Target) -> Call:
    import niquests  # type: ignore[import-not-found]

    session, url, body = niquests.Session(**_options(target)), target.url, target.body
    session.verify = target.ca or True
    if body is None:
        return lambda: len(session.get(url).content)
    return lambda: len(session.post(url, data=body, headers=JSON).content)


async def _asynchronous(target: Target) -> AsyncCall:
    import niquests

    session, url, body = niquests.AsyncSession(**_options(target)), target.url, target.body
    session.verify = target.ca or True

    async def get() -> int:
        return len((await session.get(url)).content)

    async def post() -> int:
        return len((await session.post(url, data=body, headers=JSON)).content)

    return get if body is None else post


BLOCKING: dict[str, Callable[[Target], Call]] = {"niquests": _blocking}
ASYNCHRONOUS: dict[str, Callable[[Target], Awaitable[AsyncCall]]] = {"niquests": _asynchronous}
