"""Whatever ends a call, or interrupts it, leaves nothing behind that the next one would miss."""

import asyncio
import gc
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import seawall
from seawall.chain import drive
from seawall.model import Sent, StreamBody
from seawall.problems import ApiProblem, DisconnectProblem
from seawall.testing import FaultServer, Reply, TlsIdentity
from seawall.transport import AsyncWireTransport
from seawall.transport.wire._connection import Connection
from seawall.transport.wire._reader import ResponseReader
from tests.unit.transport.network_worlds import NAMES, SECONDS, World, closed_port, listen
from tests.worlds import AsyncioWorld, BlockingWorld

WIRE = [name for name in NAMES if name.startswith("wire")]
LOOPS = [name for name in WIRE if not name.endswith("blocking")]
LONG = b"z" * 1_000_000
PIECES = 2000
MONTH = 30 * 86_400.0


@pytest.fixture(params=WIRE)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=LOOPS)
def loops(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        yield server


def test_closing_beside_a_task_ends_its_call(loops: World, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept connection that another thread closes just as a task takes it is a disconnect, and no wait for the read clock."""
    server.route("GET", "/", Reply(text="first"), Reply(text="late", delay=SECONDS))
    begin = Connection.begin

    async def work() -> None:
        transport = loops.transport()
        await loops.send(transport, loops.request(f"{server.url}/"))

        def closed_first(connection: Connection, *details: Any) -> None:
            thread = threading.Thread(target=lambda: drive(transport.aclose()))
            thread.start()
            thread.join()
            begin(connection, *details)

        monkeypatch.setattr(Connection, "begin", closed_first)
        with pytest.raises(DisconnectProblem):
            await loops.send(transport, loops.request(f"{server.url}/"), loops.clocks(read=1.0))

    loops.run(work())


class _Fails:
    """An interceptor that breaks down once, with a response in its hands."""

    def __init__(self) -> None:
        self.failed = False

    async def __call__(self, request: seawall.Request, call_next: seawall.Next) -> seawall.Response:
        response = await call_next(request)
        if not self.failed:
            self.failed = True
            raise ValueError("a mistake of the user's own")
        return response


@pytest.mark.parametrize("kind", ["interceptors", "attempt_interceptors"])
def test_a_failed_interceptor_takes_no_slot_along(world: World, server: FaultServer, kind: str) -> None:
    """A streamed response that an interceptor drops by failing frees its slot, and the next call has it."""
    server.route("GET", "/", Reply(body=LONG))
    options: dict[str, Any] = {kind: [_Fails()], "transport": world.transport(max_connections=1), "retry": False}

    async def work() -> int:
        faces = AsyncioWorld() if world.name != "blocking" else BlockingWorld()
        async with faces.client(server.url, **options) as api:
            with pytest.raises(ValueError, match="mistake"):
                async with api.stream("GET", "/"):
                    pass
            gc.collect()
            return len((await api.get("/", timeout=3.0)).content)

    assert world.run(work()) == len(LONG)


class _Farewell:
    """A server under TLS that sends its answer and `close_notify` in one packet, and leaves TCP open."""

    def __init__(self) -> None:
        self.identity = TlsIdentity()
        self.connections = 0
        self._context = self.identity.server_context()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}/"

    def __enter__(self) -> "_Farewell":
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        threads = []
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                break
            self.connections += 1
            threads.append(threading.Thread(target=self._handle, args=(connection,), daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def _handle(self, connection: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self._context.wrap_bio(incoming, outgoing, server_side=True)

        def until_done(step: Callable[[], object]) -> None:
            while True:
                try:
                    step()
                except ssl.SSLWantReadError:
                    connection.sendall(outgoing.read())
                    incoming.write(connection.recv(65536))
                else:
                    return connection.sendall(outgoing.read())

        with connection:
            until_done(tls.do_handshake)
            until_done(lambda: tls.read(65536))
            tls.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            with pytest.raises(ssl.SSLWantReadError):
                tls.unwrap()
            connection.sendall(outgoing.read())
            while connection.recv(65536):
                pass


def test_a_farewell_behind_the_answer_is_heard(world: World) -> None:
    """Where `close_notify` comes with the answer and TCP stays open, the next call takes another connection."""
    with _Farewell() as server:

        async def work() -> list[bytes]:
            transport = world.transport(verify=server.identity.client_context())
            bodies = [(await world.send(transport, world.request(server.url)))[1] for _ in range(2)]
            await transport.aclose()
            return bodies

        assert world.run(work()) == [b"ok", b"ok"]
        assert server.connections == 2


@pytest.mark.parametrize(("framing", "whole"), [("", True), ("Content-Length: 9\r\n", False)], ids=["no length", "a length"])
@pytest.mark.parametrize("name", NAMES)
def test_an_end_without_a_farewell(name: str, framing: str, whole: bool) -> None:
    """Under TLS a connection that ends without `close_notify` ends a body that nothing else ends, and cuts off all others."""
    world, identity = World(name), TlsIdentity()

    def handle(connection: socket.socket) -> None:
        with identity.server_context().wrap_socket(connection, server_side=True) as secret:
            secret.recv(65536)
            secret.sendall(f"HTTP/1.1 200 OK\r\n{framing}\r\nbody".encode())

    port, thread = listen(handle)
    transport = world.transport(verify=identity.client_context())
    if whole:
        assert world.get(transport, f"https://127.0.0.1:{port}/")[1] == b"body"
    else:
        with pytest.raises(ApiProblem) as caught:
            world.get(transport, f"https://127.0.0.1:{port}/")
        assert caught.value.sent is Sent.YES
    thread.join()


def test_a_failed_connect_leaves_no_timer() -> None:
    """When a connection was refused, its clock is gone from the event loop."""
    world = World("wire asyncio")

    async def work() -> list[asyncio.TimerHandle]:
        transport = world.transport()
        with pytest.raises(ApiProblem):
            await world.send(transport, world.request(f"http://127.0.0.1:{closed_port()}/"))
        loop: Any = asyncio.get_running_loop()
        live = [timer for timer in loop._scheduled if not timer.cancelled()]
        await transport.aclose()
        return live

    assert world.run(work()) == []


def test_an_interrupt_in_the_parser_stays_one(world: World, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl+C while the parser calls back is a KeyboardInterrupt, and not a fault of the server's."""
    server.route("GET", "/", Reply(text="fine"))

    def interrupt(reader: ResponseReader, data: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ResponseReader, "on_body", interrupt)
    with pytest.raises(KeyboardInterrupt):
        world.get(world.transport(), f"{server.url}/")


def test_a_slot_passes_by_who_cannot_be_woken(server: FaultServer) -> None:
    """A waiter whose event loop was closed is passed over, and the slot is there for the next call."""
    server.route("GET", "/", Reply(body=LONG))
    world = World("wire asyncio")
    transport: Any = world.transport(max_connections=1)
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    holder = first.run_until_complete(transport.send(world.request(f"{server.url}/", stream=True), world.clocks()))
    waiting = world.send(transport, world.request(f"{server.url}/"))
    second.call_soon(second.stop)
    task = second.create_task(waiting)
    second.run_forever()
    second.close()
    first.run_until_complete(holder.aclose())
    _, content = first.run_until_complete(world.send(transport, world.request(f"{server.url}/"), world.clocks(total=3.0)))
    assert (len(content), task.done()) == (len(LONG), False)
    first.run_until_complete(transport.aclose())
    first.close()
    task._log_destroy_pending = False  # type: ignore[attr-defined]  # nobody can end it
    waiting.close()


def test_a_long_upload_lets_others_run(loops: World, server: FaultServer) -> None:
    """While many small pieces leave without a wait, other tasks of the loop have their turns."""
    server.route("POST", "/", Reply(text="fine"))
    turns = 0

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(PIECES):
            yield b"x" * 10

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def work() -> None:
        transport = AsyncWireTransport()
        counter = asyncio.create_task(count())
        request = loops.request(f"{server.url}/", "POST", body=StreamBody(pieces(), length=PIECES * 10))
        await transport.send(request, loops.clocks())
        counter.cancel()
        await transport.aclose()

    loops.run(work())
    assert turns >= PIECES // 20


def test_a_clock_may_be_as_long_as_a_month(server: FaultServer) -> None:
    """Clocks of 30 days are clocks like any other, for connecting and for reading."""
    server.route("GET", "/", Reply(text="fine", delay=0.05))
    world = World("wire blocking")
    places = [("127.0.0.1", closed_port()), ("127.0.0.1", server.port)]
    transport = world.transport(resolver=lambda host, port: places)
    clocks = world.clocks(MONTH, connect=MONTH, read=MONTH)
    assert world.get(transport, "http://service.test/", clocks)[1] == b"fine"
