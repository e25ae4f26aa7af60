"""From a request to what httpcore2 sends. Secrets are revealed here, and only into the list that is handed over."""

import logging
from typing import Any

import httpcore2

from seawall.model import BodyReader, Request, reveal

from ..sockets import Exchange, ProxyAddress, Upload, check_sendable, framing

__all__ = ["raw_request"]

_LOGS = [logging.getLogger(f"httpcore2.{name}") for name in ("http11", "http2", "proxy", "socks")]


def raw_request(
    request: Request, reader: BodyReader | None, exchange: Exchange, hush: Any, proxy: ProxyAddress | None
) -> httpcore2.Request:
    """Serialise the head of a request.

    Args:
        request: What to send.
        reader: One sending of its body; None for a body in memory.
        exchange: Travels in place of the timeouts.
        hush: Keeps httpcore2's log from showing header fields, which it would write at level DEBUG.
        proxy: What stands between, or None; SOCKS wants IPv6 addresses without brackets.

    Raises:
        UsageError: The method or a header cannot be sent.
    """
    origin = request.origin
    socks = proxy is not None and proxy.is_socks
    host = f"[{origin.host}]" if ":" in origin.host and not socks else origin.host
    check_sendable(request)  # httpcore2 checks a little less, and under HTTP/2 less still
    return httpcore2.Request(
        request.method.encode("ascii"),
        httpcore2.URL(
            scheme=origin.scheme.encode(), host=host.encode("ascii"), port=origin.port, target=request.target.encode("ascii")
        ),
        headers=[
            *[(name.encode("ascii"), value.encode("ascii")) for name, value in framing(request)],
            *[(name.encode("ascii"), reveal(value).encode("latin-1")) for name, value in request.headers.items()],
        ],
        content=request.body.data if reader is None else Upload(reader, exchange),
        extensions=_extensions(exchange, hush),
    )


def _extensions(exchange: Exchange, hush: Any) -> dict[str, Any]:
    timeout = {"connect": exchange, "read": exchange, "write": exchange, "pool": exchange.clocks.left()}
    loud = any(log.isEnabledFor(logging.DEBUG) for log in _LOGS)
    return {"timeout": timeout, "trace": hush} if loud else {"timeout": timeout}
