"""Clients whose network is written in Rust, as they come."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from benchmarks._compare_cases import Target
from benchmarks._compare_worker import AsyncCall, Call

__all__ = ["ASYNCHRONOUS", "BLOCKING"]

JSON = {"Content-Type": "application/json"}


def _built(builder: Any, target: Target) -> Any:
    """An https origin is asked for HTTP/1.1, which is what the server speaks and all others use."""
    builder = builder.max_connections(target.pool).pool_max_idle_per_host(target.pool)
    if target.ca is not None:
        builder = builder.add_root_certificate_pem(Path(target.ca).read_bytes()).http1_only()
    return builder.build()


def _blocking_pyreqwest(target: Target) -> Call:
    from pyreqwest.client import SyncClientBuilder

    client, url, body = _built(SyncClientBuilder(), target), target.url, target.body
    if body is None:
        return lambda: len(client.get(url).build().send().bytes())
    return lambda: len(client.post(url).headers(JSON).body_bytes(body).build().send().bytes())


async def _asynchronous_pyreqwest(target: Target) -> AsyncCall:
    from pyreqwest.client import ClientBuilder

    client, url, body = _built(ClientBuilder(), target), target.url, target.body

    async def get() -> int:
        return len(await (await client.get(url).build().send()).bytes())

    async def post() -> int:
        return len(await (await client.post(url).headers(JSON).body_bytes(body).build().send()).bytes())

    return get if body is None else post


def _pyqwest_options(target: Target) -> dict[str, Any]:
    options: dict[str, Any] = {"pool_max_idle_per_host": target.pool, "max_connections_per_address": target.pool}
    return options if target.ca is None else {**options, "tls_ca_cert": Path(target.ca).read_bytes()}


def _blocking_pyqwest(target: Target) -> Call:
    import pyqwest

    client, url, body = pyqwest.SyncClient(pyqwest.SyncHTTPTransport(**_pyqwest_options(target))), target.url, target.body
    if body is None:
        return lambda: len(client.get(url).content)
    return lambda: len(client.post(url, JSON, body).content)


async def _asynchronous_pyqwest(target: Target) -> AsyncCall:
    import pyqwest

    client, url, body = pyqwest.Client(pyqwest.HTTPTransport(**_pyqwest_options(target))), target.url, target.body

    async def get() -> int:
        return len((await client.get(url)).content)

    async def post() -> int:
        return len((await client.post(url, JSON, body)).content)

    return get if body is None else post


BLOCKING: dict[str, Callable[[Target], Call]] = {"pyreqwest": _blocking_pyreqwest, "pyqwest": _blocking_pyqwest}
ASYNCHRONOUS: dict[str, Callable[[Target], Awaitable[AsyncCall]]] = {
    "pyreqwest": _asynchronous_pyreqwest,
    "pyqwest": _asynchronous_pyqwest,
}
