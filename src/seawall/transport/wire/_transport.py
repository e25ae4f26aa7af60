"""The two transports of Seawall's own engine: one text, and one set of connections per world."""

import asyncio

from seawall.model import Clocks, Request, Response, UsageError

from ..sockets import (
    KEEPALIVE_EXPIRY,
    MAX_CONNECTIONS,
    MAX_KEEPALIVE,
    Certificate,
    EngineKey,
    Exchange,
    Options,
    Resolver,
    SocketTransport,
    Verify,
    Wait,
    wait_asyncio,
    wait_blocking,
)
from ._body import WireBody
from ._connection import Connection
from ._engine import Engine
from ._outcome import judge
from ._reader import ResponseReader
from ._route import Route
from ._send import exchange_heads

__all__ = ["AsyncWireTransport", "WireTransport"]


class _Transport(SocketTransport[Engine]):
    """What both share; the arguments are described at `WireTransport`."""

    def __init__(
        self,
        *,
        verify: Verify = True,
        cert: Certificate | None = None,
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
            verify=verify, cert=cert, http2=False, proxy=proxy, trust_env=trust_env, max_connections=max_connections,
            max_connections_per_origin=max_connections_per_origin, max_keepalive_connections=max_keepalive_connections,
            keepalive_expiry=keepalive_expiry, max_connection_age=max_connection_age, resolver=resolver, uds=uds,
            local_address=local_address, is_blocking=self.is_blocking,
        )  # fmt: skip
        if options.proxies.has_socks:
            raise UsageError("proxy: a SOCKS proxy needs Httpx2Transport (AsyncHttpx2Transport)")
        super().__init__(options)

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """See `Transport.send`.

        Raises:
            ApiProblem: No response came.
            UsageError: The request cannot be sent as it is.
        """
        engine = self._engine((self._loop(), None))
        route = engine.route(request.origin)
        exchange = Exchange(request.call.runtime, clocks, self._wait(), proxied=route.is_proxied)
        try:
            await self._slots.take(exchange, route.origin)
            connection, reader = await exchange_heads(request, exchange, engine, route)
            return _response(request, exchange, connection, reader, engine, route)
        except BaseException as error:
            problem = judge(error, request, exchange)
            exchange.finish()
            if problem is None:
                raise
        raise problem

    def _make_engine(self, key: EngineKey) -> Engine:
        return Engine(self._options)

    @staticmethod
    def _loop() -> asyncio.AbstractEventLoop | None:
        raise NotImplementedError

    @staticmethod
    def _wait() -> Wait:
        raise NotImplementedError


def _response(
    request: Request, exchange: Exchange, connection: Connection, reader: ResponseReader, engine: Engine, route: Route
) -> Response:
    """What came whole with its head needs no stream, unless the caller reads it as one."""
    content, body, label = b"", None, connection.label
    if reader.is_clean and not connection.poisoned and not request.call.options.stream:
        pieces = reader.pieces
        content = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        engine.keep(route, connection, exchange)
    else:
        body = WireBody(request, exchange, connection, reader, engine, route)
    head = reader.head
    assert head is not None
    return Response(
        reader.status,
        headers=head.headers,
        content=content,
        stream=body,
        request=request,
        http_version="HTTP/1.1" if head.is_11 else "HTTP/1.0",
        connection=label,
    )


class WireTransport(_Transport):
    """Sends the requests of `Client` over HTTP/1.1. It may be shared between threads, and works on after a fork.

    Args:
        verify: True trusts what the system trusts; a path names a file or folder of certificates; an `ssl.SSLContext` rules
            all by itself; False trusts anyone, and warns.
        cert: The client's certificate: a path, (certificate, key) or (certificate, key, password).
        proxy: URL of a proxy for all requests: `http://` or `https://`.
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

    @staticmethod
    def _loop() -> None:
        """Threads share the connections."""

    @staticmethod
    def _wait() -> Wait:
        return wait_blocking


class AsyncWireTransport(_Transport):
    """Sends the requests of `AsyncClient`; takes the arguments of `WireTransport`. Each event loop has its own connections."""

    is_blocking = False

    @staticmethod
    def _loop() -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    @staticmethod
    def _wait() -> Wait:
        return wait_asyncio
