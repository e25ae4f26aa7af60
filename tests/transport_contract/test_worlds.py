"""T3 and T4: threads, forks, further event loops and Ctrl-C."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from seawall import AsyncClient, Client
from seawall.chain.runtimes import AsyncioRuntime
from seawall.testing import Behaviour, Endless, FaultServer, Gate, Hang, Raw, Reply, SeenCall, TlsIdentity
from tests.transport_contract.gear import PATIENCE, dialling, full_port, wait_for
from tests.transport_contract.line import Line
from tests.transport_contract.processes import child
from tests.transport_contract.subjects import Subject

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
every_loop = pytest.mark.parametrize("loop", LOOPS)


@pytest.fixture
def authority(identity: TlsIdentity, tmp_path: Path) -> str:
    """The good certificate's authority as a file, for other processes."""
    path = tmp_path / "authority.pem"
    path.write_bytes(identity.ca_pem)
    return str(path)


class Loops:
    """An `AsyncClient` that outlives event loops.

    Args:
        subject: The transport.
        server: Where it goes.
        loop: The name of the kind of loop.
        options: Of the transport.
    """

    def __init__(self, subject: Subject, server: FaultServer, identity: TlsIdentity, loop: str, **options: Any) -> None:
        self.transport = subject.make_asyncio(verify=identity.client_context(), **options)
        self.client = AsyncClient(server.url, transport=self.transport, retry=False)
        self._factory = LOOPS[loop]

    def run(self, work: Any) -> Any:
        """Finish a coroutine on a loop of its own."""
        with asyncio.Runner(loop_factory=self._factory) as runner:
            return runner.run(work)

    async def get(self, path: str = "/") -> str:
        return (await self.client.get(path)).text


@every_loop
@pytest.mark.row("worlds")
def test_a_client_outlives_its_loop(subject: Subject, server: FaultServer, identity: TlsIdentity, loop: str) -> None:
    """T3: after `asyncio.run` has ended, the same client works in the next one, over a socket of its own."""
    route = server.route("GET", "/", Reply(text="x"))
    loops = Loops(subject, server, identity, loop)
    for _ in range(3):
        assert loops.run(loops.get()) == "x"
    assert [call.connection for call in route.calls] == [1, 2, 3]
    loops.run(loops.client.aclose())
    server.wait_until_closed()


@every_loop
@pytest.mark.row("worlds")
def test_a_loop_that_ends_in_the_middle(subject: Subject, server: FaultServer, identity: TlsIdentity, loop: str) -> None:
    """T3: calls that a dying loop leaves behind keep neither slot nor socket."""
    gate = Gate()
    server.route("GET", "/stuck", gate)
    server.route("GET", "/", Reply(text="x"))
    loops = Loops(subject, server, identity, loop, max_connections=1)

    async def leave() -> None:
        leftover = asyncio.create_task(loops.get("/stuck"))
        await asyncio.to_thread(gate.reached.wait, PATIENCE)
        assert not leftover.done()

    loops.run(leave())
    assert loops.run(loops.get()) == "x"
    loops.run(loops.client.aclose())
    server.wait_until_closed()


@every_loop
@pytest.mark.row("worlds")
def test_a_stream_that_outlives_its_loop(subject: Subject, server: FaultServer, identity: TlsIdentity, loop: str) -> None:
    """T3: a stream that was open when its loop ended, and that somebody still holds, keeps neither slot nor socket."""
    server.route("GET", "/endless", Endless())
    server.route("GET", "/", Reply(text="x"))
    loops = Loops(subject, server, identity, loop, max_connections=1)
    held: list[object] = []

    async def leave() -> None:
        response = await Line(loops.transport, AsyncioRuntime(), server.url).head(path="/endless")
        assert await response.next_piece()
        held.append(response)

    loops.run(leave())
    assert loops.run(loops.get()) == "x"
    loops.run(loops.client.aclose())
    server.wait_until_closed()
    assert len(held) == 1


@every_loop
@pytest.mark.row("worlds")
def test_two_loops_at_once(subject: Subject, server: FaultServer, identity: TlsIdentity, loop: str) -> None:
    """T3: loops in four threads share a client and its slots, and no socket."""
    server.route("GET", "*", lambda call: Reply(text=call.path))
    loops = Loops(subject, server, identity, loop, max_connections=2)
    answers: dict[int, list[str]] = {}

    async def calls(number: int) -> list[str]:
        return [await loops.get(f"/{number}/{turn}") for turn in range(10)]

    def work(number: int) -> None:
        answers[number] = loops.run(calls(number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: [f"/{number}/{turn}" for turn in range(10)] for number in range(4)}
    users: dict[int, set[str]] = {}
    for call in server.calls:
        users.setdefault(call.connection, set()).add(call.path.split("/")[1])
    assert all(len(threads_seen) == 1 for threads_seen in users.values())
    loops.run(loops.client.aclose())
    server.wait_until_closed()


@pytest.mark.row("worlds")
def test_many_threads_share_a_client(subject: Subject, server: FaultServer, identity: TlsIdentity) -> None:
    """T3: a client made in one thread works in new threads, which share its connections and get their own answers."""
    server.route("GET", "*", lambda call: Reply(text=call.path))
    transport = subject.make_blocking(verify=identity.client_context(), max_connections=5)
    answers: list[tuple[str, str]] = []
    with Client(server.url, transport=transport, retry=False) as api:

        def work(number: int) -> None:
            for turn in range(10):
                answers.append((f"/{number}/{turn}", api.get(f"/{number}/{turn}").text))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 200
    assert all(path == text for path, text in answers)
    assert server.connections <= 5


def meeting(count: int) -> Callable[[SeenCall], Behaviour]:
    """A route that answers so many calls when all of them are there."""
    together = threading.Barrier(count)

    def meet(call: SeenCall) -> Behaviour:
        together.wait(PATIENCE)
        return Reply(text="all here")

    return meet


every_world = pytest.mark.parametrize("name", ["blocking", "asyncio", "uvloop"])


@every_world
@pytest.mark.row("worlds")
@pytest.mark.parametrize("busy", [False, True], ids=["quiet", "busy"])
def test_a_fork_shares_no_socket(subject: Subject, server: FaultServer, authority: str, name: str, busy: bool) -> None:
    """T3: after `fork()` parent and child go on, each over its own sockets, also if other threads were in the middle of calls."""
    server.route("GET", "/hang", Hang())
    server.route("GET", "/child", meeting(4))
    server.route("GET", "*", Reply(text="x"))
    network = {"verify": authority, "max_connections": 4}
    with child("fork", subject.name, name, server.url, network=network, slots=4, busy=busy) as process:
        if busy:
            assert process.hear() == {"step": "busy"}
            wait_for(lambda: len([call for call in server.calls if call.path == "/hang"]) == 3)
            process.go_on()
        assert process.hear() == {"child": 0}
    users: dict[int, set[str]] = {}
    for call in server.calls:
        users.setdefault(call.connection, set()).add(call.headers["x-process"])
    assert all(len(processes) == 1 for processes in users.values())
    assert sorted(call.path for call in server.calls if call.path != "/hang") == [
        "/before", *["/child"] * 4, "/parent"
    ]  # fmt: skip
    if name == "blocking" and not busy:
        assert server.connections == 1 + 4  # the parent goes on with its own


STAGES = [("connecting", False), ("head", False), ("head", True), ("body", False), ("body", True)]


@every_world
@pytest.mark.row("worlds")
@pytest.mark.parametrize(("stage", "server"), STAGES, indirect=["server"])
def test_ctrl_c_ends_a_call_at_once(subject: Subject, server: FaultServer, authority: str, name: str, stage: str) -> None:
    """T4: Ctrl-C ends a call that knows no deadline, closes its socket, and leaves the only slot for the next call."""
    server.route("GET", "/small", Reply(text="small", close=True))
    stuck = server.route("GET", "/head", Hang())
    half = server.route("GET", "/body", Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", then="hang"))
    with full_port() as port:
        others = dialling(port)
        path = f"http://127.0.0.1:{port}/" if stage == "connecting" else f"/{stage}"
        network = {"verify": authority, "max_connections": 1}
        with child("interrupted", subject.name, name, server.url, network=network, path=path) as process:
            assert process.hear() == {"step": "ready"}
            wait_for(lambda: stuck.calls or half.calls or dialling(port) > others)
            process.interrupt()
            assert process.hear() == {"step": "interrupted"}
            wait_for(lambda: dialling(port) == others)
            server.wait_until_closed()
            process.go_on()
            assert process.hear() == {"after": "small"}
