"""Which network transport a client gets that names none."""

from typing import Any

from .httpx2 import AsyncHttpx2Transport, Httpx2Transport
from .sockets import Proxies
from .wire import AsyncWireTransport, WireTransport

__all__ = ["NetworkTransport", "network_transport"]

NetworkTransport = WireTransport | AsyncWireTransport | Httpx2Transport | AsyncHttpx2Transport


def network_transport(*, is_blocking: bool, **options: Any) -> NetworkTransport:
    """Make the engine of our own, or httpx2's where HTTP/2 or a SOCKS proxy is asked for.

    Args:
        is_blocking: Whether it is for `Client`.
        options: What the client was told of the network.

    Raises:
        UsageError: An option cannot be used; the message names it.
    """
    http2 = options.pop("http2", False)
    if http2 or Proxies(options.get("proxy"), options.get("trust_env", False)).has_socks:
        return (Httpx2Transport if is_blocking else AsyncHttpx2Transport)(http2=http2, **options)
    return (WireTransport if is_blocking else AsyncWireTransport)(**options)
