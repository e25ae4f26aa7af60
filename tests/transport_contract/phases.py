"""The phases of a call, each held open until it is cancelled."""

import itertools
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from seawall import Sent
from seawall.model import Clocks
from seawall.testing import Behaviour, FaultServer, Hang, Raw, Reply, SeenCall
from seawall.testing._connection import Connection
from tests.transport_contract.gear import PATIENCE, Sink, dialling, full_port, wait_for
from tests.transport_contract.line import Line

CALLS = 20
_serials = itertools.count(1)  # a name of its own per phase: who asks for one that is being looked up joins in


@dataclass(frozen=True)
class Phase:
    """Where calls are stuck.

    Args:
        call: Makes a call that gets there.
        reached: Blocks until all calls of a round are there.
        sent: What their problems say.
        left: Called when all calls of a round have ended.
    """

    call: Callable[[Line, Clocks], Coroutine[Any, Any, object]]
    reached: Callable[[], object]
    sent: Sent
    left: Callable[[], object] = int


def to(path: str, method: str = "GET", **request: Any) -> Callable[[Line, Clocks], Coroutine[Any, Any, object]]:
    """A plain call."""
    return lambda line, clocks: line.ask(method, path, clocks=clocks, **request)


@contextmanager
def resolving(server: FaultServer) -> Iterator[Phase]:
    """The name server is silent."""
    asked, over = threading.Event(), threading.Event()
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *details: Any, **options: Any) -> Any:
        if not str(host).endswith("invalid") or options.get("flags") == socket.AI_NUMERICHOST:
            return real(host, *details, **options)
        asked.set()
        over.wait(PATIENCE)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with mock.patch("socket.getaddrinfo", getaddrinfo):
        try:
            yield Phase(to(f"http://{next(_serials)}.invalid/"), lambda: asked.wait(PATIENCE), Sent.NO)
        finally:
            over.set()


@contextmanager
def connecting(server: FaultServer) -> Iterator[Phase]:
    """The other side does not answer the first packet."""
    with full_port() as port:
        others = dialling(port)
        yield Phase(to(f"http://127.0.0.1:{port}/"), lambda: wait_for(lambda: dialling(port) - others == CALLS), Sent.NO)


@contextmanager
def shaking_hands(server: FaultServer) -> Iterator[Phase]:
    """The other side does not answer in TLS."""
    with Sink() as sink:
        rounds = iter(range(CALLS, 99, CALLS))
        yield Phase(to(f"https://127.0.0.1:{sink.port}/"), lambda: _all_talk(sink, next(rounds)), Sent.NO)


def _all_talk(sink: Sink, count: int) -> None:
    wait_for(lambda: sink.talkers == count)


class Deaf(Behaviour):
    """Reads no body until its peers have left, of which it could not know, and never answers."""

    needs_body = False

    def __init__(self) -> None:
        self.left = threading.Semaphore(0)

    def act(self, connection: Connection, call: SeenCall) -> None:
        self.left.acquire(timeout=PATIENCE)
        connection.drain()


@contextmanager
def sending(server: FaultServer) -> Iterator[Phase]:
    """The server does not read the body, which is larger than what the system takes."""
    deaf = Deaf()
    phase = _served(server, deaf, to("/stuck", "POST", body=b"x" * 12_000_000), Sent.MAYBE)
    yield replace(phase, left=lambda: deaf.left.release(CALLS))


@contextmanager
def awaiting_the_head(server: FaultServer) -> Iterator[Phase]:
    """The server has the request and says nothing."""
    yield _served(server, Hang(), to("/stuck"), Sent.MAYBE)


@contextmanager
def awaiting_the_body(server: FaultServer) -> Iterator[Phase]:
    """The server stops in the middle of the body."""
    arrived = threading.Semaphore(0)

    async def call(line: Line, clocks: Clocks) -> None:
        response = await line.head(path="/stuck", clocks=clocks)
        assert await response.next_piece()
        arrived.release()
        await response.next_piece()

    server.route("*", "/stuck", Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", then="hang"))
    yield Phase(call, lambda: [arrived.acquire(timeout=PATIENCE) for _ in range(CALLS)], Sent.YES)


def _served(server: FaultServer, behaviour: Behaviour, call: Any, sent: Sent) -> Phase:
    route = server.route("*", "/stuck", behaviour)
    rounds = iter(range(CALLS, 99, CALLS))
    return Phase(call, lambda: route.wait_for_calls(next(rounds), PATIENCE), sent)


def whole_pool(server: FaultServer) -> Callable[[Line], Coroutine[Any, Any, bytes]]:
    """A call that is answered only while `CALLS` others like it are under way."""
    together = threading.Barrier(CALLS)

    def meet(call: SeenCall) -> Behaviour:
        together.wait(PATIENCE)
        return Reply(text="all here")

    server.route("GET", "/together", meet)

    async def call(line: Line) -> bytes:
        return (await line.ask(path="/together")).content

    return call


PHASES: dict[str, Callable[[FaultServer], AbstractContextManager[Phase]]] = {
    "resolving": resolving,
    "connecting": connecting,
    "shaking hands": shaking_hands,
    "sending": sending,
    "awaiting the head": awaiting_the_head,
    "awaiting the body": awaiting_the_body,
}
