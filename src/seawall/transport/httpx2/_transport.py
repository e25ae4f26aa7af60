"""The two transports: one text, and one engine per world."""

import asyncio
import os
import threading
import weakref
from typing import ClassVar

from seawall.model import Clocks, Headers, Origin, Request, Response, Runtime
from seawall.problems import ProtocolProblem

from ..sockets import (
    KEEPALIVE_EXPIRY,
    MAX_CONNECTIONS,
    MAX_KEEPALIVE,
    Certificate,
    Exchange,
    Fault,
    Options,
    ProxyAddress,
    Slots,
    Verify,
    hide_frames,
)
from ._download import Download
from ._engine import AsyncioEngine, BlockingEngine
from ._errors import SERIALISED, judge
from ._pool import pool_arguments
from ._request import raw_request

__all__ = ["AsyncHttpx2Transport", "Httpx2Transport"]

Engine = BlockingEngine | AsyncioEngine
Key = tuple[asyncio.AbstractEventLoop | None, ProxyAddress | None, bool]
_VERSIONS = frozenset({"HTTP/1.0", "HTTP/1.1", "HTTP/2"})
_all: "weakref.WeakSet[_Transport]" = weakref.WeakSet()


class _Transport:
    """What both share; the arguments are described at `Httpx2Transport`.

    Attributes:
        is_blocking: Whether it is for `Client`; `AsyncClient` then refuses it, and the other way round.
    """

    is_blocking: ClassVar[bool]
    _kind: ClassVar[type[BlockingEngine] | type[AsyncioEngine]]

    def __init__(
        self,
        *,
        verify: Verify = True,
        cert: Certificate | None = None,
        http2: bool = False,
        proxy: str | None = None,
        trust_env: bool = False,
        max_connections: int = MAX_CONNECTIONS,
        max_keepalive_connections: int = MAX_KEEPALIVE,
        keepalive_expiry: float = KEEPALIVE_EXPIRY,
        uds: str | None = None,
        local_address: str | None = None,
    ) -> None:
        self._options = Options(
            verify=verify, cert=cert, http2=http2, proxy=proxy, trust_env=trust_env, max_connections=max_connections,
            max_keepalive_connections=max_keepalive_connections, keepalive_expiry=keepalive_expiry, uds=uds,
            local_address=local_address,
        )  # fmt: skip
        self.forget()
        _all.add(self)

    def forget(self) -> None:
        """Begin anew: at first, and in the child after a fork, where locks may be held by nobody and sockets are the parent's."""
        self._mutex = threading.Lock()
        self._slots = Slots(self._options.max_connections)
        self._engines: dict[Key, Engine] = {}

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """See `Transport.send`.

        Raises:
            ApiProblem: No response came.
            UsageError: The request cannot be sent as it is.
        """
        origin = request.origin
        proxy = self._options.proxies.for_origin(origin)
        engine = self._engine(proxy, origin.scheme == "https")
        exchange = _exchange(request.call.runtime, clocks, engine, origin, proxy)
        try:
            await self._slots.take(exchange)
            exchange.check()
            return await _send(request, exchange, engine, proxy)
        except BaseException as error:
            problem = judge(error, request, exchange)
            exchange.drop()
            exchange.finish()
            if problem is None:
                hide_frames(error, SERIALISED)
                raise
        raise problem

    def _engine(self, proxy: ProxyAddress | None, secure: bool) -> Engine:
        key = (self._kind.loop(), proxy, secure)
        return self._engines.get(key) or self._open(key)

    def _open(self, key: Key) -> Engine:
        with self._mutex:
            for other in [other for other in self._engines if other[0] is not None and other[0].is_closed()]:
                self._engines.pop(other).wires.bury()
            engine = self._engines.get(key)
            if engine is None:
                engine = self._engines[key] = self._kind(pool_arguments(self._options, *key[1:]))
            return engine

    async def aclose(self) -> None:
        """See `Transport.aclose`: who waits for a response gets a `DisconnectProblem`."""
        with self._mutex:
            engines, self._engines = self._engines, {}
        for (loop, _, _), engine in engines.items():
            if loop is not None and loop.is_closed():
                engine.wires.bury()
            else:
                engine.wires.close()


def _exchange(runtime: Runtime, clocks: Clocks, engine: Engine, origin: Origin, proxy: ProxyAddress | None) -> Exchange:
    if proxy is None:
        return Exchange(runtime, clocks, engine.wait, layers=1 if origin.scheme == "https" else 0)
    layers, greetings = proxy.layers(origin), proxy.greetings(origin)
    return Exchange(runtime, clocks, engine.wait, layers=layers, greetings=greetings, proxied=True)


async def _send(request: Request, exchange: Exchange, engine: Engine, proxy: ProxyAddress | None) -> Response:
    reader = request.body.open(exchange.runtime) if request.body.data is None else None
    try:
        raw = await engine.handle(raw_request(request, reader, exchange, engine.hush, proxy))
    finally:
        if reader is not None:
            await reader.aclose()
    version = raw.extensions["http_version"].decode("ascii", "replace")
    exchange.answered = version in _VERSIONS
    download = Download(raw, engine, request, exchange)
    headers = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in raw.headers])
    doubt = "the response has both a Content-Length and a Transfer-Encoding" if _is_ambiguous(headers) else ""
    if doubt or not exchange.answered:
        await download.aclose()
        raise Fault(ProtocolProblem, detail=doubt or "the response is of an unknown version of HTTP")
    return Response(
        raw.status,
        headers=headers,
        stream=download,
        request=request,
        http_version=version,
        connection=None if exchange.stream is None else exchange.stream.label,
    )


def _is_ambiguous(headers: Headers[str]) -> bool:
    """Whether two readers could see different ends of the body: the seam that response smuggling needs (RFC 9112, 11.2)."""
    return "transfer-encoding" in headers and "content-length" in headers


class Httpx2Transport(_Transport):
    """Sends the requests of `Client`. It may be shared between threads, and works on after a fork.

    Args:
        verify: True trusts what the system trusts; a path names a file or folder of certificates; an `ssl.SSLContext` rules
            all by itself; False trusts anyone, and warns.
        cert: The client's certificate: a path, (certificate, key) or (certificate, key, password).
        http2: Whether HTTP/2 is offered to https servers. A connection serves one request at a time all the same.
        proxy: URL of a proxy for all requests: `http://`, `https://` or `socks5://`.
        trust_env: Whether `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are read, once, when it is built.
        max_connections: Requests on their way at a time; further ones queue.
        max_keepalive_connections: Idle connections kept.
        keepalive_expiry: Seconds that an idle connection is kept.
        uds: Path of a socket in the file system to connect to, whatever the host.
        local_address: Address of this machine to connect from.

    Raises:
        UsageError: An option cannot be used; the message names it.
    """

    is_blocking = True
    _kind = BlockingEngine


class AsyncHttpx2Transport(_Transport):
    """Sends the requests of `AsyncClient`; takes the arguments of `Httpx2Transport`. Each event loop has its own connections."""

    is_blocking = False
    _kind = AsyncioEngine


def _after_fork() -> None:
    for transport in list(_all):
        transport.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
