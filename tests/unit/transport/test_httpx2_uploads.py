"""Request bodies of the httpx2 transport."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from seawall.model import BytesBody, FileBody, StreamBody, UsageError
from seawall.testing import EarlyReply, FaultServer, Reply
from tests.unit.transport.httpx2_worlds import World, listen

BIG = 20 * 1024 * 1024


@pytest.fixture(params=["blocking", "asyncio", "uvloop"])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[FaultServer]:
    with FaultServer(tls=request.param) as server:
        yield server


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_an_empty_body_has_a_length(world: World, method: str) -> None:
    """Methods that expect a body say that it is empty."""
    with FaultServer() as server:
        route = server.route(method, "/", Reply())
        world.get(world.transport(), f"{server.url}/", method=method)
    assert route.calls[0].headers["content-length"] == "0"


def test_bodies_of_each_kind_arrive(world: World, server: FaultServer, tmp_path: Path) -> None:
    """Bytes, files and iterators arrive whole, with a length where it is known and in chunks where not."""
    path = tmp_path / "f"
    path.write_bytes(b"f" * 300_000)
    route = server.route("POST", "/", Reply())
    bodies = [BytesBody(b"x" * 100_000), FileBody(path), StreamBody(iter([b"a", b"b" * 200_000])), StreamBody([b"c"], length=1)]
    transport = world.transport(server)

    async def work() -> None:
        for body in bodies:
            await world.send(transport, world.request(f"{server.url}/", "POST", body=body))
        await transport.aclose()

    world.run(work())
    assert [len(call.body) for call in route.calls] == [100_000, 300_000, 200_001, 1]
    assert [call.headers.get("content-length") for call in route.calls] == ["100000", "300000", None, "1"]
    assert len({call.connection for call in route.calls}) == 1


@pytest.mark.parametrize("name", ["asyncio", "uvloop"])
def test_an_async_iterator_is_sent(name: str) -> None:
    """In asyncio a body may be an async iterator."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"bc"

    world = World(name)
    with FaultServer() as server:
        route = server.route("POST", "/", Reply())
        world.get(world.transport(), f"{server.url}/", method="POST", body=StreamBody(pieces()))
    assert route.calls[0].body == b"abc"


@pytest.mark.parametrize("linger", [False, True], ids=["close", "linger"])
@pytest.mark.parametrize("streamed", [False, True], ids=["bytes", "pieces"])
def test_an_early_answer_is_delivered(world: World, server: FaultServer, linger: bool, streamed: bool) -> None:
    """A server that refuses a long upload before it has read it is heard."""
    server.route("POST", "/", EarlyReply(Reply(413, text="too large"), linger=linger))
    body = StreamBody(lambda: (b"x" * 100_000 for _ in range(BIG // 100_000))) if streamed else BytesBody(b"x" * BIG)
    response, content = world.get(world.transport(server), f"{server.url}/", method="POST", body=body)
    assert (response.status, content) == (413, b"too large")
    server.wait_until_closed()


def test_an_interim_answer_does_not_stop_an_upload(world: World) -> None:
    """An answer of 1xx while the request is being sent leaves the upload going."""
    received: list[int] = []

    def handle(connection: socket.socket) -> None:
        count = len(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        while count < BIG:
            count += len(connection.recv(1 << 20))
        received.append(count)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    port, thread = listen(handle)
    response, body = world.get(world.transport(), f"http://127.0.0.1:{port}/", method="PUT", body=BytesBody(b"x" * BIG))
    thread.join()
    assert (response.status, body, received[0] > BIG) == (200, b"ok", True)


def test_a_body_that_lies_about_its_length_is_misuse(world: World) -> None:
    """A body longer or shorter than declared is the caller's mistake, and says so."""
    with FaultServer() as server:
        server.route("*", "/", Reply())
        for length in (1, 99):
            with pytest.raises(UsageError, match="Content-Length"):
                world.get(world.transport(), f"{server.url}/", method="POST", body=StreamBody([b"abc"], length=length))


def test_a_body_that_fails_raises_its_own_error(world: World) -> None:
    """An error of the caller's iterator is raised as it is, and frees slot and socket."""

    def pieces() -> Iterator[bytes]:
        yield b"x"
        raise ZeroDivisionError("mine")

    with FaultServer() as server:
        server.route("*", "/", Reply())
        transport = world.transport(max_connections=1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError, match="mine"):
                world.get(transport, f"{server.url}/", method="POST", body=StreamBody(pieces()))
        assert world.get(transport, f"{server.url}/")[0].status == 200
        server.wait_until_closed()
