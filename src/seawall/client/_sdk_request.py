"""From a request of httpx2 or httpx to ours."""

from collections.abc import Mapping
from typing import Any

from seawall.model import Body, BytesBody, Call, Headers, HeaderValue, Request

from ._sdk_bodies import HostBody
from ._sdk_host import Host

__all__ = ["keep_clocks", "own_request"]


def own_request(theirs: Any, host: Host) -> Request:
    """Return a request that asks the same, with the same fields; credentials among them are wrapped when it gets its call.

    Args:
        theirs: The host's request.
        host: Its library.
    """
    headers: Headers[HeaderValue] = Headers(
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in theirs.headers.raw]
    )
    body = _body(theirs, host, headers.get("content-type"))
    return Request(theirs.method, _address(theirs.url), headers, body, extensions=theirs.extensions)


def _address(url: Any) -> str:
    """The URL as it goes over the wire: without a user and password, of which the host has made a header field."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"


def _body(theirs: Any, host: Host, media_type: Any) -> Body:
    if isinstance(theirs.stream, host.library.ByteStream):
        return BytesBody(theirs.read(), media_type)
    return HostBody(theirs.stream)


def keep_clocks(call: Call, extensions: Mapping[str, Any]) -> None:
    """Put the host's clocks in place of ours: `connect`, `read`, `write` and `pool`."""
    clocks = extensions.get("timeout")
    if clocks is not None:
        call.clocks.connect = clocks.get("connect")
        call.clocks.read = clocks.get("read")
        call.clocks.pool = clocks.get("pool")
        call.clocks.write = clocks.get("write")
