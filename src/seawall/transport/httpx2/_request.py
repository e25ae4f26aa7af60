"""From a request to what httpcore2 sends. Secrets are revealed here, and only into the list that is handed over."""

import logging
import re
from typing import Any

import httpcore2

from seawall.model import BodyReader, Request, UsageError, check_header, reveal

from ._exchange import Exchange
from ._proxies import ProxyAddress
from ._upload import Upload

__all__ = ["raw_request"]

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch  # RFC 9110, 5.6.2
_CONTROL = re.compile(r"[^\t -~\x80-\xff]").search  # RFC 9110, 5.5
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
    if not _is_sendable(request):
        raise _refusal(request)
    return httpcore2.Request(
        request.method.encode("ascii"),
        httpcore2.URL(
            scheme=origin.scheme.encode(), host=host.encode("ascii"), port=origin.port, target=request.target.encode("ascii")
        ),
        headers=[
            *_framing(request, origin.netloc),
            *[(name.encode("ascii"), reveal(value).encode("latin-1")) for name, value in request.headers.items()],
        ],
        content=request.body.data if reader is None else Upload(reader, exchange),
        extensions=_extensions(exchange, hush),
    )


def _extensions(exchange: Exchange, hush: Any) -> dict[str, Any]:
    timeout = {"connect": exchange, "read": exchange, "write": exchange, "pool": exchange.clocks.left()}
    loud = any(log.isEnabledFor(logging.DEBUG) for log in _LOGS)
    return {"timeout": timeout, "trace": hush} if loud else {"timeout": timeout}


def _framing(request: Request, netloc: str) -> list[tuple[bytes, bytes]]:
    fields = []
    headers, length = request.headers, request.body.length
    if "host" not in headers:
        fields.append((b"Host", netloc.encode("ascii")))
    if "content-length" in headers or "transfer-encoding" in headers:
        _check_framing(request)
    elif length is None:
        fields.append((b"Transfer-Encoding", b"chunked"))
    elif length or request.method in _WITH_BODY:
        fields.append((b"Content-Length", b"%d" % length))
    return fields


def _check_framing(request: Request) -> None:
    """Two framings, or a wrong one, let a body begin another request at the other side."""
    lengths = [reveal(value) for value in request.headers.get_list("content-length")]
    codings = [reveal(value).lower() for value in request.headers.get_list("transfer-encoding")]
    if codings and (lengths or codings != ["chunked"]):
        raise UsageError("headers: Transfer-Encoding can only be chunked, and without a Content-Length; leave both out")
    if lengths and (len(lengths) > 1 or request.body.length not in (None, _number(lengths[0]))):
        raise UsageError("headers: Content-Length is not the length of the body; leave it out")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1


def _is_sendable(request: Request) -> bool:
    """One look at all names and one at all values: httpcore2 checks a little less, and under HTTP/2 less still."""
    pairs = request.headers.items()
    names = _TOKEN("".join([name for name, _ in pairs])) if pairs else True
    return bool(names and _TOKEN(request.method) and not _CONTROL("".join([reveal(value) for _, value in pairs])))


def _refusal(request: Request) -> UsageError:
    """Name what cannot be sent."""
    if not _TOKEN(request.method):
        return UsageError(f"method: {request.method!r} is no valid HTTP method")
    try:
        for name, value in request.headers.items():
            check_header(name, value)
    except UsageError as error:
        return UsageError(*error.args)
    return UsageError("headers: a value holds a control character")
