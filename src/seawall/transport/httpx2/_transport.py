"""The two transports: one text, and one engine per world."""

from typing import ClassVar

from seawall.model import Clocks, Headers, Origin, Request, Response, Runtime
from seawall.problems import ProtocolProblem

from ..sockets import (
    KEEPALIVE_EXPIRY,
    MAX_CONNECTIONS,
    MAX_KEEPALIVE,
    Certificate,
    EngineKey,
    Exchange,
    Fault,
    Options,
    ProxyAddress,
    Resolver,
    SocketTransport,
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
_VERSIONS = frozenset({"HTTP/1.0", "HTTP/1.1", "HTTP/2"})


class _Transport(SocketTransport[Engine]):
    """What both share; the arguments are described at `Httpx2Transport`."""

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
        max_connections_per_origin: int | None = None,
        max_keepalive_connections: int = MAX_KEEPALIVE,
        keepalive_expiry: float = KEEPALIVE_EXPIRY,
        max_connection_age: float | None = None,
        resolver: Resolver | None = None,
        uds: str | None = None,
        local_address: str | None = None,
    ) -> None:
        options = Options(
            verify=verify, cert=cert, http2=http2, proxy=proxy, trust_env=trust_env, max_connections=max_connections,
            max_connections_per_origin=max_connections_per_origin, max_keepalive_connections=max_keepalive_connections,
            keepalive_expiry=keepalive_expiry, max_connection_age=max_connection_age, resolver=resolver, uds=uds,
            local_address=local_address, is_blocking=self.is_blocking,
        )  # fmt: skip
        super().__init__(options)

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """See `Transport.send`.

        Raises:
            ApiProblem: No response came.
            UsageError: The request cannot be sent as it is.
        """
        origin = request.origin
        proxy = self._options.proxies.for_origin(origin)
        engine = self._engine((self._kind.loop(), (proxy, origin.scheme == "https")))
        exchange = _exchange(request.call.runtime, clocks, engine, origin, proxy)
        try:
            await self._slots.take(exchange, origin)
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

    def _make_engine(self, key: EngineKey) -> Engine:
        return self._kind(self._options, pool_arguments(self._options, *key[1]))


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
        max_connections_per_origin: The same for one origin: who waits for a busy one stands in no other's way. None without.
        max_keepalive_connections: Idle connections kept.
        keepalive_expiry: Seconds that an idle connection is kept.
        max_connection_age: Seconds after which a connection serves no further request. None without limit.
        resolver: A function of host and port that returns a list of IP addresses as text, or of (address, port); None for
            hosts that the system shall look up. It is asked for names alone, and for a proxy's in place of the origin's.
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
