"""The transport's two worlds for tests that are written once."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import ExitStack
from typing import Any, TypeVar

import uvloop

from seawall.chain import drive
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Call, Cancel, Clocks, Headers, Options, Request, Response, Runtime
from seawall.testing import FaultServer
from seawall.transport import AsyncHttpx2Transport, AsyncWireTransport, Httpx2Transport, WireTransport

T = TypeVar("T")
Transport = Httpx2Transport | AsyncHttpx2Transport | WireTransport | AsyncWireTransport
FAMILIES: dict[str, tuple[type[Any], type[Any]]] = {
    "wire": (WireTransport, AsyncWireTransport),
    "httpx2": (Httpx2Transport, AsyncHttpx2Transport),
}
NAMES = [f"{family} {name}" for family in FAMILIES for name in ("blocking", "asyncio", "uvloop")]
LOOPS = [name for name in NAMES if not name.endswith("blocking")]
SECONDS = 10.0  # a clock that no test is meant to reach


class World:
    """One world.

    Args:
        name: "blocking", "asyncio" or "uvloop", behind the family of transports: "wire asyncio".
    """

    def __init__(self, name: str) -> None:
        self.family, _, self.name = name.rpartition(" ")
        self.runtime: Runtime = BlockingRuntime() if self.name == "blocking" else AsyncioRuntime()

    def transport(self, server: FaultServer | None = None, **options: Any) -> Transport:
        """Make a transport, one that trusts the server if it has TLS."""
        if server is not None and server.url.startswith("https"):
            options.setdefault("verify", server.client_context())
        made: Transport = FAMILIES[self.family or "httpx2"][self.name != "blocking"](**options)
        return made

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Finish a coroutine here."""
        if self.name == "blocking":
            return drive(coroutine)
        return uvloop.run(coroutine) if self.name == "uvloop" else asyncio.run(coroutine)

    def start(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        """Finish a coroutine in a thread of its own; in asyncio that is a loop of its own, too."""
        future: Future[T] = Future()

        def work() -> None:
            try:
                future.set_result(self.run(coroutine))
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future

    def request(self, url: str, method: str = "GET", headers: Any = (), *, stream: bool = False, **fields: Any) -> Request:
        """Make a request that belongs to a call of this world; `stream` says that its body is read in pieces."""
        return Request(method, url, Headers(headers), call=Call(self.runtime, Options(stream=stream)), **fields)

    def clocks(
        self,
        total: float | None = SECONDS,
        *,
        connect: float | None = SECONDS,
        read: float | None = SECONDS,
        cancel: Cancel | None = None,
    ) -> Clocks:
        """Make clocks that begin now."""
        now = self.runtime.monotonic
        return Clocks(now, connect, read, None if total is None else now() + total, cancel)

    async def send(self, transport: Transport, request: Request, clocks: Clocks | None = None) -> tuple[Response, bytes]:
        """Send a request and read its whole body."""
        response = await transport.send(request, clocks or self.clocks())
        return response, await response.aread()

    def get(self, transport: Transport, url: str, clocks: Clocks | None = None, **fields: Any) -> tuple[Response, bytes]:
        """Send one request and read its whole body, and close the transport."""

        async def work() -> tuple[Response, bytes]:
            try:
                return await self.send(transport, self.request(url, **fields), clocks)
            finally:
                await transport.aclose()

        return self.run(work())

    def __repr__(self) -> str:
        return f"{self.family}-{self.name}".lstrip("-")


def listen(handle: Callable[[socket.socket], object]) -> tuple[int, threading.Thread]:
    """Serve one connection in a thread; return the port and the thread."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener:
            connection, _ = listener.accept()
        with connection:
            handle(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def full_listener(stack: ExitStack) -> int:
    """A port whose queue is full, so that no further connection is made."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
    for _ in range(8):
        filler = stack.enter_context(socket.socket())
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
    port: int = listener.getsockname()[1]
    return port


def wait_for_calls(server: FaultServer, count: int) -> None:
    """Wait until the server has seen so many calls, whatever their routes."""
    again = threading.Event()
    while len(server.calls) < count:
        again.wait(0.001)
