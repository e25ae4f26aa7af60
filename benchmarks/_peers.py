"""Other clients over their own transports that do nothing, set up to do the like of what Seawall does."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import httpx2

from benchmarks._harness import Subject

__all__ = ["peers"]

URL = "http://api.example/v1"
BODY = {"name": "Ada"}
CONTENT = b'{"id":7,"name":"Ada"}'


def peers(world: str) -> list[Subject]:
    """Return the peers that are installed; the `bench` extra installs all."""
    makers: list[Callable[[str], Subject]] = [_httpx2, _httpware, _azure]
    return [maker(world) for maker in makers]


def _answer(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, headers={"Content-Type": "application/json"}, content=CONTENT)


class _AsyncTransport(httpx2.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return _answer(request)


class _Transport(httpx2.BaseTransport):
    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return _answer(request)


def _repeat(name: str, post: Callable[[], Any], world: str) -> Subject:
    if world == "blocking":

        def run(calls: int) -> None:
            for _ in range(calls):
                post()

        return Subject(name, run)

    async def main(calls: int) -> None:
        for _ in range(calls):
            await post()

    return Subject(name, lambda calls: asyncio.run(main(calls)))


def _httpx2(world: str) -> Subject:
    client: Any
    if world == "blocking":
        client = httpx2.Client(base_url=URL, transport=_Transport())
    else:
        client = httpx2.AsyncClient(base_url=URL, transport=_AsyncTransport())
    return _repeat("httpx2", lambda: client.post("/agents", json=BODY), world)


def _httpware(world: str) -> Subject:
    import httpware

    client: Any
    if world == "blocking":
        inner = httpx2.Client(base_url=URL, transport=_Transport())
        client = httpware.Client(httpx2_client=inner, middleware=[httpware.Retry()])
    else:
        asynchronous = httpx2.AsyncClient(base_url=URL, transport=_AsyncTransport())
        client = httpware.AsyncClient(
            httpx2_client=asynchronous, middleware=[httpware.AsyncTimeout(timeout=30.0), httpware.AsyncRetry()]
        )
    return _repeat("httpware", lambda: client.post("/agents", json=BODY), world)


def _azure(world: str) -> Subject:
    from azure.core import AsyncPipelineClient, PipelineClient
    from azure.core.pipeline import policies
    from azure.core.rest import HttpRequest

    from benchmarks._azure import AsyncNoOp, NoOp

    logging.getLogger("azure").setLevel(logging.WARNING)
    shared: list[Any] = [
        policies.RequestIdPolicy(),
        policies.HeadersPolicy({"X-App-Version": "1.0.0", "X-Platform": "linux"}),
        policies.UserAgentPolicy("benchmark/1.0.0"),
    ]
    client: Any
    if world == "blocking":
        chain = [*shared, policies.RedirectPolicy(), policies.RetryPolicy(), policies.ContentDecodePolicy()]
        client = PipelineClient(URL, transport=NoOp(), policies=chain)
    else:
        chain = [*shared, policies.AsyncRedirectPolicy(), policies.AsyncRetryPolicy(), policies.ContentDecodePolicy()]
        client = AsyncPipelineClient(URL, transport=AsyncNoOp(), policies=chain)
    return _repeat("azure-core", lambda: client.send_request(HttpRequest("POST", f"{URL}/agents", json=BODY)), world)
