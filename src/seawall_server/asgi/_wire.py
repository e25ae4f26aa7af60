"""The shapes of ASGI, and the few things that are done to them."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from .._answer import Answer
from .._exchange import Exchange

__all__ = ["App", "Message", "Receive", "Scope", "Send", "begin", "decoded", "field", "joined", "raw", "respond"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
_EXCHANGE = "seawall_server.exchange"


def field(scope: Scope, name: bytes) -> str | None:
    """Return the first header field of a request by its name in lower case, or None."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def joined(scope: Scope, name: bytes) -> str | None:
    """Return a header field whose lines make one list (RFC 9110, section 5.3), by its name in lower case, or None."""
    lines = [value for key, value in scope["headers"] if key == name]
    return b", ".join(lines).decode("latin-1") if lines else None


def begin(scope: Scope) -> Exchange:
    """Return the exchange of a request, the same for every layer that asks."""
    exchange: Exchange | None = scope.get(_EXCHANGE)
    if exchange is None:
        exchange = scope[_EXCHANGE] = Exchange(field(scope, b"x-request-id"), field(scope, b"traceparent"))
    return exchange


def raw(fields: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return header fields as ASGI wants them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]


def decoded(fields: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Return header fields as text."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in fields]


async def respond(found: Answer, send: Send) -> None:
    """Send a whole response."""
    await send({"type": "http.response.start", "status": found.status, "headers": raw(found.headers)})
    await send({"type": "http.response.body", "body": found.body})
