"""A transport under test, and what a test asks of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from seawall import ApiProblem, Request, Response, Transport
from seawall.model import EMPTY, Body, BytesBody, Call, Cancel, Clocks, Headers, Runtime
from seawall.testing import FaultServer, TlsIdentity
from tests.transport_contract.subjects import Subject
from tests.worlds import World

LONG = 20.0  # seconds: a clock that no test is meant to reach
SOON = 0.15  # seconds: long enough to be a wait, short enough for a test
ENOUGH = 0.5  # seconds: enough to send something even on a busy machine, and then to run out


class Line:
    """A transport and the server it talks to.

    Args:
        transport: What is tested.
        runtime: Its world.
        url: The server's base URL.
    """

    def __init__(self, transport: Transport, runtime: Runtime, url: str) -> None:
        self.transport = transport
        self.runtime = runtime
        self.url = url

    def request(self, method: str = "GET", path: str = "/", *, headers: Any = (), body: Body | bytes = EMPTY) -> Request:
        """Make a request to the server, or to an absolute URL."""
        body = BytesBody(body) if isinstance(body, bytes) else body
        url = path if "://" in path else self.url + path
        return Request(method, url, Headers(headers), body, call=Call(self.runtime))

    def clocks(
        self, total: float | None = LONG, *, connect: float = LONG, read: float = LONG, cancel: Cancel | None = None
    ) -> Clocks:
        """Make clocks that begin now."""
        now = self.runtime.monotonic
        return Clocks(now, connect, read, None if total is None else now() + total, cancel)

    async def head(self, method: str = "GET", path: str = "/", *, clocks: Clocks | None = None, **request: Any) -> Response:
        """Send a request and return as soon as the head of the response is there."""
        return await self.transport.send(self.request(method, path, **request), clocks or self.clocks())

    async def ask(self, method: str = "GET", path: str = "/", **request: Any) -> Response:
        """Send a request and read the whole response."""
        response = await self.head(method, path, **request)
        await response.aread()
        return response

    async def fail(self, method: str = "GET", path: str = "/", **request: Any) -> ApiProblem:
        """Send a request that must fail, and return its problem."""
        with pytest.raises(ApiProblem) as caught:
            await self.ask(method, path, **request)
        return caught.value


@dataclass(frozen=True)
class Bench:
    """A subject in one world.

    Args:
        subject: What is tested.
        world: The world it works in.
        identity: The good certificate of the tests.
    """

    subject: Subject
    world: World
    identity: TlsIdentity

    def make(self, **options: Any) -> Transport:
        """Make a transport; it trusts the good certificate unless told otherwise."""
        options.setdefault("verify", self.identity.client_context())
        return self.subject.make(self.world.is_blocking, **options)

    @asynccontextmanager
    async def line(self, server: FaultServer | str, **options: Any) -> AsyncIterator[Line]:
        """Make a transport that talks to a server, and close it in the end.

        Args:
            server: The server, or its base URL.
            options: Of the transport.
        """
        transport = self.make(**options)
        try:
            yield Line(transport, self.world.runtime(), server if isinstance(server, str) else server.url)
        finally:
            await transport.aclose()

    def client(self, server: FaultServer, network: Any = None, **options: Any) -> Any:
        """Make a client over the transport, without retries unless told otherwise."""
        options.setdefault("retry", False)
        return self.world.client(server.url, transport=self.make(**(network or {})), **options)
