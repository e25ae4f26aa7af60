"""Clients written in Python, as they come: no policies but their own, and the body as bytes."""

import ssl
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from benchmarks._compare_cases import Target
from benchmarks._compare_worker import AsyncCall, Call

__all__ = ["ASYNCHRONOUS", "BLOCKING", "trust"]

JSON = {"Content-Type": "application/json"}


def trust(target: Target) -> ssl.SSLContext | None:
    return None if target.ca is None else ssl.create_default_context(cafile=target.ca)


def _httpx_options(package: Any, target: Target) -> dict[str, Any]:
    limits = package.Limits(max_connections=target.pool, max_keepalive_connections=target.pool)
    return {"limits": limits, "verify": trust(target) or True}


def _blocking_httpx(package: Any) -> Callable[[Target], Call]:
    def make(target: Target) -> Call:
        client, url, body = package.Client(**_httpx_options(package, target)), target.url, target.body
        if body is None:
            return lambda: len(client.get(url).content)
        return lambda: len(client.post(url, content=body, headers=JSON).content)

    return make


def _asynchronous_httpx(package: Any) -> Callable[[Target], Awaitable[AsyncCall]]:
    async def make(target: Target) -> AsyncCall:
        client, url, body = package.AsyncClient(**_httpx_options(package, target)), target.url, target.body

        async def get() -> int:
            return len((await client.get(url)).content)

        async def post() -> int:
            return len((await client.post(url, content=body, headers=JSON)).content)

        return get if body is None else post

    return make


def _blocking_first(target: Target) -> Call:
    import httpx

    return _blocking_httpx(httpx)(target)


def _blocking_second(target: Target) -> Call:
    import httpx2

    return _blocking_httpx(httpx2)(target)


async def _asynchronous_first(target: Target) -> AsyncCall:
    import httpx

    return await _asynchronous_httpx(httpx)(target)


async def _asynchronous_second(target: Target) -> AsyncCall:
    import httpx2

    return await _asynchronous_httpx(httpx2)(target)


async def _aiohttp(target: Target) -> AsyncCall:
    import aiohttp

    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=target.pool, ssl=trust(target) or True))
    url, body = target.url, target.body

    async def get() -> int:
        async with session.get(url) as response:
            return len(await response.read())

    async def post() -> int:
        async with session.post(url, data=body, headers=JSON) as response:
            return len(await response.read())

    return get if body is None else post


def _urllib3(target: Target) -> Call:
    """The pool of one host: its fastest door, as the manager of pools would look the same pool up at each call."""
    import urllib3

    url, body = urlsplit(target.url), target.body
    assert url.hostname is not None
    pool: Any
    if target.ca is None:
        pool = urllib3.HTTPConnectionPool(url.hostname, url.port, maxsize=target.pool)
    else:
        pool = urllib3.HTTPSConnectionPool(url.hostname, url.port, maxsize=target.pool, ssl_context=trust(target))
    if body is None:
        return lambda: len(pool.request("GET", url.path).data)
    return lambda: len(pool.request("POST", url.path, body=body, headers=JSON).data)


BLOCKING: dict[str, Callable[[Target], Call]] = {"httpx": _blocking_first, "httpx2": _blocking_second, "urllib3": _urllib3}
ASYNCHRONOUS: dict[str, Callable[[Target], Awaitable[AsyncCall]]] = {
    "httpx": _asynchronous_first,
    "httpx2": _asynchronous_second,
    "aiohttp": _aiohttp,
}
