"""How many connections, for how long, and what becomes of those in the making: both engines in all worlds."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import uvloop

from seawall import AsyncClient, Client
from seawall.model import Cancel, Clocks, Sent, UsageError
from seawall.problems import CancelledProblem, DisconnectProblem, PoolTimeoutProblem
from seawall.testing import FaultServer, Hang, Raw, Reply
from tests.unit.transport.httpx2_servers import Authority, Http2Server, Service
from tests.unit.transport.network_worlds import LOOPS, NAMES, World, full_listener, wait_for_calls

SOON = 0.1  # seconds: long enough to be a wait, short enough for a test


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=LOOPS)
def loops(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        server.route("GET", "/hang", Hang())
        yield server


# -- connections per origin --------------------------------------------------------------------------------------------------


def _counting_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that waits until somebody stands in a queue."""
    again, count, real = threading.Event(), [], world.runtime.waiter

    def waiter() -> Any:
        count.append(1)
        return real()

    def queued() -> None:
        while not count:
            again.wait(0.001)

    monkeypatch.setattr(world.runtime, "waiter", waiter)
    return queued


def test_a_full_origin_is_in_nobodys_way(world: World, server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a full origin holds no slot: others get theirs meanwhile, and it goes on when its origin has room."""
    queued, cancel, endless = _counting_waits(world, monkeypatch), Cancel(), world.clocks(None, connect=None, read=None)
    with FaultServer() as other:
        other.route("GET", "/", Reply(text="other"))
        transport = world.transport(max_connections=2, max_connections_per_origin=1)
        clocks = world.clocks(None, read=None, cancel=cancel)
        hanging = world.start(world.send(transport, world.request(f"{server.url}/hang"), clocks))
        wait_for_calls(server, 1)
        waiting = world.start(world.send(transport, world.request(f"{server.url}/"), endless))
        queued()
        assert world.run(world.send(transport, world.request(f"{other.url}/"), endless))[1] == b"other"
        assert not waiting.done()
        cancel.cancel()
        assert waiting.result(20)[1] == b"fine"
        with pytest.raises(CancelledProblem):
            hanging.result(20)
        world.run(transport.aclose())


def test_waiting_for_an_origin_ends_by_the_deadline(world: World, server: FaultServer) -> None:
    """Who finds no room at an origin in time gets the problem of the queue, and nothing was sent."""
    transport, cancel = world.transport(max_connections_per_origin=1), Cancel()
    clocks = world.clocks(None, read=None, cancel=cancel)
    hanging = world.start(world.send(transport, world.request(f"{server.url}/hang"), clocks))
    wait_for_calls(server, 1)
    with pytest.raises(PoolTimeoutProblem) as caught:
        world.run(world.send(transport, world.request(f"{server.url}/"), world.clocks(SOON)))
    assert caught.value.sent is Sent.NO
    cancel.cancel()
    with pytest.raises(CancelledProblem):
        hanging.result(20)
    assert world.get(transport, f"{server.url}/")[1] == b"fine"


def test_an_origin_gets_no_more_connections(loops: World) -> None:
    """Of forty callers of one origin no more than three are on their way at a time, and all are served."""
    mutex, pause = threading.Lock(), threading.Event()
    counts = {"now": 0, "most": 0}

    def answer(call: Any) -> Reply:
        with mutex:
            counts["now"] += 1
            counts["most"] = max(counts.values())
        pause.wait(0.002)
        with mutex:
            counts["now"] -= 1
        return Reply(text="fine")

    with FaultServer() as server:
        server.route("GET", "/", answer)

        async def work() -> list[bytes]:
            transport = loops.transport(max_connections_per_origin=3)
            calls = [loops.send(transport, loops.request(f"{server.url}/")) for _ in range(40)]
            bodies = [body for _, body in await asyncio.gather(*calls)]
            await transport.aclose()
            return bodies

        assert loops.run(work()) == [b"fine"] * 40
        assert (counts["most"], server.connections) == (3, 3)


# -- age ---------------------------------------------------------------------------------------------------------------------


class Time:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now)


def _connections(world: World, server: FaultServer, ages: list[float], **options: Any) -> int:
    """Make a call at the beginning and after each number of seconds; return how many connections that took."""
    time, transport = Time(), world.transport(server, **options)

    async def work() -> None:
        for seconds in [0.0, *ages]:
            time.now += seconds
            assert (await world.send(transport, world.request(f"{server.url}/"), time.clocks()))[1] == b"fine"
        await transport.aclose()

    world.run(work())
    return server.connections


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_an_old_connection_is_not_used_again(world: World, tls: bool) -> None:
    """A connection older than its age serves no further request, however busy; without an age it serves all."""
    for age, count in ((None, 1), (25.0, 2), (5.0, 5)):
        with FaultServer(tls=tls) as server:
            server.route("GET", "/", Reply(text="fine"))
            assert _connections(world, server, [10.0] * 4, max_connection_age=age, keepalive_expiry=1e6) == count
            server.wait_until_closed()


@pytest.mark.parametrize("name", ["blocking", "asyncio", "uvloop"])
def test_an_old_connection_of_http2_is_not_used_again(name: str) -> None:
    """The age holds for HTTP/2, too."""
    world, authority, time = World(name), Authority(), Time()
    with Http2Server(authority.server) as server:
        transport = world.transport(verify=authority.client, http2=True, max_connection_age=25.0)

        async def work() -> list[str]:
            versions = []
            for _ in range(4):
                request = world.request(f"https://127.0.0.1:{server.port}/")
                versions.append((await world.send(transport, request, time.clocks()))[0].http_version)
                time.now += 10.0
            await transport.aclose()
            return versions

        assert world.run(work()) == ["HTTP/2"] * 4
        assert server.accepted == 2


# -- what is kept ------------------------------------------------------------------------------------------------------------


def test_nothing_is_kept_where_nothing_may_be(world: World, server: FaultServer) -> None:
    """With no idle connections allowed, each request has one of its own, and it is closed after."""
    assert _connections(world, server, [0.0, 0.0], max_keepalive_connections=0, keepalive_expiry=float("inf")) == 3
    server.wait_until_closed()


@pytest.mark.parametrize("name", ["wire blocking", "wire asyncio"])
def test_the_least_used_makes_room(name: str) -> None:
    """Where too many are idle, the origin that was not called for longest loses its connection, not the newest."""
    world = World(name)
    with ExitStack() as stack:
        servers = [stack.enter_context(FaultServer()) for _ in range(3)]
        for server in servers:
            server.route("GET", "/", Reply(text="fine"))
        transport = world.transport(max_keepalive_connections=2, keepalive_expiry=float("inf"))

        async def work() -> None:
            for place in (0, 1, 0, 2, 0, 2, 1):
                await world.send(transport, world.request(f"{servers[place].url}/"))
            await transport.aclose()

        world.run(work())
        assert [server.connections for server in servers] == [1, 2, 1]


# -- closing while connecting ------------------------------------------------------------------------------------------------


def _closed_while_connecting(world: World, url: str, begun: Callable[[], object], **options: Any) -> None:
    transport = world.transport(max_connections=1, **options)
    calling = world.start(world.send(transport, world.request(url), world.clocks(None, connect=None, read=None)))
    begun()
    World("wire blocking").run(transport.aclose())
    with pytest.raises(DisconnectProblem) as caught:
        calling.result(20)
    assert caught.value.sent is Sent.NO


def test_closing_ends_a_connection_in_the_making(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """`aclose` ends a call whose socket is not connected yet."""
    begun = threading.Event()
    with ExitStack() as stack:
        port = full_listener(stack)
        _note_connecting(monkeypatch, begun)
        _closed_while_connecting(world, f"http://127.0.0.1:{port}/", begun.wait)


def _note_connecting(monkeypatch: pytest.MonkeyPatch, begun: threading.Event) -> None:
    real = socket.socket.connect_ex

    def connect_ex(sock: socket.socket, place: Any) -> int:
        code = real(sock, place)
        begun.set()
        return code

    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)


def test_closing_ends_a_handshake(world: World) -> None:
    """`aclose` ends a call that waits for the server's part of the TLS handshake, and the server sees the end."""
    begun, ended = threading.Event(), threading.Event()

    def handle(connection: Any) -> None:
        connection.recv(1)
        begun.set()
        while connection.recv(65536):
            pass
        ended.set()

    with Service(handle) as silent:
        _closed_while_connecting(world, f"https://127.0.0.1:{silent.port}/", begun.wait)
        assert ended.wait(20)


@pytest.mark.parametrize("per_origin", [None, 1])
def test_closing_ends_those_who_queue(
    world: World, server: FaultServer, monkeypatch: pytest.MonkeyPatch, per_origin: int | None
) -> None:
    """`aclose` ends calls that wait for a slot, or for their origin, also where nobody gives one back."""
    server.route("GET", "/body", Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", then="hang"))
    queued = _counting_waits(world, monkeypatch)
    transport = world.transport(max_connections=1 if per_origin is None else 9, max_connections_per_origin=per_origin)
    endless, held, over = world.clocks(None, connect=None, read=None), threading.Event(), threading.Event()

    async def hold() -> None:
        response = await transport.send(world.request(f"{server.url}/body"), endless)
        held.set()
        await world.runtime.blocking(over.wait)
        await response.aclose()

    holding = world.start(hold())
    held.wait()
    waiting = world.start(world.send(transport, world.request(f"{server.url}/"), endless))
    queued()
    World("wire blocking").run(transport.aclose())
    with pytest.raises(DisconnectProblem) as caught:
        waiting.result(20)
    assert (caught.value.sent, len(server.calls)) == (Sent.NO, 1)
    over.set()
    holding.result(20)
    assert world.get(transport, f"{server.url}/")[1] == b"fine"


def test_closing_ends_those_who_were_just_let_in(loops: World, server: FaultServer) -> None:
    """Who got a slot before `aclose`, and has opened nothing yet, opens nothing after it."""
    server.route("GET", "/body", Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", then="hang"))

    async def work() -> None:
        transport = loops.transport(max_connections=1)
        first = await transport.send(loops.request(f"{server.url}/body"), loops.clocks())
        waiting = asyncio.create_task(loops.send(transport, loops.request(f"{server.url}/")))
        await asyncio.sleep(0)
        await first.aclose()
        await transport.aclose()
        with pytest.raises(DisconnectProblem) as caught:
            await waiting
        assert (caught.value.sent, server.connections) == (Sent.NO, 1)

    loops.run(work())


@pytest.mark.parametrize("name", ["wire asyncio", "wire uvloop"])  # httpcore2's own locks complain of such an end
def test_a_loop_that_is_gone_leaves_its_slots(name: str, server: FaultServer) -> None:
    """A call that was looking a name up when its event loop was closed leaves its slot to the next loop."""
    loops = World(name)
    begun, over = threading.Event(), threading.Event()

    def silent(host: str, port: int) -> list[str]:
        begun.set()
        over.wait()
        return []

    transport = loops.transport(max_connections=1, resolver=silent)
    loop = uvloop.new_event_loop() if loops.name == "uvloop" else asyncio.new_event_loop()
    task: Any = loop.create_task(loops.send(transport, loops.request("http://service.test/")))
    task._log_destroy_pending = False
    loop.run_until_complete(loop.run_in_executor(None, begun.wait))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    assert loops.get(transport, f"{server.url}/", loops.clocks(SOON * 5))[1] == b"fine"
    over.set()


def test_closing_ends_the_way_through_a_proxy(world: World) -> None:
    """`aclose` ends a call that waits for a tunnel."""
    begun = threading.Event()

    def handle(connection: Any) -> None:
        connection.recv(65536)
        begun.set()
        connection.recv(65536)

    with Service(handle) as silent:
        _closed_while_connecting(world, "https://service.test/", begun.wait, proxy=f"http://127.0.0.1:{silent.port}")


# -- the options -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {"max_connections_per_origin": 0},
        {"max_connections_per_origin": True},
        {"max_connections_per_origin": 2.0},
        {"max_connection_age": -1},
        {"max_connection_age": "60"},
        {"max_connection_age": float("nan")},
        {"max_connection_age": False},
    ],
    ids=str,
)
def test_a_wrong_option_is_named(world: World, options: dict[str, Any]) -> None:
    """A limit that cannot be fails when a transport or a client is built, by its name."""
    for build in (world.transport, Client, AsyncClient):
        with pytest.raises(UsageError, match=rf"^{next(iter(options))}: "):
            build(**options)


def test_clients_hand_the_limits_on() -> None:
    """A client's limits reach its transport, also from a configuration."""
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        limits = {"max_connection_age": 0, "max_connections_per_origin": 1}
        with Client.from_mapping({"base_url": server.url, **limits}) as api:
            api.get("/")
            api.get("/")
        assert server.connections == 2
