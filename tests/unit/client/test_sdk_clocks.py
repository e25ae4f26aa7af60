"""Whose clocks rule when httpx2 and httpx send through our clients."""

import socket
import threading
from typing import Any

import pytest

import seawall
from seawall import Timeout
from seawall.model import Clocks
from seawall.testing import Drip, FakeClock, FaultServer, Hang, Reply
from tests.behaviours.kit import URL, Script
from tests.unit.client.sdk_hosts import LIBRARIES, each_library, guest
from tests.unit.transport.network_worlds import listen
from tests.worlds import World

BIG = 30 * 1024 * 1024  # bytes: more than the kernel takes
SLOW = Drip(Reply(body=b"0123456789"), interval=0.08, part="body")


class Watched(Script):
    """Notes the clocks of each sending."""

    def __init__(self) -> None:
        super().__init__(200)
        self.clocks: list[tuple[float | None, float | None, float | None]] = []

    async def send(self, request: seawall.Request, clocks: Clocks) -> seawall.Response:
        left = None if clocks.deadline is None else round(clocks.deadline - request.call.started, 3)
        self.clocks.append((clocks.connect, clocks.read, left))
        return await super().send(request, clocks)


@each_library
async def test_the_hosts_clocks_take_the_place_of_ours(world: World, library: Any, clock: FakeClock) -> None:
    """Connect and read are the host's, None included; a client that was given no timeout adds no total."""
    transport = Watched()
    async with guest(world, library, transport=transport, clock=clock) as client:
        await client.get(URL, timeout=library.Timeout(7, connect=3))
        await client.get(URL, timeout=None)
    assert transport.clocks == [(3, 7, None), (None, None, None)]


@each_library
async def test_a_timeout_given_to_the_client_stays(world: World, library: Any, clock: FakeClock) -> None:
    """The total, the attempt and the header of a given timeout hold in the host too, up to the head of a response."""
    transport = Watched()
    timeout = Timeout(60, attempt=20, header="X-Left")
    async with guest(world, library, transport=transport, clock=clock, timeout=timeout) as client:
        await client.get(URL, timeout=7)
        await client.get(URL, timeout=None)
    assert transport.clocks == [(7, 7, 20), (None, None, 20)]
    assert transport.seen("x-left") == ["20000", "20000"]


async def test_a_request_without_clocks_has_the_clients(world: World, clock: FakeClock) -> None:
    """A request that brings no timeout, as one made by hand, is ruled by the client's clocks."""
    transport = Watched()
    async with guest(world, LIBRARIES[0], transport=transport, clock=clock, timeout=Timeout(60, connect=2, read=4)) as client:
        request = client.library.Request("GET", URL)
        if world.is_blocking:
            client.client._transport.handle_request(request)
        else:
            await client.client._transport.handle_async_request(request)
    assert transport.clocks == [(2, 4, 60)]


@each_library
async def test_a_total_ends_at_the_head(world: World, library: Any, clock: FakeClock, fault_server: FaultServer) -> None:
    """R11: a long stream outlives the client's total, which a silent server does not."""
    fault_server.route("GET", "/feed", Drip(Reply(body=b"0123456789"), interval=0.02, part="body"))
    fault_server.route("GET", "/hang", Hang())
    body = b""
    own = guest(world, library, timeout=30, clock=clock)
    async with own as client, client.stream("GET", f"{fault_server.url}/feed") as response:
        async for piece in client.raw(response):
            body += piece
            clock.advance(3600)
    async with guest(world, library, timeout=0.2) as client:
        with pytest.raises(library.ReadTimeout) as caught:
            await client.get(f"{fault_server.url}/hang")
    assert body == b"0123456789"
    assert isinstance(caught.value.__cause__, seawall.DeadlineProblem)


@each_library
async def test_silence_ends_a_stream(world: World, library: Any, fault_server: FaultServer) -> None:
    """R11: the host's read clock goes on in the body, and its exception is raised where the host reads."""
    fault_server.route("GET", "/feed", Drip(Reply(body=b"0123456789"), interval=30.0, part="body"))
    async with guest(world, library, host={"timeout": library.Timeout(10, read=0.2)}) as client:
        with pytest.raises(library.ReadTimeout) as caught:
            await client.get(f"{fault_server.url}/feed")
    assert isinstance(caught.value.__cause__, seawall.ReadTimeoutProblem)
    assert caught.value.request.url.path == "/feed"
    assert len(caught.value.__cause__.attempts) == 1


async def test_an_ambient_deadline_covers_the_body(world: World, fault_server: FaultServer) -> None:
    """R11: a deadline around an SDK's call ends its stream too."""
    fault_server.route("GET", "/feed", SLOW)
    async with guest(world, LIBRARIES[0]) as client:
        with seawall.deadline(0.4), pytest.raises(client.library.ReadTimeout) as caught:
            await client.get(f"{fault_server.url}/feed")
    assert isinstance(caught.value.__cause__, seawall.DeadlineProblem)


@each_library
async def test_the_hosts_pool_clock_limits_the_wait_for_a_connection(world: World, library: Any) -> None:
    """Who finds all connections taken waits as long as the host's `pool` clock says, and has sent nothing then."""
    with FaultServer() as server:
        server.route("GET", "/", Reply(chunked=True, body=b"x" * 300_000))
        async with guest(world, library, max_connections=1, retry=False) as client, client.stream("GET", f"{server.url}/"):
            with pytest.raises(library.PoolTimeout) as caught:
                await client.get(f"{server.url}/", timeout=library.Timeout(None, pool=0.05))
        assert len(server.calls) == 1
    assert seawall.problem_behind(caught.value).sent is seawall.Sent.NO


class _Sluggish:
    """A server that takes nothing of a body for a while, then all, and answers; or that never takes any.

    Args:
        pause: Seconds before it takes the body; None never does.
    """

    def __init__(self, pause: float | None) -> None:
        self._pause = pause
        self._over = threading.Event()
        port, self._thread = listen(self._handle)
        self.url = f"http://127.0.0.1:{port}/"

    def _handle(self, connection: socket.socket) -> None:
        self._over.wait(self._pause)
        left = BIG
        while self._pause is not None and left > 0:
            data = connection.recv(1 << 20)
            left -= len(data.rpartition(b"\r\n\r\n")[2])
        if self._pause is not None:
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    def __enter__(self) -> "_Sluggish":
        return self

    def __exit__(self, *details: object) -> None:
        self._over.set()
        self._thread.join()


@each_library
@pytest.mark.parametrize("http2", [False, True], ids=["wire", "httpx2"])
async def test_who_takes_nothing_ends_by_the_write_clock(world: World, library: Any, http2: bool) -> None:
    """Where the host's `write` runs out, its call ends, however patient its `read` is."""
    with _Sluggish(None) as server:
        async with guest(world, library, http2=http2, retry=False) as client:
            with pytest.raises(library.ReadTimeout) as caught:
                await client.post(server.url, content=b"x" * BIG, timeout=library.Timeout(None, write=0.1))
    assert isinstance(caught.value.__cause__, seawall.ReadTimeoutProblem)
    assert caught.value.__cause__.sent is seawall.Sent.MAYBE


@each_library
@pytest.mark.parametrize("http2", [False, True], ids=["wire", "httpx2"])
@pytest.mark.parametrize("write", [10.0, None])
async def test_the_write_clock_may_be_the_longer(world: World, library: Any, http2: bool, write: float | None) -> None:
    """A server that takes its time over a body ends no call whose `write` allows it, however short its `read` is."""
    with _Sluggish(0.6) as server:
        async with guest(world, library, http2=http2, retry=False) as client:
            answer = await client.post(server.url, content=b"x" * BIG, timeout=library.Timeout(None, read=0.3, write=write))
    assert answer.status_code == 204
