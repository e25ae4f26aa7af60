"""Request bodies of the httpx2 transport."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from seawall.model import BytesBody, Cancel, FileBody, Sent, StreamBody, UsageError
from seawall.problems import ApiProblem, CancelledProblem, DeadlineProblem, DisconnectProblem
from seawall.testing import EarlyReply, FaultServer, Reply
from tests.unit.transport.network_worlds import LOOPS, NAMES, World, listen

BIG = 20 * 1024 * 1024
SOON = 0.2  # seconds: waited for in full


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=LOOPS)
def loops(request: pytest.FixtureRequest) -> World:
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


def test_an_async_iterator_is_sent(loops: World) -> None:
    """In asyncio a body may be an async iterator."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"bc"

    with FaultServer() as server:
        route = server.route("POST", "/", Reply())
        loops.get(loops.transport(), f"{server.url}/", method="POST", body=StreamBody(pieces()))
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


@pytest.mark.parametrize("kind", [DeadlineProblem, CancelledProblem, DisconnectProblem], ids=["deadline", "cancel", "close"])
def test_a_body_that_stalls_ends_with_the_call(loops: World, kind: type[ApiProblem]) -> None:
    """A body that stalls is ended by the deadline, a cancellation and the end of the transport, and frees slot and socket."""
    stalled, cancel = threading.Event(), Cancel()
    cleaned: list[bool] = []

    async def stuck() -> AsyncIterator[bytes]:
        yield b"abc"
        stalled.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    async def work(url: str) -> ApiProblem:
        transport = loops.transport(max_connections=1)
        clocks = loops.clocks(SOON if kind is DeadlineProblem else None, read=None, cancel=cancel)
        call = asyncio.create_task(loops.send(transport, loops.request(url, "POST", body=StreamBody(stuck())), clocks))
        await asyncio.to_thread(stalled.wait)
        if kind is CancelledProblem:
            await asyncio.to_thread(cancel.cancel)
        if kind is DisconnectProblem:
            await transport.aclose()
        with pytest.raises(kind) as caught:
            await call
        assert (await loops.send(transport, loops.request(url)))[0].status == 200
        await transport.aclose()
        return caught.value

    with FaultServer() as server:
        server.route("*", "/", Reply())
        problem = loops.run(work(f"{server.url}/"))
        server.wait_until_closed()
    assert (problem.sent, cleaned) == (Sent.MAYBE, [True])


def test_a_file_that_waits_for_a_thread_ends_with_the_call(loops: World, tmp_path: Path) -> None:
    """A body that is read in a thread keeps the deadline while all threads are busy, and nothing waits for them."""
    path, over = tmp_path / "f", threading.Event()
    path.write_bytes(b"f")

    async def work(url: str) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        busy = loop.run_in_executor(None, over.wait)
        transport = loops.transport()
        try:
            with pytest.raises(DeadlineProblem):
                await loops.send(transport, loops.request(url, "POST", body=FileBody(path)), loops.clocks(SOON))
        finally:
            over.set()
            await busy
            await transport.aclose()

    with FaultServer() as server:
        loops.run(work(f"{server.url}/"))


def test_a_plain_iterator_that_stalls_in_a_thread_is_left_there(loops: World) -> None:
    """In asyncio a plain iterator that blocks its thread does not keep the call beyond its deadline."""
    over = threading.Event()

    def stuck() -> Iterator[bytes]:
        yield b"abc"
        over.wait()

    async def work(url: str) -> None:
        transport = loops.transport()
        try:
            with pytest.raises(DeadlineProblem):
                await loops.send(transport, loops.request(url, "POST", body=StreamBody(stuck())), loops.clocks(SOON))
        finally:
            over.set()
            await transport.aclose()

    with FaultServer() as server:
        loops.run(work(f"{server.url}/"))


def test_a_body_s_own_timeout_is_its_own_error(loops: World) -> None:
    """A TimeoutError of the caller's iterator is raised as it is, and not taken for the deadline."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"x"
        raise TimeoutError("mine")

    with FaultServer() as server, pytest.raises(TimeoutError, match="mine"):
        loops.get(loops.transport(), f"{server.url}/", method="POST", body=StreamBody(pieces()))
