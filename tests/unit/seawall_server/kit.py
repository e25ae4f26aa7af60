"""Asking ASGI apps without a socket, so that every message can be seen."""

import asyncio
import json
from typing import Any

from seawall_server import ProblemError


class AgentForbidden(ProblemError):
    """As the generator writes it."""

    code = "AGENT_FORBIDDEN"
    status = 403
    detail = "Forbidden"

    def __init__(self, *, resource: str) -> None:
        super().__init__(resource=resource)


class Seen:
    """What an app sent."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def send(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        (head,) = [message for message in self.messages if message["type"] == "http.response.start"]
        return int(head["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


def scope_of(method: str = "GET", path: str = "/", headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The scope of a request."""
    fields = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": fields}


def ask(app: Any, method: str = "GET", path: str = "/", *, headers: dict[str, str] | None = None, body: bytes = b"") -> Seen:
    """Make one request, its body in two pieces."""
    middle = len(body) // 2
    return feed(
        app,
        scope_of(method, path, headers),
        {"type": "http.request", "body": body[:middle], "more_body": True},
        {"type": "http.request", "body": body[middle:]},
    )


def feed(app: Any, scope: dict[str, Any], *messages: dict[str, Any]) -> Seen:
    """Run an app on messages of the client."""
    seen, left = Seen(), list(messages)

    async def receive() -> Any:
        return left.pop(0) if left else {"type": "http.disconnect"}

    asyncio.run(app(scope, receive, seen.send))
    return seen


async def respond(send: Any, status: int, *pieces: bytes, **headers: str) -> None:
    """Send a response piece by piece."""
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    for number, piece in enumerate(pieces, 1):
        await send({"type": "http.response.body", "body": piece, "more_body": number < len(pieces)})
