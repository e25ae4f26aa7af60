"""Clients with policies of their own, set up as alike to Seawall as they can be: retry, a time limit, app headers, decoding."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks._compare_bare import trust
from benchmarks._compare_cases import Target
from benchmarks._compare_worker import AsyncCall, Call

__all__ = ["ASYNCHRONOUS", "BLOCKING"]

JSON = {"Content-Type": "application/json"}
HEADERS = {"X-App-Version": "1.0.0", "X-Platform": "linux"}
BACKOFF = 0.001  # seconds: the proof that they retry need not wait


def _httpx2_options(target: Target) -> dict[str, Any]:
    import httpx2

    limits = httpx2.Limits(max_connections=target.pool, max_keepalive_connections=target.pool)
    return {"limits": limits, "verify": trust(target) or True, "timeout": 30.0, "headers": HEADERS, "follow_redirects": True}


def _httpware_call(target: Target) -> tuple[str, dict[str, Any]]:
    """Which method is called, and with which options."""
    from benchmarks._compare_page import Page

    options: dict[str, Any] = {"response_model": Page} if target.is_json else {}
    if target.body is None:
        return "get", options
    return "post", {**options, "content": target.body, "headers": JSON}


def _size(answer: Any, *, is_json: bool) -> int:
    return int(answer.bytes) if is_json else len(answer.content)


def _blocking_httpware(target: Target) -> Call:
    import httpware

    client = httpware.Client(middleware=[httpware.Retry(base_delay=BACKOFF)], **_httpx2_options(target))
    (method, options), url, is_json = _httpware_call(target), target.url, target.is_json
    send = getattr(client, method)
    return lambda: _size(send(url, **options), is_json=is_json)


async def _asynchronous_httpware(target: Target) -> AsyncCall:
    import httpware

    middleware: list[Any] = [httpware.AsyncTimeout(timeout=30.0), httpware.AsyncRetry(base_delay=BACKOFF)]
    client = httpware.AsyncClient(middleware=middleware, **_httpx2_options(target))
    (method, options), url, is_json = _httpware_call(target), target.url, target.is_json
    send = getattr(client, method)

    async def call() -> int:
        return _size(await send(url, **options), is_json=is_json)

    return call


def _azure_policies() -> list[Any]:
    from azure.core.pipeline import policies

    logging.getLogger("azure").setLevel(logging.WARNING)
    return [policies.RequestIdPolicy(), policies.HeadersPolicy(HEADERS), policies.UserAgentPolicy("benchmark/1.0.0")]


def _azure_request(target: Target) -> Callable[[], Any]:
    from azure.core.rest import HttpRequest

    method, url, body = target.method, target.url, target.body
    if body is None:
        return lambda: HttpRequest(method, url)
    return lambda: HttpRequest(method, url, content=body, headers=dict(JSON))


def _azure_size(response: Any, *, is_json: bool) -> int:
    response.raise_for_status()
    return int(response.json()["bytes"]) if is_json else len(response.content)


def _blocking_azure(target: Target) -> Call:
    from azure.core import PipelineClient
    from azure.core.pipeline import policies
    from azure.core.pipeline.transport import RequestsTransport

    chain = [*_azure_policies(), policies.RedirectPolicy(), policies.RetryPolicy(retry_backoff_factor=BACKOFF)]
    transport = RequestsTransport(connection_verify=target.ca or True, read_timeout=30.0)
    client: Any = PipelineClient(target.url, transport=transport, policies=chain)
    request, is_json = _azure_request(target), target.is_json
    return lambda: _azure_size(client.send_request(request()), is_json=is_json)


async def _asynchronous_azure(target: Target) -> AsyncCall:
    """The context is given to the session: the transport's own option would make a new one for each call."""
    import aiohttp
    from azure.core import AsyncPipelineClient
    from azure.core.pipeline import policies
    from azure.core.pipeline.transport import AioHttpTransport

    chain = [*_azure_policies(), policies.AsyncRedirectPolicy(), policies.AsyncRetryPolicy(retry_backoff_factor=BACKOFF)]
    connector = aiohttp.TCPConnector(limit=target.pool, ssl=trust(target) or True)
    session = aiohttp.ClientSession(connector=connector, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar())
    transport = AioHttpTransport(session=session, session_owner=False, read_timeout=30.0)
    client: Any = AsyncPipelineClient(target.url, transport=transport, policies=chain)
    request, is_json = _azure_request(target), target.is_json

    async def call() -> int:
        return _azure_size(await client.send_request(request()), is_json=is_json)

    return call


BLOCKING: dict[str, Callable[[Target], Call]] = {"httpware": _blocking_httpware, "azure-core": _blocking_azure}
ASYNCHRONOUS: dict[str, Callable[[Target], Awaitable[AsyncCall]]] = {
    "httpware": _asynchronous_httpware,
    "azure-core": _asynchronous_azure,
}
