"""`Expect: 100-continue`: the server is asked before the body leaves (RFC 9110, section 10.1.1)."""

import socket
import ssl
from typing import Any

import pytest

import seawall.transport.wire._send as sending
from seawall.model import BytesBody, Clocks, Request, Sent, StreamBody
from seawall.problems import DisconnectProblem
from seawall.testing import TlsIdentity
from tests.unit.transport.network_worlds import NAMES, SECONDS, World, listen

BODY = b"x" * 1000
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


@pytest.fixture(params=[name for name in NAMES if name.startswith("wire")])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=[name for name in NAMES if name.startswith("httpx2")])
def other(request: pytest.FixtureRequest) -> World:
    return World(request.param)


class Server:
    """Says `first` to a head, then reads the body if it wants it, and answers.

    Args:
        first: Bytes sent when the head is there.
        wants: Bytes of the body to wait for before `then` is sent.
        then: Bytes sent in the end.
        context: Speaks TLS with it.
    """

    def __init__(self, first: bytes, *, wants: int = 0, then: bytes = b"", context: ssl.SSLContext | None = None) -> None:
        self._first, self._wants, self._then = first, wants, then
        self._context = context
        self.came_with_head = self.body = b""
        port, self.thread = listen(self._handle if context is None else self._handle_secretly)
        self.url = f"{'http' if context is None else 'https'}://127.0.0.1:{port}/"

    def _handle_secretly(self, connection: socket.socket) -> None:
        assert self._context is not None
        with self._context.wrap_socket(connection, server_side=True) as secret:
            self._handle(secret)

    def _handle(self, connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        self.came_with_head = self.body = data.partition(b"\r\n\r\n")[2]
        connection.sendall(self._first)
        while len(self.body) < self._wants:
            self.body += connection.recv(65536)
        connection.sendall(self._then)
        self.rest = connection.recv(65536)


def post(world: World, server: Server, body: Any) -> Request:
    return world.request(server.url, "POST", headers=[("Expect", "100-continue")], body=body)


def ask(world: World, server: Server, body: Any = None, clocks: Clocks | None = None, **options: Any) -> bytes:
    async def work() -> bytes:
        transport = world.transport(**options)
        try:
            _, content = await world.send(transport, post(world, server, body or BytesBody(BODY)), clocks)
            return content
        finally:
            await transport.aclose()

    content = world.run(work())
    server.thread.join()
    return content


@pytest.mark.parametrize("first", [CONTINUE, EARLY + CONTINUE], ids=["100", "103, 100"])
@pytest.mark.parametrize("body", [lambda: BytesBody(BODY), lambda: StreamBody([BODY], length=1000)], ids=["bytes", "stream"])
def test_the_body_follows_the_servers_word(world: World, first: bytes, body: Any) -> None:
    """The body leaves after the server's 100, not with the head, and the final answer is delivered."""
    server = Server(first, wants=1000, then=OK)
    assert ask(world, server, body()) == b"ok"
    assert (server.came_with_head, server.body) == (b"", BODY)


def test_a_refusal_saves_the_body(world: World) -> None:
    """A final answer in place of the 100 is delivered, the body is never sent, and the connection is not used again."""
    server = Server(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
    assert ask(world, server) == b"big"
    assert (server.body, server.rest) == (b"", b"")


def test_a_server_that_says_nothing_gets_the_body(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many servers know no Expect: after a while the body leaves all the same."""
    monkeypatch.setattr(sending, "CONTINUE", 0.05)
    server = Server(b"", wants=1000, then=OK)
    assert ask(world, server) == b"ok"
    assert server.body == BODY


def test_an_end_in_place_of_an_answer(world: World) -> None:
    """A server that closes instead of answering is a disconnect, and the request may have been seen."""
    port, _ = listen(lambda connection: connection.recv(65536))

    async def work() -> DisconnectProblem:
        transport = world.transport()
        request = world.request(f"http://127.0.0.1:{port}/", "POST", headers=[("Expect", "100-continue")], body=BytesBody(BODY))
        with pytest.raises(DisconnectProblem) as caught:
            await world.send(transport, request)
        await transport.aclose()
        return caught.value

    assert world.run(work()).sent is Sent.MAYBE


def test_no_body_waits_for_nothing(world: World) -> None:
    """A request without a body asks for nothing, and its answer comes at once."""
    server = Server(b"", then=OK)
    assert ask(world, server, BytesBody(b"")) == b"ok"


def test_tickets_are_not_the_servers_word(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under TLS 1.3 a server that says nothing gets the body, too: the tickets that come first neither allow nor prevent it."""
    monkeypatch.setattr(sending, "CONTINUE", 0.1)
    identity = TlsIdentity()
    server = Server(b"", wants=1000, then=OK, context=identity.server_context())
    assert ask(world, server, verify=identity.client_context()) == b"ok"
    assert (server.came_with_head, server.body) == (b"", BODY)


def test_a_short_read_clock_is_no_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read clock that is shorter than the wait for the server's word ends that wait, and not the call."""
    monkeypatch.setattr(sending, "CONTINUE", SECONDS)
    server = Server(b"", wants=1000, then=OK)
    assert ask(world, server, clocks=world.clocks(read=0.2)) == b"ok"
    assert server.body == BODY


def test_what_follows_a_100_does_not_hide_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 103 in the same packet behind the 100 takes nothing back: the body leaves, long before patience would be over."""
    monkeypatch.setattr(sending, "CONTINUE", 10 * SECONDS)
    server = Server(CONTINUE + EARLY, wants=1000, then=OK)
    assert ask(world, server, clocks=world.clocks(total=3.0)) == b"ok"
    assert (server.came_with_head, server.body) == (b"", BODY)


@pytest.mark.parametrize("first", [b"", CONTINUE, EARLY + CONTINUE], ids=["nothing", "100", "103, 100"])
def test_the_other_engine_waits_for_nothing(other: World, first: bytes) -> None:
    """Over httpcore2 the body leaves unasked, whatever the server says to the head, and the final answer is delivered."""
    server = Server(first, wants=1000, then=OK)
    assert ask(other, server) == b"ok"
    assert server.body == BODY


def test_a_refusal_reaches_the_other_engine(other: World) -> None:
    """Over httpcore2 a final answer in place of the 100 is delivered, too."""
    server = Server(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno", wants=1000)
    assert ask(other, server) == b"no"
