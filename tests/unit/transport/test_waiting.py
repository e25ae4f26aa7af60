"""Event loops that cannot watch a socket: the transport waits in a thread there."""

import asyncio
from typing import Any

import pytest

from seawall.problems import ReadTimeoutProblem
from seawall.testing import FaultServer, Hang, Reply
from tests.unit.transport.network_worlds import World


class _NoWatchers(asyncio.SelectorEventLoop):
    """What the proactor loop of Windows says to those who want to watch a socket."""

    def add_reader(self, *details: Any) -> None:
        raise NotImplementedError

    add_writer = remove_reader = remove_writer = add_reader


def test_a_loop_without_watchers() -> None:
    """Calls succeed, and their clocks run, on a loop that watches no sockets."""
    world = World("asyncio")
    with FaultServer(tls=True) as server:
        server.route("GET", "/", Reply(text="fine"))
        server.route("GET", "/hang", Hang())
        transport = world.transport(server)

        async def work() -> bytes:
            _, body = await world.send(transport, world.request(f"{server.url}/"))
            with pytest.raises(ReadTimeoutProblem):
                await world.send(transport, world.request(f"{server.url}/hang"), world.clocks(read=0.05))
            await transport.aclose()
            return body

        with asyncio.Runner(loop_factory=_bare_loop) as runner:
            assert runner.run(work()) == b"fine"
        server.wait_until_closed()


def _bare_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.SelectorEventLoop()
    loop.__class__ = _NoWatchers
    return loop
