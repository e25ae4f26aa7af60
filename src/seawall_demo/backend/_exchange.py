"""One request in the storm's hands, with the socket that it came by."""

import socket
import struct
from asyncio import Transport
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_GARBAGE = b"\x16\x03\x01 this is no HTTP at all\r\n\r\n"
_PORTAL = b"<!doctype html><title>Welcome</title><p>Please log in to use this network.</p>"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class OpenSocketProtocol(H11Protocol):
    """uvicorn's protocol, but the app finds its connection's transport in `scope["state"]`."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Take a new connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


@dataclass
class Answer:
    """What the app answered."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        """Stand in for ASGI's `send`."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


@dataclass(frozen=True)
class Exchange:
    """One request and the ways to treat it well or badly."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send

    async def pass_on(self) -> None:
        """Let the app answer."""
        await self.app(self.scope, self.receive, self.send)

    async def take_effect(self) -> Answer:
        """Let the app do its work, and keep its answer back."""
        answer = Answer()
        await self.app(self.scope, self.receive, answer.take)
        return answer

    async def reset(self) -> None:
        """Close the connection with RST."""
        transport = self._transport()
        if not transport.is_closing():  # the client may have gone first
            peer: Any = transport.get_extra_info("socket")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            transport.abort()
        await self._closed()

    async def truncate(self, answer: Answer) -> None:
        """Send the whole head and half of the body, then close."""
        head = [b"HTTP/1.1 %d %s" % (answer.status, HTTPStatus(answer.status).phrase.encode())]
        head += [name + b": " + value for name, value in answer.headers]
        await self._blurt(b"\r\n".join(head) + b"\r\n\r\n" + answer.body[: len(answer.body) // 2])

    async def garble(self) -> None:
        """Send what is no HTTP, then close."""
        await self._blurt(_GARBAGE)

    async def refuse(self, status: int, *headers: tuple[bytes, bytes]) -> None:
        """Answer as a gateway does when nobody is behind it."""
        await self._respond(status, b"text/plain", HTTPStatus(status).phrase.encode(), headers)

    async def show_portal(self) -> None:
        """Answer with somebody else's log-in page."""
        await self._respond(200, b"text/html", _PORTAL, ())

    async def _respond(self, status: int, media_type: bytes, body: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        described = [(b"content-type", media_type), (b"content-length", b"%d" % len(body)), *headers]
        await self.send({"type": "http.response.start", "status": status, "headers": described})
        await self.send({"type": "http.response.body", "body": body})

    async def _blurt(self, data: bytes) -> None:
        transport = self._transport()
        transport.write(data)
        transport.close()
        await self._closed()

    async def _closed(self) -> None:
        """Wait until uvicorn knows, or it would answer 500 for an app that said nothing."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    def _transport(self) -> Transport:
        transport = self.scope["state"]["transport"]
        assert isinstance(transport, Transport)
        return transport
