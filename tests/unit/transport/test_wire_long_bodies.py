"""Long bodies of known length go past the parser, straight into one buffer."""

import asyncio
import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.model import Cancel
from seawall.problems import CancelledProblem, DisconnectProblem, ReadTimeoutProblem
from seawall.testing import FaultServer, Reply, Truncate
from seawall.transport.sockets import Wire
from tests.unit.transport.network_worlds import NAMES, World, listen

LONG = 3 * 1024 * 1024 + 17
CONTENT = hashlib.shake_256(b"seawall").digest(LONG)
PEAK = Path("/proc/self/clear_refs")
WIRE = [name for name in NAMES if name.startswith("wire")]


@pytest.fixture(params=WIRE)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[FaultServer]:
    with FaultServer(tls=request.param) as server:
        yield server


def test_a_long_body_comes_whole(world: World, server: FaultServer) -> None:
    """Its bytes are those that were sent, and the connection serves the next request."""
    server.route("GET", "/", Reply(body=CONTENT))
    transport = world.transport(server)

    async def work() -> list[bytes]:
        bodies = [(await world.send(transport, world.request(f"{server.url}/")))[1] for _ in range(2)]
        await transport.aclose()
        return bodies

    assert world.run(work()) == [CONTENT, CONTENT]
    assert server.connections == 1


def test_a_long_body_that_breaks_off(world: World, server: FaultServer) -> None:
    """A connection that ends before the body does is a disconnect, and is not used again."""
    server.route("GET", "/", Truncate(Reply(body=CONTENT), LONG // 2))
    with pytest.raises(DisconnectProblem):
        world.get(world.transport(server), f"{server.url}/")


def test_a_reader_of_pieces_gets_pieces(world: World, server: FaultServer) -> None:
    """A caller who streams gets no piece over 64 KiB."""
    server.route("GET", "/", Reply(body=CONTENT))
    transport = world.transport(server)

    async def work() -> list[bytes]:
        response = await transport.send(world.request(f"{server.url}/", stream=True), world.clocks())
        pieces = []
        while piece := await response.next_piece():
            pieces.append(piece)
        await transport.aclose()
        return pieces

    pieces = world.run(work())
    assert b"".join(pieces) == CONTENT
    assert max(map(len, pieces)) <= 64 * 1024


def half(connection: socket.socket, gone: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % LONG + CONTENT[: LONG // 2])
    gone.wait(60)


def test_the_read_clock_runs_in_a_long_body(world: World) -> None:
    """A server that falls silent in the middle ends the call by the read clock."""
    gone = threading.Event()
    port, thread = listen(lambda connection: half(connection, gone))
    with pytest.raises(ReadTimeoutProblem):
        world.get(world.transport(), f"http://127.0.0.1:{port}/", world.clocks(read=0.05))
    gone.set()
    thread.join()


def test_a_long_body_can_be_cancelled(world: World) -> None:
    """A cancel from another thread ends the wait for the rest."""
    gone, cancel = threading.Event(), Cancel()
    port, thread = listen(lambda connection: half(connection, gone))
    waiting = world.start(world.send(world.transport(), world.request(f"http://127.0.0.1:{port}/"), world.clocks(cancel=cancel)))
    threading.Timer(0.05, cancel.cancel).start()
    with pytest.raises(CancelledProblem):
        waiting.result()
    gone.set()
    thread.join()


@pytest.mark.skipif(not PEAK.exists(), reason="only Linux tells of the peak, and forgets it")
def test_a_promise_takes_no_memory(world: World) -> None:
    """A server that announces 100 MB and sends nothing of it makes the process hardly bigger."""

    def liar(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nx")
        connection.recv(1)

    port, thread = listen(liar)
    PEAK.write_text("5")  # forget the peak so far
    before = peak()
    with pytest.raises(ReadTimeoutProblem):
        world.get(world.transport(), f"http://127.0.0.1:{port}/", world.clocks(read=0.05))
    thread.join()
    assert peak() - before < 20_000


def peak() -> int:
    """The most memory that this process held since the peak was forgotten, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def test_a_fast_download_lets_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """While there is always more to read, the other tasks of the event loop have their turns."""
    size, turns, began = 64 * 1024 * 1024, 0, False
    take = Wire.receive_now

    def receive_now(wire: Wire, most: int) -> bytes | None:
        """The head from the socket, and then a body that never has to be waited for."""
        nonlocal began
        if began:
            return b"x" * most
        head = take(wire, most)
        began = bool(head)
        return head

    async def tick() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def work() -> int:
        ticking = asyncio.create_task(tick())
        world, read = World("wire asyncio"), 0
        transport = world.transport()
        response = await transport.send(world.request(f"http://127.0.0.1:{port}/", stream=True), world.clocks())
        while piece := await response.next_piece():
            read += len(piece)
        ticking.cancel()
        await transport.aclose()
        return read

    gone = threading.Event()
    port, thread = listen(lambda connection: announce(connection, size, gone))
    monkeypatch.setattr(Wire, "receive_now", receive_now)
    assert asyncio.run(work()) == size
    gone.set()
    thread.join()
    assert turns >= size // (17 * 64 * 1024)


def announce(connection: socket.socket, size: int, gone: threading.Event) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
    gone.wait(60)


def test_a_packed_body_comes_in_pieces(world: World, server: FaultServer) -> None:
    """What is packed may be a bomb, so that it is never gathered whole before it is unpacked."""
    server.route("GET", "/", Reply(body=CONTENT, headers={"Content-Encoding": "gzip"}))
    transport = world.transport(server)

    async def work() -> list[int]:
        response = await transport.send(world.request(f"{server.url}/"), world.clocks())
        sizes = []
        while piece := await response.next_piece():
            sizes.append(len(piece))
        await transport.aclose()
        return sizes

    sizes = world.run(work())
    assert sum(sizes) == LONG
    assert max(sizes) <= 64 * 1024
