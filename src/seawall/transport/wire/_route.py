"""How a request reaches its origin: straight, through a proxy that forwards it, or through a tunnel."""

import base64
import ssl

from seawall.model import Origin, Request
from seawall.problems import ProxyProblem, TlsProblem

from ..sockets import Dialer, Exchange, Fault, Options, Pipe, ProxyAddress, Wire, secure
from ._connection import Connection
from ._pool import Key
from ._reader import Phase, ResponseReader

__all__ = ["Route"]


class Route:
    """The way to one origin.

    Args:
        origin: Where a request goes.
        proxy: What it goes through, or None.
        options: The transport's.

    Attributes:
        origin: Where a request goes.
        key: What a connection made for it is good for.
        is_forwarded: Whether a proxy takes requests and sends them on itself.
        is_proxied: Whether a proxy stands between.
    """

    __slots__ = ("_options", "_proxy", "is_forwarded", "is_proxied", "key", "origin")

    def __init__(self, origin: Origin, proxy: ProxyAddress | None, options: Options) -> None:
        self.origin = origin
        self._proxy = proxy
        self._options = options
        self.is_proxied = proxy is not None
        self.is_forwarded = proxy is not None and origin.scheme == "http"
        self.key: Key = (proxy, None) if self.is_forwarded else (proxy, origin)

    def extra_fields(self) -> tuple[tuple[str, str], ...]:
        """Fields that a proxy wants of each request that it forwards."""
        return _credentials(self._proxy) if self.is_forwarded else ()

    def target(self, request: Request) -> str:
        """What the first line of a request names (RFC 9112, section 3.2)."""
        return f"http://{self.origin.netloc}{request.target}" if self.is_forwarded else request.target

    async def connect(self, dialer: Dialer, exchange: Exchange, session: ssl.SSLSession | None) -> tuple[Wire, Pipe]:
        """Make a connection that requests can be sent through.

        Raises:
            Fault: It could not be done.
        """
        wire = await self._reach(dialer, exchange)
        try:
            pipe: Pipe = wire
            if self._proxy is not None:
                if self._proxy.scheme == "https":
                    pipe = await secure(wire, pipe, self._options.proxy_tls, self._proxy.host, exchange)
                if not self.is_forwarded:
                    await self._tunnel(wire, pipe, exchange)
            if self.origin.scheme == "https":
                pipe = tls = await secure(wire, pipe, self._options.tls, self.origin.host, exchange, session)
                if tls.object.selected_alpn_protocol() == "h2":
                    raise Fault(TlsProblem, detail="the SSLContext offered HTTP/2 and the server took it: use Httpx2Transport")
        except BaseException:
            wire.close()
            raise
        return wire, pipe

    async def _reach(self, dialer: Dialer, exchange: Exchange) -> Wire:
        path, end = self._options.uds, self._proxy or self.origin
        if path is not None:
            return await dialer.connect_path(path, exchange)
        return await dialer.connect_tcp(end.host, end.port, exchange)

    async def _tunnel(self, wire: Wire, pipe: Pipe, exchange: Exchange) -> None:
        """Ask the proxy for a tunnel (RFC 9110, section 9.3.6). What it answers is its own, never the server's."""
        host = f"[{self.origin.host}]" if ":" in self.origin.host else self.origin.host
        place = f"{host}:{self.origin.port}"
        fields = "".join(f"{name}: {value}\r\n" for name, value in _credentials(self._proxy))
        greeting, reader = Connection(wire, pipe, 0.0), ResponseReader(bodiless=True)
        await greeting.send(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{fields}\r\n".encode("ascii"), exchange, reader)
        while reader.phase is Phase.HEAD:
            await greeting.receive(exchange, reader)
        reader.forget()
        if not 200 <= reader.status < 300:
            raise Fault(ProxyProblem, detail=f"the proxy refused the tunnel with status {reader.status}")
        if reader.extra:
            raise Fault(ProxyProblem, detail="the proxy sent something behind its answer to CONNECT")


def _credentials(proxy: ProxyAddress | None) -> tuple[tuple[str, str], ...]:
    """The field that shows who asks (RFC 9110, section 11.7.2); made anew each time, so that it lies nowhere in the clear."""
    if proxy is None or proxy.user is None:
        return ()
    return (("Proxy-Authorization", "Basic " + base64.b64encode(b":".join(proxy.user)).decode("ascii")),)
