"""The arguments of a pool of httpcore2."""

from typing import Any

import httpcore2

from ..sockets import Options, ProxyAddress

__all__ = ["pool_arguments"]


def pool_arguments(options: Options, proxy: ProxyAddress | None, secure: bool) -> dict[str, Any]:
    """Return them.

    Args:
        options: The transport's.
        proxy: The proxy that all connections go through, or None.
        secure: Whether the pool is for https origins.
    """
    return {
        "max_connections": options.max_connections,
        "max_keepalive_connections": options.max_keepalive_connections,
        "keepalive_expiry": options.keepalive_expiry,
        "http2": options.http2,
        "uds": options.uds,
        "local_address": options.local_address,
        "proxy": None if proxy is None else _upstream(options, proxy),
        "ssl_context": options.tls if secure else None,
    }


def _upstream(options: Options, proxy: ProxyAddress) -> httpcore2.Proxy:
    url = httpcore2.URL(scheme=proxy.scheme, host=proxy.host, port=proxy.port, target="/")
    upstream = httpcore2.Proxy(url, auth=proxy.user, ssl_context=options.proxy_tls if proxy.scheme == "https" else None)
    upstream.auth = proxy.user  # in place of its own copy, which would show itself in its log
    return upstream
