"""A bare engine on httptools, the yardstick for Seawall's own: what HTTP/1.1 costs with the checks that safety needs.

It makes a parser for each exchange, checks and joins header fields, bounds the head, keeps a read and a total clock by one timer
handle, keeps idle connections last in, first out, and drops a connection that spoke unasked. It has no policies, no proxies, no
streams, no limit of connections and no account of what was sent.
"""

import asyncio
import re
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import cast
from urllib.parse import urlsplit

import httptools

from benchmarks._compare_bare import trust
from benchmarks._compare_cases import Target
from benchmarks._compare_worker import AsyncCall, Call

__all__ = ["ASYNCHRONOUS", "BLOCKING"]

CONNECT, READ, TOTAL = 10.0, 10.0, 30.0  # seconds
MAX_HEAD = 64 * 1024  # bytes
PIECE = 64 * 1024  # bytes
FIELDS = {"user-agent": "benchmark/1.0.0", "accept": "*/*", "x-app-version": "1.0.0"}
breaks_line = re.compile("[\r\n\0]").search


class EngineError(Exception):
    """An exchange came to nothing."""


class Answer:
    """What comes back on one exchange: the callbacks of its parser."""

    status = head_size = 0
    is_whole = is_desynchronised = keeps = False

    def __init__(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.fields: list[tuple[bytes, bytes]] = []
        self.pieces: list[bytes] = []

    def on_message_begin(self) -> None:
        if self.is_whole:
            self.is_desynchronised = True
        else:
            self.fields = []

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self.parser.get_status_code()
        if status >= 200:
            self.status, self.keeps = status, self.parser.should_keep_alive()

    def on_body(self, data: bytes) -> None:
        self.pieces.append(data)

    def on_message_complete(self) -> None:
        if self.status:
            self.is_whole = True
            del self.parser  # it holds this object, and would leave both to the garbage collector

    def feed(self, data: bytes) -> None:
        if not self.status:
            self.head_size += len(data)
            if self.head_size > MAX_HEAD + PIECE * 4:
                raise EngineError("the head is too long")
        self.parser.feed_data(data)


def written(method: str, path: str, host: str, fields: dict[str, str], body: bytes | None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1\r\nhost: {host}\r\n"]
    for name, value in fields.items():
        if breaks_line(name) or breaks_line(value):
            raise ValueError("a field breaks its line")
        lines.append(f"{name}: {value}\r\n")
    if body is not None:
        lines.append(f"content-length: {len(body)}\r\n")
    lines.append("\r\n")
    head = "".join(lines).encode("latin-1")
    return head if body is None else head + body


class Connection(asyncio.Protocol):
    """A connection of the asyncio engine, and the clocks of the exchange that is on it."""

    transport: asyncio.Transport
    answer: Answer
    timer: asyncio.TimerHandle

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiter: asyncio.Future[None] | None = None
        self.is_gone = False
        self.heard = self.end = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's are of no class of asyncio's

    def data_received(self, data: bytes) -> None:
        waiter = self.waiter
        if waiter is None:  # nobody asked
            self.drop()
            return
        self.heard = self.loop.time()
        try:
            self.answer.feed(data)
        except Exception as error:
            self._fail(error)
        else:
            if self.answer.is_whole and not waiter.done():
                waiter.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_gone = True
        self._fail(EngineError("reset" if error else "closed"))

    def drop(self) -> None:
        self.is_gone = True
        self.transport.abort()

    async def exchange(self, request: bytes) -> Answer:
        loop = self.loop
        answer = self.answer = Answer()
        waiter = self.waiter = loop.create_future()
        self.heard = now = loop.time()
        self.end = now + TOTAL
        self.timer = loop.call_at(now + READ, self._look)
        try:
            self.transport.write(request)
            await waiter
        except BaseException:
            self.drop()
            raise
        finally:
            self.timer.cancel()
            self.waiter = None
        return answer

    def _look(self) -> None:
        """One timer serves both clocks: it is set anew for as long as something was heard since."""
        now = self.loop.time()
        if now >= self.end or now - self.heard >= READ:
            self._fail(EngineError("too late"))
        else:
            self.timer = self.loop.call_at(min(self.end, self.heard + READ), self._look)

    def _fail(self, error: Exception) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(error)


class AsyncEngine:
    """Connections of one loop, by origin."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._loop, self._context = asyncio.get_running_loop(), context
        self._idle: dict[tuple[str, int], deque[Connection]] = {}

    async def send(self, method: str, host: str, port: int, path: str, fields: dict[str, str], body: bytes | None) -> bytes:
        request = written(method, path, f"{host}:{port}", fields, body)
        origin = (host, port)
        idle = self._idle.get(origin)
        if idle is None:
            idle = self._idle[origin] = deque()
        connection = self._kept(idle) or await self._connected(host, port)
        answer = await connection.exchange(request)
        if answer.keeps and not answer.is_desynchronised and not connection.is_gone:
            idle.append(connection)
        else:
            connection.drop()
        return b"".join(answer.pieces)

    @staticmethod
    def _kept(idle: deque[Connection]) -> Connection | None:
        while idle:
            connection = idle.pop()
            if not connection.is_gone and not connection.transport.is_closing():
                return connection
        return None

    async def _connected(self, host: str, port: int) -> Connection:
        async with asyncio.timeout(CONNECT):
            return (await self._loop.create_connection(lambda: Connection(self._loop), host, port, ssl=self._context))[1]


class Socket:
    """A connection of the blocking engine, with the poll object that tells whether it spoke unasked."""

    __slots__ = ("poll", "socket")

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        plain = socket.create_connection((host, port), CONNECT)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = plain if context is None else context.wrap_socket(plain, server_hostname=host)
        self.poll = select.poll()
        self.poll.register(self.socket, select.POLLIN)

    def exchange(self, request: bytes) -> Answer:
        wire, answer, end = self.socket, Answer(), time.monotonic() + TOTAL
        receive, feed = wire.recv, answer.feed
        wire.settimeout(min(READ, TOTAL))
        wire.sendall(request)
        while True:
            data = receive(PIECE)
            if not data:
                raise EngineError("closed")
            feed(data)
            if answer.is_whole:
                return answer
            left = end - time.monotonic()
            if left <= 0:
                raise EngineError("too late")
            wire.settimeout(min(READ, left))


class Engine:
    """Connections of all threads, by origin."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        self._idle: dict[tuple[str, int], deque[Socket]] = {}

    def send(self, method: str, host: str, port: int, path: str, fields: dict[str, str], body: bytes | None) -> bytes:
        request = written(method, path, f"{host}:{port}", fields, body)
        idle = self._idle.get((host, port))
        if idle is None:
            idle = self._idle.setdefault((host, port), deque())
        connection = self._connection(idle, host, port)
        try:
            answer = connection.exchange(request)
        except BaseException:
            connection.socket.close()
            raise
        if answer.keeps and not answer.is_desynchronised:
            idle.append(connection)
        else:
            connection.socket.close()
        return b"".join(answer.pieces)

    def _connection(self, idle: deque[Socket], host: str, port: int) -> Socket:
        while True:
            try:
                connection = idle.pop()
            except IndexError:
                return Socket(host, port, self._context)
            if not connection.poll.poll(0):
                return connection
            connection.socket.close()


def _blocking(target: Target) -> Call:
    engine, url, body, method = Engine(trust(target)), urlsplit(target.url), target.body, target.method
    host, port, path = url.hostname or "", url.port or 0, url.path
    return lambda: len(engine.send(method, host, port, path, FIELDS, body))


async def _asynchronous(target: Target) -> AsyncCall:
    engine, url, body, method = AsyncEngine(trust(target)), urlsplit(target.url), target.body, target.method
    host, port, path = url.hostname or "", url.port or 0, url.path

    async def call() -> int:
        return len(await engine.send(method, host, port, path, FIELDS, body))

    return call


BLOCKING: dict[str, Callable[[Target], Call]] = {"prototype": _blocking}
ASYNCHRONOUS: dict[str, Callable[[Target], Awaitable[AsyncCall]]] = {"prototype": _asynchronous}
