"""The faces of the two transports. What stands on httpcore2 is loaded when one is built."""

import asyncio
from typing import Any

from seawall.model import Clocks, Request, Response, UsageError

from ..sockets import (
    KEEPALIVE_EXPIRY,
    MAX_CONNECTIONS,
    MAX_KEEPALIVE,
    Certificate,
    EngineKey,
    Options,
    Resolver,
    SocketTransport,
    Verify,
    hide_frames,
)

__all__ = ["AsyncHttpx2Transport", "Httpx2Transport"]


class _Transport(SocketTransport[Any]):
    """What both share; the arguments are described at `Httpx2Transport`."""

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
        self._parts = _parts()
        super().__init__(options)

    async def send(self, request: Request, clocks: Clocks) -> Response:
        """See `Transport.send`.

        Raises:
            ApiProblem: No response came.
            UsageError: The request cannot be sent as it is.
        """
        origin, parts = request.origin, self._parts
        proxy = self._options.proxies.for_origin(origin)
        loop = None if self.is_blocking else asyncio.get_running_loop()
        engine = self._engine((loop, (proxy, origin.scheme == "https")))
        exchange = parts.begin(request.call.runtime, clocks, engine, origin, proxy)
        try:
            await self._slots.take(exchange, origin)
            exchange.check()
            response: Response = await parts.send(request, exchange, engine, proxy)
        except BaseException as error:
            problem = parts.judge(error, request, exchange)
            exchange.drop()
            exchange.finish()
            if problem is None:
                hide_frames(error, parts.SERIALISED)
                raise
        else:
            return response
        raise problem

    def _make_engine(self, key: EngineKey) -> Any:
        return self._parts.make_engine(self._options, key[1], is_blocking=self.is_blocking)


def _parts() -> Any:
    """Return what stands on httpcore2: it is an extra's, and whoever asks for nothing of it does without.

    Raises:
        UsageError: It is not installed.
    """
    try:
        from . import _sending
    except ModuleNotFoundError as error:
        if error.name != "httpcore2":
            raise
    else:
        return _sending
    raise UsageError("Httpx2Transport needs a package more: install seawall[http2], or seawall[socks] for a SOCKS proxy")


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


class AsyncHttpx2Transport(_Transport):
    """Sends the requests of `AsyncClient`; takes the arguments of `Httpx2Transport`. Each event loop has its own connections."""

    is_blocking = False
