"""Ending calls of the httpx2 transport from outside: cancellation, closing, interrupts, forks, loops that come and go."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from seawall.model import Cancel, Sent, StreamBody
from seawall.problems import ApiProblem, CancelledProblem
from seawall.testing import FaultServer, Gate, Hang, Raw, Reply
from tests.unit.transport.network_worlds import LOOPS, NAMES, World, full_listener, listen, wait_for_calls

ROUNDS = 20


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=LOOPS)
def loops(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[FaultServer]:
    with FaultServer(tls=request.param) as server:
        server.route("*", "/hang", Hang())
        server.route("*", "/body", Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", then="hang"))
        server.route("GET", "/", Reply(text="fine"))
        yield server


@pytest.mark.parametrize(("path", "sent"), [("/hang", Sent.MAYBE), ("/body", Sent.YES)])
def test_cancelling_frees_slot_and_socket(world: World, server: FaultServer, path: str, sent: Sent) -> None:
    """Twenty calls cancelled twice each from another thread leave one slot usable and no socket open."""
    transport = world.transport(server, max_connections=1)
    for turn in range(ROUNDS):
        cancel = Cancel()
        calling = world.start(world.send(transport, world.request(server.url + path), world.clocks(cancel=cancel)))
        wait_for_calls(server, turn + 1)
        cancel.cancel()
        cancel.cancel()
        with pytest.raises(CancelledProblem) as caught:
            calling.result(20)
        assert caught.value.sent in (sent, Sent.MAYBE)
    server.wait_until_closed()
    assert world.get(transport, f"{server.url}/")[1] == b"fine"


def test_a_cancelled_call_sends_nothing(world: World, server: FaultServer) -> None:
    """A switch that was used before ends the call before a connection is made."""
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(CancelledProblem) as caught:
        world.get(world.transport(server), f"{server.url}/", world.clocks(cancel=cancel))
    assert caught.value.sent is Sent.NO
    assert server.connections == 0


def test_cancelling_while_all_slots_are_taken(world: World) -> None:
    """Callers who wait for a slot are cancelled at once, and pass no slot on that they do not have."""
    gate, cancel = Gate(Reply(text="late")), Cancel()
    with FaultServer() as server:
        server.route("GET", "/", gate)
        transport = world.transport(max_connections=1)
        holder = world.start(world.send(transport, world.request(f"{server.url}/")))
        assert gate.reached.wait(20)
        waiting = [
            world.start(world.send(transport, world.request(f"{server.url}/"), world.clocks(cancel=cancel)))
            for _ in range(ROUNDS)
        ]
        cancel.cancel()
        for call in waiting:
            with pytest.raises(CancelledProblem) as caught:
                call.result(20)
            assert caught.value.sent is Sent.NO
        gate.open()
        assert holder.result(20)[1] == b"late"
        assert [world.start(world.send(transport, world.request(f"{server.url}/"))).result(20)[1] for _ in range(3)] == [
            b"late"
        ] * 3


@pytest.mark.parametrize(("scheme", "sent"), [("https", Sent.NO), ("http", Sent.MAYBE)], ids=["handshake", "upload"])
def test_cancelling_before_an_answer(world: World, scheme: str, sent: Sent) -> None:
    """A call is cancelled while it shakes hands or uploads, and its socket is closed."""
    begun, cancel = threading.Event(), Cancel()

    def handle(connection: socket.socket) -> None:
        connection.recv(1)
        begun.set()
        while not cancel.cancelled:
            begun.wait()
        try:
            while connection.recv(65536):
                pass
        except OSError:
            pass

    port, thread = listen(handle)
    body = StreamBody(lambda: (b"x" * 100_000 for _ in range(1000)))
    request = world.request(f"{scheme}://127.0.0.1:{port}/", "POST", body=body)
    calling = world.start(world.send(world.transport(), request, world.clocks(cancel=cancel)))
    assert begun.wait(20)
    cancel.cancel()
    with pytest.raises(CancelledProblem) as caught:
        calling.result(20)
    assert caught.value.sent is sent
    thread.join(20)
    assert not thread.is_alive()


def test_cancelling_a_connection_that_is_not_made(world: World) -> None:
    """A call is cancelled while it connects to an address that does not answer."""
    cancel = Cancel()
    with ExitStack() as stack:
        port = full_listener(stack)
        calling = world.start(
            world.send(world.transport(), world.request(f"http://127.0.0.1:{port}/"), world.clocks(cancel=cancel))
        )
        cancel.cancel()
        with pytest.raises(CancelledProblem) as caught:
            calling.result(20)
    assert caught.value.sent is Sent.NO


@pytest.mark.parametrize("path", ["/hang", "/body"])
def test_a_cancelled_task_frees_slot_and_socket(loops: World, server: FaultServer, path: str) -> None:
    """Twenty tasks cancelled twice each, in mid-call or in mid-body, leave one slot usable and no socket open."""
    transport = loops.transport(server, max_connections=1)

    async def work() -> bytes:
        for turn in range(ROUNDS):
            task = asyncio.create_task(loops.send(transport, loops.request(server.url + path)))
            await asyncio.to_thread(wait_for_calls, server, turn + 1)
            task.cancel()
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await asyncio.to_thread(server.wait_until_closed)
        return (await loops.send(transport, loops.request(f"{server.url}/")))[1]

    assert loops.run(work()) == b"fine"


def test_a_task_is_cancelled_while_it_connects(loops: World) -> None:
    """Tasks cancelled at each of their first steps leave one slot usable and no socket open."""
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        transport = loops.transport(max_connections=1)

        async def work() -> bytes:
            for steps in range(ROUNDS):
                task = asyncio.create_task(loops.send(transport, loops.request(f"{server.url}/")))
                for _ in range(steps):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await transport.aclose()
            await asyncio.to_thread(server.wait_until_closed)
            return (await loops.send(transport, loops.request(f"{server.url}/")))[1]

        assert loops.run(work()) == b"fine"


def test_a_lost_race_of_cancel_and_end_hits_nobody(world: World) -> None:
    """A switch used after its call has ended does not disturb the next user of the connection."""
    gate = Gate(Reply(text="late"))
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="1"), gate)
        transport = world.transport()
        cancel = Cancel()

        async def work() -> bytes:
            await world.send(transport, world.request(f"{server.url}/"), world.clocks(cancel=cancel))
            threading.Thread(target=lambda: (gate.reached.wait(20), cancel.cancel(), gate.open())).start()
            _, body = await world.send(transport, world.request(f"{server.url}/"))
            await transport.aclose()
            return body

        assert world.run(work()) == b"late"
        assert server.connections == 1


def test_problems_are_ours(world: World, server: FaultServer) -> None:
    """Whatever ends a call is an `ApiProblem` or the caller's own doing, never an error of a library below."""
    cancel = Cancel()
    calling: Any = world.start(
        world.send(world.transport(server), world.request(f"{server.url}/hang"), world.clocks(cancel=cancel))
    )
    wait_for_calls(server, 1)
    cancel.cancel()
    assert isinstance(calling.exception(20), ApiProblem)
