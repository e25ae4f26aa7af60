"""Connecting to a host of several addresses: attempts overlap, one is kept, and no other stays open."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from seawall.model import Cancel, Clocks, Sent
from seawall.problems import (
    ApiProblem,
    CancelledProblem,
    ConnectProblem,
    ConnectTimeoutProblem,
    DeadlineProblem,
    DisconnectProblem,
)
from seawall.testing import FaultServer, Reply
from seawall.transport.sockets import _race
from tests.unit.transport.network_worlds import NAMES, World, closed_port, full_listener

SOON = 0.2  # seconds: below the pause between two attempts
FOREVER = 3600.0
URL = "http://many.test/"


class Sockets:
    """All sockets that began to connect: where to, and whether they are open."""

    def __init__(self) -> None:
        self._real = socket.socket.connect_ex
        self.all: list[tuple[socket.socket, Any]] = []
        self.most_open = 0

    def connect_ex(self, sock: socket.socket, place: Any) -> int:
        self.all.append((sock, place))
        self.most_open = max(self.most_open, self.open)
        return self._real(sock, place)

    @property
    def open(self) -> int:
        return sum(sock.fileno() != -1 for sock, _ in self.all)

    @property
    def hosts(self) -> list[str]:
        return [place[0] for _, place in self.all]

    def wait_for(self, count: int) -> None:
        again = threading.Event()
        while len(self.all) < count:
            again.wait(0.001)


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture
def sockets(monkeypatch: pytest.MonkeyPatch) -> Sockets:
    sockets = Sockets()
    monkeypatch.setattr(socket.socket, "connect_ex", lambda sock, place: sockets.connect_ex(sock, place))
    return sockets


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        yield server


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """An address whose connections are never made."""
    with ExitStack() as stack:
        yield "127.0.0.1", full_listener(stack)


def at(*places: tuple[str, int]) -> dict[str, Any]:
    """The options of a transport for which all names stand for these addresses."""
    return {"resolver": lambda host, port: list(places)}


def pause(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(_race, "ATTEMPT_DELAY", seconds)


def fails(world: World, options: dict[str, Any], clocks: Any = None) -> ApiProblem:
    with pytest.raises(ApiProblem) as caught:
        world.get(world.transport(**options), URL, clocks)
    assert caught.value.sent is Sent.NO
    return caught.value


def test_a_silent_address_holds_nobody_up(world: World, server: FaultServer, silent: Any, sockets: Sockets) -> None:
    """Without any clock, the second address answers while the first is silent; the loser is closed before the request leaves."""
    server.route("GET", "/", lambda call: Reply(text=str(sockets.open)))
    transport = world.transport(**at(silent, ("127.0.0.1", server.port)))
    body = world.get(transport, URL, world.clocks(None, connect=None, read=None))[1]
    assert (body, len(sockets.all), sockets.open) == (b"1", 2, 0)


def test_families_take_turns(world: World, sockets: Sockets) -> None:
    """The family that the system prefers comes first, then they alternate; all are tried, and the last failure speaks for all."""
    port = closed_port()
    hosts = ["::1", "127.0.0.1", "127.0.0.2", "127.0.0.3"]
    problem = fails(world, at(*[(host, port) for host in ("127.0.0.1", "127.0.0.2", "::1", "127.0.0.3")]))
    assert sockets.hosts == ["127.0.0.1", "::1", "127.0.0.2", "127.0.0.3"]
    assert (type(problem), str(problem.__cause__)) == (ConnectProblem, "ConnectionRefusedError ECONNREFUSED")
    fails(world, at(*[(host, port) for host in hosts]))
    assert sockets.hosts[4:6] == ["::1", "127.0.0.1"]
    assert sockets.open == 0


def test_a_failure_begins_the_next_at_once(
    world: World, server: FaultServer, silent: Any, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is refused does not wait for its pause to pass, also while an older attempt is silent."""
    refused, good = ("127.0.0.1", closed_port()), ("127.0.0.1", server.port)
    endless = world.clocks(None, connect=None, read=None)
    pause(monkeypatch, FOREVER)
    assert world.get(world.transport(**at(refused, refused, good)), URL, endless)[1] == b"fine"
    pauses = iter([0.01])
    monkeypatch.setattr(_race._Race, "_turn", lambda race: next(pauses, FOREVER) if race._left else None)
    assert world.get(world.transport(**at(silent, refused, good)), URL, endless)[1] == b"fine"
    assert (len(sockets.all), sockets.open) == (6, 0)


def test_an_address_that_cannot_be_tried_is_passed_over(world: World, server: FaultServer) -> None:
    """An address of a family that the local address is not of does not end the race."""
    options = {**at(("::1", server.port), ("127.0.0.1", server.port)), "local_address": "127.0.0.1"}
    assert world.get(world.transport(**options), URL)[1] == b"fine"


@pytest.mark.parametrize("name", ["wire blocking", "wire asyncio", "wire uvloop"])
def test_an_older_attempt_may_win(name: str, silent: Any, sockets: Sockets, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt that was overtaken goes on, and wins when it is the first that succeeds."""
    world = World(name)
    pause(monkeypatch, 0.0)
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        fillers = _fill(listener)

        def serve() -> None:
            sockets.wait_for(before + 2)
            for filler in fillers:
                filler.close()
            answered = False
            while not answered:
                connection, _ = listener.accept()
                with connection:
                    answered = connection.recv(1) != b""  # the fillers close, and say nothing
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow" if answered else b"")

        before = len(sockets.all)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        transport = world.transport(**at(("127.0.0.1", listener.getsockname()[1]), silent))
        body = world.get(transport, URL, world.clocks(None, connect=None, read=None))[1]
        thread.join()
    assert (body, sockets.open) == (b"slow", 0)


def _fill(listener: socket.socket) -> list[socket.socket]:
    """Fill a queue, so that whoever comes next is let in only after it was emptied."""
    fillers = [socket.socket() for _ in range(8)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
    return fillers


def test_cancel_ends_all_attempts(world: World, silent: Any, sockets: Sockets, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled from another thread while several are under way, a call ends, leaves no socket, and gives its slot back."""
    pause(monkeypatch, 0.0)
    transport = world.transport(**at(silent, silent), max_connections=1)
    for _ in range(2):
        cancel, before = Cancel(), len(sockets.all)
        clocks = world.clocks(None, connect=None, read=None, cancel=cancel)
        calling = world.start(world.send(transport, world.request(URL), clocks))
        sockets.wait_for(before + 2)
        cancel.cancel()
        with pytest.raises(CancelledProblem) as caught:
            calling.result(20)
        assert (caught.value.sent, sockets.open) == (Sent.NO, 0)


def test_cancel_ends_what_is_left_of_a_race(world: World, silent: Any, sockets: Sockets, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancel also wakes those who wait for an older attempt after the newest has failed."""
    pause(monkeypatch, 0.0)
    cancel, again = Cancel(), threading.Event()
    clocks = world.clocks(None, connect=None, read=None, cancel=cancel)
    transport = world.transport(**at(silent, ("127.0.0.1", closed_port())))
    calling = world.start(world.send(transport, world.request(URL), clocks))
    sockets.wait_for(2)
    while sockets.open > 1:
        again.wait(0.001)
    cancel.cancel()
    with pytest.raises(CancelledProblem):
        calling.result(20)
    assert sockets.open == 0


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("blocking")])
def test_a_cancelled_task_leaves_no_socket(name: str, silent: Any, sockets: Sockets, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that is cancelled while several attempts are under way closes them all."""
    world = World(name)
    pause(monkeypatch, 0.0)

    async def work() -> None:
        transport = world.transport(**at(silent, silent))
        task = asyncio.create_task(world.send(transport, world.request(URL), world.clocks(None, connect=None)))
        await asyncio.to_thread(sockets.wait_for, 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sockets.open == 0

    world.run(work())


@pytest.mark.parametrize("name", NAMES)
def test_closing_ends_a_race(name: str, silent: Any, sockets: Sockets, monkeypatch: pytest.MonkeyPatch) -> None:
    """`aclose` ends calls that are still connecting, with a problem that says that nothing was sent."""
    world = World(name)
    pause(monkeypatch, 0.0)
    transport = world.transport(**at(silent, silent))
    calling = world.start(world.send(transport, world.request(URL), world.clocks(None, connect=None)))
    sockets.wait_for(2)
    World("wire blocking").run(transport.aclose())
    with pytest.raises(DisconnectProblem) as caught:
        calling.result(20)
    assert (caught.value.sent, sockets.open) == (Sent.NO, 0)


def test_the_clocks_hold_for_all_attempts_together(world: World, silent: Any, sockets: Sockets) -> None:
    """The connect clock and the deadline end a race, each with its own problem."""
    options = at(silent, silent, silent)
    assert type(fails(world, options, world.clocks(None, connect=SOON))) is ConnectTimeoutProblem
    assert type(fails(world, options, world.clocks(SOON))) is DeadlineProblem
    assert sockets.open == 0


def test_little_time_is_shared(world: World, server: FaultServer, silent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the clocks leave less than a pause, a silent address still leaves some of it for the next."""
    pause(monkeypatch, FOREVER)
    now = world.runtime.monotonic()
    clocks = Clocks(lambda: now, connect=0.5)  # a time that stands still: the next one finds all of it
    assert world.get(world.transport(**at(silent, ("127.0.0.1", server.port))), URL, clocks)[1] == b"fine"


def test_not_many_attempts_at_a_time(
    world: World, server: FaultServer, silent: Any, sockets: Sockets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many silent addresses a name has, a bounded number of sockets is open, and the good one at the end is reached."""
    pause(monkeypatch, 0.0)
    options = at(*[silent] * 20, ("127.0.0.1", server.port))
    assert world.get(world.transport(**options), URL, world.clocks(None, connect=None, read=None))[1] == b"fine"
    assert (len(sockets.all), sockets.most_open, sockets.open) == (21, _race.MAX_UNDER_WAY + 1, 0)


class _NoWatchers(asyncio.SelectorEventLoop):
    """What the proactor loop of Windows says to those who want to watch a socket."""

    def add_reader(self, *details: Any) -> None:
        raise NotImplementedError

    add_writer = remove_reader = remove_writer = add_reader


def test_a_loop_without_watchers(server: FaultServer, silent: Any, sockets: Sockets) -> None:
    """Attempts overlap on a loop that watches no sockets, too."""
    world = World("wire asyncio")

    async def work() -> bytes:
        transport = world.transport(**at(silent, ("127.0.0.1", server.port)))
        clocks = world.clocks(None, connect=None, read=None)
        try:
            return (await world.send(transport, world.request(URL), clocks))[1]
        finally:
            await transport.aclose()

    with asyncio.Runner(loop_factory=_bare_loop) as runner:
        assert runner.run(work()) == b"fine"
    assert sockets.open == 0


def _bare_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.SelectorEventLoop()
    loop.__class__ = _NoWatchers
    return loop
