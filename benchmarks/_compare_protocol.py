"""The floor: a protocol that writes bytes made beforehand and waits for as many as content-length says. It checks nothing."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import cast
from urllib.parse import urlsplit

from benchmarks._compare_bare import trust
from benchmarks._compare_cases import Target
from benchmarks._compare_worker import AsyncCall, Call

__all__ = ["ASYNCHRONOUS", "BLOCKING"]

LENGTH = b"\r\nContent-Length: "
END = b"\r\n\r\n"


class Matching(asyncio.Protocol):
    """One connection; `answer` gets the body."""

    transport: asyncio.Transport
    answer: asyncio.Future[bytes]
    pieces: list[bytes]
    missing: int

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's are of no class of asyncio's

    def begin(self, request: bytes, answer: asyncio.Future[bytes]) -> None:
        self.answer, self.missing, self.pieces = answer, -1, []
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self.missing < 0:
            begin = data.index(LENGTH) + len(LENGTH)
            self.missing = int(data[begin : data.index(b"\r\n", begin)])
            data = data[data.index(END, begin) + len(END) :]
        self.pieces.append(data)
        self.missing -= len(data)
        if self.missing == 0:
            self.answer.set_result(b"".join(self.pieces))


async def _asynchronous(target: Target) -> AsyncCall:
    loop, url, body = asyncio.get_running_loop(), urlsplit(target.url), target.body
    length = "" if body is None else f"Content-Length: {len(body)}\r\n"
    request = f"{target.method} {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\n{length}\r\n".encode() + (body or b"")
    host, port = url.hostname or "", url.port or 0
    context, idle = trust(target), deque[Matching]()

    async def call() -> int:
        if idle:
            connection = idle.pop()
        else:
            _, connection = await loop.create_connection(Matching, host, port, ssl=context)
        answer = loop.create_future()
        connection.begin(request, answer)
        content = await answer
        idle.append(connection)
        return len(content)

    return call


BLOCKING: dict[str, Callable[[Target], Call]] = {}
ASYNCHRONOUS: dict[str, Callable[[Target], Awaitable[AsyncCall]]] = {"protocol": _asynchronous}
