"""Connections that are kept, and the slots of those who use them."""

import gc
import math
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from seawall.model import DEFAULT_OPTIONS, Call, Request
from seawall.testing import FaultServer, Reply
from seawall.transport.sockets import Slots, Wire
from seawall.transport.wire._connection import Connection
from seawall.transport.wire._pool import Pool
from tests.unit.transport.interrupts import every_chance
from tests.unit.transport.network_worlds import World


@pytest.mark.parametrize("chunked", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", ["wire blocking", "wire asyncio"])
def test_a_connection_is_back_before_its_slot_is_free(name: str, chunked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gets the slot of a call that is over finds its connection in the pool, so that none is made beyond the limit."""
    world, order = World(name), []
    for kind, method in ((Pool, "give"), (Slots, "_give_back")):
        monkeypatch.setattr(kind, method, _noting(order, method, getattr(kind, method)))
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="x" * 100_000, chunked=chunked))
        call = Call(world.runtime, DEFAULT_OPTIONS)
        request = Request("GET", f"{server.url}/", call=call)
        transport = world.transport(server, max_connections=1)

        async def work() -> None:
            await world.send(transport, request)
            await transport.aclose()

        world.run(work())
    assert order == ["give", "_give_back"]


def _noting(order: list[str], name: str, method: Any) -> Any:
    def noted(*details: Any) -> Any:
        order.append(name)
        return method(*details)

    return noted


class _Kept:
    """A pool and its connections, over sockets that nobody speaks through."""

    def __init__(self, stack: ExitStack, *limits: float | None) -> None:
        self.pool = Pool(*limits)  # type: ignore[arg-type]
        self._stack = stack

    def give(self, name: str, now: float = 0.0, connection: Connection | None = None) -> Connection:
        if connection is None:
            near, far = socket.socketpair()
            self._stack.enter_context(far)
            connection = _connection(near, now)
            self._stack.callback(connection.close)
        self.pool.give((None, name), connection, now)
        return connection

    def take(self, name: str, now: float = 0.0) -> Connection | None:
        return self.pool.take((None, name), now)

    @property
    def open(self) -> int:
        return self.pool._count


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _connection(sock: socket.socket, now: float = 0.0) -> Connection:
    wire = Wire(sock)
    return Connection(wire, wire, now)


def _is_closed(connection: Connection) -> bool:
    return connection.wire.socket.fileno() == -1


@pytest.mark.parametrize("size", [0, 1, 20])
def test_thousands_of_origins_leave_nothing_behind(stack: ExitStack, size: int) -> None:
    """With connections that never expire, a pool knows no more origins than it keeps connections, however many there were."""
    kept = _Kept(stack, size, math.inf)
    connections = []
    for number in range(3000):
        connections.append(kept.give(str(number), connection=_connection(socket.socket())))
        assert len(kept.pool._idle) == kept.open <= size
    assert [_is_closed(connection) for connection in connections] == [True] * (3000 - size) + [False] * size
    for number in range(3000):
        kept.take(str(number))
    assert (kept.pool._idle, kept.open) == ({}, 0)


def test_an_origin_that_is_used_keeps_its_connection(stack: ExitStack) -> None:
    """Where there are too many, the origin that was used last keeps its own, and the one forgotten longest makes room."""
    kept = _Kept(stack, 2, math.inf)
    used, forgotten = kept.give("used"), kept.give("forgotten")
    for number in range(100):
        assert kept.take("used") is used
        kept.give("used", connection=used)
        kept.give(str(number))
    assert _is_closed(forgotten)


def test_the_newest_of_an_origin_is_taken_first_and_goes_last(stack: ExitStack) -> None:
    """Of one origin's connections the one used last is used next, and the one used least makes room."""
    kept = _Kept(stack, 2, math.inf)
    first, second, third = (kept.give("one") for _ in range(3))
    assert (_is_closed(first), kept.take("one"), kept.take("one"), kept.take("one")) == (True, third, second, None)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_costs_a_connection_at_most(stack: ExitStack) -> None:
    """After Ctrl+C at every moment of taking and giving back, a pool keeps as many connections as before."""
    kept = _Kept(stack, 3, 1000.0)

    def use() -> None:
        kept.take("one")
        kept.give("new")

    for run in every_chance():
        for name in ("one", "one", "two"):
            kept.give(name)
        run(use)
    kept.give("last", 1500.0)
    for name in ("one", "two", "three", "four"):
        kept.give(name, 1500.0)
    held = list(kept.pool._idle.values())
    assert (kept.open, [len(connections) for connections in held]) == (3, [1, 1, 1])
    del held
    gc.collect()


def test_expiry_closes_what_nobody_wants(stack: ExitStack) -> None:
    """What was idle for longer than its time is closed when somebody else's connection comes back, and not used again."""
    kept = _Kept(stack, 20, 10.0)
    old = kept.give("old", 100.0)
    late = kept.give("late", 105.0)
    kept.give("new", 111.0)
    assert (_is_closed(old), _is_closed(late), len(kept.pool._idle)) == (True, False, 2)
    assert kept.take("late", 115.5) is None
    assert _is_closed(late)


def test_age_counts_from_birth(stack: ExitStack) -> None:
    """With a largest age, a connection is closed that long after it was made, busy or idle."""
    kept = _Kept(stack, 20, math.inf, 10.0)
    busy, idle = kept.give("busy", 100.0), kept.give("idle", 102.0)
    for now in (104.0, 108.0, 110.0):
        assert kept.take("busy", now) is busy
        kept.give("busy", now, busy)
    assert kept.take("busy", 110.5) is None
    kept.give("new", 113.0)
    assert (_is_closed(busy), _is_closed(idle), list(kept.pool._idle)) == (True, True, [(None, "new")])
