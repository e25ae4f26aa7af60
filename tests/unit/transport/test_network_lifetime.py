"""The network transports over loops that come and go, forks, interrupts and its own end."""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from seawall.problems import DisconnectProblem
from seawall.testing import FaultServer, Hang, Raw, Reply
from tests.unit.transport.network_worlds import LOOPS, NAMES, World, wait_for_calls

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


def test_closing_ends_what_runs(world: World, server: FaultServer) -> None:
    """`aclose` ends running calls with a problem, closes every socket, and leaves the transport usable."""
    transport = world.transport(server)
    assert world.get(transport, f"{server.url}/")[1] == b"fine"
    if world.name == "blocking":
        calling = world.start(world.send(transport, world.request(f"{server.url}/hang")))
        wait_for_calls(server, 2)
        world.run(transport.aclose())
        with pytest.raises(DisconnectProblem):
            calling.result(20)
    else:

        async def work() -> None:
            task = asyncio.create_task(world.send(transport, world.request(f"{server.url}/hang")))
            await asyncio.to_thread(wait_for_calls, server, 2)
            await transport.aclose()
            with pytest.raises(DisconnectProblem):
                await task

        world.run(work())
    server.wait_until_closed()
    assert world.get(transport, f"{server.url}/")[1] == b"fine"


def test_one_transport_serves_loop_after_loop(loops: World, server: FaultServer) -> None:
    """Each event loop has connections of its own; those of a closed loop are closed without a warning."""
    transport = loops.transport(server, max_connections=1)

    async def once() -> str | None:
        response, _ = await loops.send(transport, loops.request(f"{server.url}/"))
        return response.connection

    async def unfinished() -> None:
        await transport.send(loops.request(f"{server.url}/body"), loops.clocks())

    assert len({loops.run(once()) for _ in range(3)}) == 3
    loops.run(unfinished())
    loops.run(once())
    loops.run(transport.aclose())
    server.wait_until_closed()


def test_a_forgotten_transport_closes_silently(world: World, server: FaultServer) -> None:
    """A transport that nobody closes and nobody holds closes its sockets without a warning."""
    transport = world.transport(server)
    assert world.run(world.send(transport, world.request(f"{server.url}/")))[1] == b"fine"
    del transport
    gc.collect()
    server.wait_until_closed()


def test_an_interrupt_leaves_it_usable() -> None:
    """Ctrl-C ends a blocking call at once, and frees slot and socket."""
    world = World("wire blocking")
    with FaultServer() as server:
        server.route("GET", "/hang", Hang())
        server.route("GET", "/", Reply(text="fine"))
        transport = world.transport(max_connections=1)
        main = threading.main_thread().ident
        assert main is not None

        def interrupt() -> None:
            wait_for_calls(server, 1)
            signal.pthread_kill(main, signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            world.run(world.send(transport, world.request(f"{server.url}/hang")))
        thread.join()
        server.wait_until_closed()
        assert world.get(transport, f"{server.url}/")[1] == b"fine"


def test_a_child_process_opens_its_own(world: World) -> None:
    """After a fork the child opens its own connections, and the parent's go on."""
    with FaultServer() as server:
        server.route("GET", "/", lambda call: Reply(text=str(call.connection)))
        transport = world.transport(max_connections=1)

        async def ask() -> bytes:
            return (await world.send(transport, world.request(f"{server.url}/")))[1]

        first = world.run(ask())
        in_child = _in_child(lambda: world.run(ask()))
        again = world.run(ask())
        world.run(transport.aclose())
    assert first != in_child
    assert (again == first) is (world.name == "blocking")


def _in_child(work: Callable[[], bytes]) -> bytes:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, work())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return pipe.read()
