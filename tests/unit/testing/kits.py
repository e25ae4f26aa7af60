"""The two places where scripted routes stand, behind one face: calls go in, and what the assertions say comes out."""

import re
from collections.abc import Iterable
from typing import Any

from seawall.chain import drive
from seawall.chain.runtimes import BlockingRuntime
from seawall.model import BytesBody, Call, Clocks, Headers, Request, Response
from seawall.testing import FaultServer
from seawall.transport import MockTransport
from tests.unit.testing.raw import ask

Pairs = Iterable[tuple[str, Any]]


class SocketKit:
    """A FaultServer, asked over a raw socket."""

    name = "FaultServer"

    def __init__(self, server: FaultServer) -> None:
        self.router = server

    def send(self, method: str, target: str, headers: Pairs = (), body: bytes = b"") -> str:
        """Make a call; the result is the status line and the body."""
        fields = "".join(f"{name}: {value}\r\n" for name, value in (*headers, ("Connection", "close")))
        head = f"{method} {target} HTTP/1.1\r\nContent-Length: {len(body)}\r\n{fields}\r\n"
        data, _ = ask(self.router, head.encode("latin-1") + body)
        head_text, _, content = data.decode().partition("\r\n\r\n")
        return f"{head_text.split(' ')[1]} {content}"


class MemoryKit:
    """A MockTransport, asked in this thread."""

    name = "MockTransport"

    def __init__(self, transport: MockTransport) -> None:
        self.router = transport
        self._runtime = BlockingRuntime()

    def send(self, method: str, target: str, headers: Pairs = (), body: bytes = b"") -> str:
        """Make a call; the result is the status and the body."""
        response = self.answer(method, target, headers, BytesBody(body))
        return f"{response.status} {response.content.decode()}"

    def answer(self, method: str, target: str, headers: Pairs = (), body: Any = None, **more: Any) -> Response:
        """Make a call; the result is the response."""
        url = target if "://" in target else f"https://api.acme.example{target}"
        request = Request(method, url, Headers(list(headers)), body or BytesBody(b""), call=Call(self._runtime), **more)
        return drive(self.router.send(request, Clocks(self._runtime.monotonic)))


Kit = SocketKit | MemoryKit


def lines(error: BaseException) -> list[str]:
    """What an assertion said, line by line, without the sizes of bodies."""
    return [re.sub(r" \(\d+ bytes\)", "", line) for line in str(error).splitlines()]
