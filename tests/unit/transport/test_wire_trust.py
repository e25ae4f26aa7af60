"""What the engine must not be talked into: another body, a request sent again, a connection that was not its own."""

import asyncio
import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvloop

from seawall.model import BytesBody, StreamBody, UsageError
from seawall.problems import ConnectTimeoutProblem, ProtocolProblem, TlsProblem
from seawall.testing import FaultServer, Reply
from seawall.transport.sockets import MAX_HEAD, Wire
from seawall.transport.wire._reader import ResponseReader
from tests.unit.transport.httpx2_servers import Authority, Service
from tests.unit.transport.network_worlds import World

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
WORLDS = ["wire blocking", "wire asyncio", "wire uvloop"]


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


def _read_head(connection: Any) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError
        data += piece
    return data


def _two(world: World, transport: Any, first: Any, second: Any) -> Any:
    async def work() -> Any:
        try:
            await world.send(transport, first)
            return await world.send(transport, second)
        finally:
            await transport.aclose()

    return world.run(work())


def test_a_coding_that_nobody_asked_for_is_refused_when_it_came_whole(world: World) -> None:
    """A body in an unknown transfer coding is a problem even where all of it came with its head."""

    def answer(connection: Any) -> None:
        _read_head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")

    with Service(answer) as server, pytest.raises(ProtocolProblem):
        world.get(world.transport(), f"http://127.0.0.1:{server.port}/")


def test_a_chunk_behind_the_answer_to_head_is_extra() -> None:
    """HEAD has no body, so that not even the last chunk may follow."""
    reader = ResponseReader(bodiless=True)
    reader.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert not reader.is_clean


def test_what_lies_in_the_tls_layer_reaches_nobody(world: World) -> None:
    """Bytes behind a response that came with it out of the socket, but not yet out of the TLS layer, spoil the connection."""
    authority, final = Authority(), b"HTTP/1.1 204 No\r\n\r\n"
    start = b"HTTP/1.1 103 Early\r\nX: "
    early = start + b"x" * (MAX_HEAD + 1 - len(final) - len(start) - 4) + b"\r\n\r\n"  # no more is read before a final head

    def answer(connection: Any) -> None:
        while True:
            if b" /first " in _read_head(connection):
                connection.sendall(early)
                connection.sendall(final + OK.replace(b"ok", b"no"))
            else:
                connection.sendall(OK)

    with Service(answer, authority.server) as server:
        requests = [world.request(f"https://127.0.0.1:{server.port}/{name}") for name in ("first", "second")]
        assert _two(world, world.transport(verify=authority.client), *requests)[1] == b"ok"


class _Breaking:
    """Lets the first write of a connection that is used again fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
        self.armed = False
        self._taken, self._left, self._send_now = taken, 1 + bool(taken), Wire.send_now
        monkeypatch.setattr(Wire, "send_now", lambda wire, data: self._act(wire, data))

    def _act(self, wire: Wire, data: memoryview) -> int:
        if not self.armed or not self._left:
            return self._send_now(wire, data)
        self._left -= 1
        if self._left:
            return self._send_now(wire, data[: self._taken])
        wire.socket.shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError


def test_a_request_of_which_a_part_left_under_tls_is_not_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that fails after the kernel took some of a record is not exchanged for another one."""
    with FaultServer(tls=True) as server:
        server.route("GET", "/", Reply(text="one"))
        route = server.route("POST", "/", Reply(text="two"))
        transport = world.transport(server)
        breaking = _Breaking(monkeypatch, 30_000)

        async def work() -> None:
            await world.send(transport, world.request(f"{server.url}/"))
            breaking.armed = True
            with suppress(Exception):
                await world.send(transport, world.request(f"{server.url}/", "POST", body=BytesBody(b"x" * 60_000)))
            await transport.aclose()

        world.run(work())
        assert server.connections == 1
        assert not [call for call in route.calls if call.complete]


def test_the_connection_after_a_stale_one_has_the_connect_clock(
    world: World, server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kept connection that was dead leaves no trace: connecting anew is limited as connecting is."""
    server.route("GET", "/", Reply(text="one"))
    transport, breaking = world.transport(), _Breaking(monkeypatch, 0)

    async def work() -> None:
        await world.send(transport, world.request(f"{server.url}/"))
        breaking.armed = True
        await world.send(transport, world.request(f"{server.url}/"), world.clocks(connect=0.0))

    with pytest.raises(ConnectTimeoutProblem):
        world.run(work())


def test_a_request_that_asks_to_close_is_the_last(world: World) -> None:
    """After the caller's own `Connection: close` the connection is not used again, though the server would."""

    def answer(connection: Any) -> None:
        while _read_head(connection):
            connection.sendall(OK)

    with Service(answer) as server:
        url = f"http://127.0.0.1:{server.port}/"
        first = world.request(url, headers=[("Connection", "Close")])
        response, _ = _two(world, world.transport(), first, world.request(url))
        assert (server.accepted, response.connection.startswith("new")) == (2, True)


SMUGGLED = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("body", [SMUGGLED, b"", SMUGGLED * 2000], ids=["short", "empty", "long"])
def test_the_callers_own_chunks_are_chunks(world: World, server: FaultServer, body: bytes) -> None:
    """Where the caller's field says chunked, the body comes in chunks, and cannot begin another request."""
    route = server.route("POST", "/", Reply(text="ok"))
    fields = [("Transfer-Encoding", "chunked")]
    assert world.get(world.transport(), f"{server.url}/", method="POST", headers=fields, body=BytesBody(body))[1] == b"ok"
    assert [call.body for call in route.calls] == [body]


def test_the_callers_own_length_is_kept(world: World, server: FaultServer) -> None:
    """A stream whose length the caller's field says comes without chunks."""
    route = server.route("POST", "/", Reply(text="ok"))
    fields = [("Content-Length", "5")]
    world.get(world.transport(), f"{server.url}/", method="POST", headers=fields, body=StreamBody(iter([b"hel", b"lo"])))
    assert [call.body for call in route.calls] == [b"hello"]


@pytest.mark.parametrize("length", ["3", "7", "five", "+5"])
def test_the_callers_own_length_must_be_true(world: World, server: FaultServer, length: str) -> None:
    """A stream that is longer or shorter than the caller's field says, or a field that says nothing, is refused."""
    server.route("POST", "/", Reply(text="ok"))
    with pytest.raises(UsageError):
        world.get(
            world.transport(),
            f"{server.url}/",
            method="POST",
            headers=[("Content-Length", length)],
            body=StreamBody(iter([b"hello"])),
        )


def test_http_2_is_not_spoken_by_accident(world: World) -> None:
    """Where the user's context offers HTTP/2 and the server takes it, nothing of the request leaves."""
    authority, seen = Authority(), list[bytes]()
    context: ssl.SSLContext = authority.server
    context.set_alpn_protocols(["h2"])
    client = authority.client
    client.set_alpn_protocols(["h2", "http/1.1"])
    with Service(lambda connection: seen.append(connection.recv(1)), context) as server, pytest.raises(TlsProblem) as caught:
        world.get(world.transport(verify=client), f"https://127.0.0.1:{server.port}/")
    assert caught.value.sent.value == "no"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("name", ["wire asyncio", "wire uvloop"])
def test_a_child_leaves_the_parents_loop_alone(name: str, server: FaultServer) -> None:
    """A fork between two runs of a loop does not take the idle connection out of it: the parent still hears the answer."""
    server.route("GET", "/", Reply(text="ok"))
    world = World(name)
    transport = world.transport()
    loop = uvloop.new_event_loop() if name.endswith("uvloop") else asyncio.new_event_loop()

    async def ask() -> Any:
        return (await world.send(transport, world.request(f"{server.url}/"), world.clocks(3.0)))[0]

    try:
        loop.run_until_complete(ask())
        child = os.fork()
        if not child:
            os._exit(0)
        os.waitpid(child, 0)
        assert (loop.run_until_complete(ask()).connection or "").startswith("reused")
        loop.run_until_complete(transport.aclose())
    finally:
        loop.close()
