"""Answers that nobody asked for, and answers whose end is a matter of opinion."""

import threading

import pytest

from seawall import ProtocolProblem
from seawall.testing import Behaviour, FaultServer, Reply, SeenCall, Unsolicited
from seawall.testing._connection import Connection
from tests.transport_contract.gear import wait_for
from tests.transport_contract.line import Bench

SECOND = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot yours"
ONE = Reply(text="one")


class Afterthought(Behaviour):
    """An answer, and more bytes when the client has read it."""

    def __init__(self, more: bytes) -> None:
        self.more = more
        self.go, self.gone = threading.Event(), threading.Event()

    def act(self, connection: Connection, call: SeenCall) -> None:
        ONE.act(connection, call)
        connection.wait(until=self.go)
        connection.send(self.more)
        self.gone.set()


@pytest.mark.row("desync")
@pytest.mark.parametrize(
    "behaviour",
    [
        Unsolicited(ONE, SECOND),
        Unsolicited(Reply(text="one", chunked=True), SECOND),
        Unsolicited(Reply(204), SECOND),
        Unsolicited(ONE, b"H"),
        Unsolicited(ONE, SECOND * 10_000),
    ],
    ids=["length", "chunks", "no body", "one byte", "a flood"],
)
async def test_bytes_behind_an_answer_reach_nobody(bench: Bench, server: FaultServer, behaviour: Unsolicited) -> None:
    """The connection is dropped; the answer itself is good, and the next caller gets its own."""
    server.route("GET", "/", behaviour, Reply(text="two"))
    async with bench.line(server) as line:
        first = await line.ask()
        second = await line.ask()
        await bench.world.until(lambda: wait_for(lambda: server.open_connections == 1))
    assert (first.status, second.content) == (behaviour.reply.status, b"two")
    assert server.connections == 2


@pytest.mark.row("desync")
@pytest.mark.parametrize("more", [SECOND, b"H", b"\r\n"], ids=["a whole answer", "one byte", "an empty line"])
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
async def test_bytes_on_an_idle_connection_reach_nobody(bench: Bench, server: FaultServer, more: bytes, busy: bool) -> None:
    """Bytes that come while nobody waits cost the connection, also in a busy loop; the next caller gets its own answer."""
    afterthought = Afterthought(more)
    server.route("GET", "/", afterthought, Reply(text="two"))
    async with bench.line(server) as line:
        first = await line.ask()
        afterthought.go.set()
        if busy:
            assert afterthought.gone.wait(20)
        else:
            await bench.world.until(lambda: afterthought.gone.wait(20))
        second = await line.ask("GET")
    assert (first.content, second.content) == (b"one", b"two")
    assert server.connections == 2


@pytest.mark.row("desync")
async def test_bytes_behind_the_answer_to_a_head_reach_nobody(bench: Bench, server: FaultServer) -> None:
    """A body after the answer to HEAD, where none may be, is not taken for the next answer."""
    route = server.route("HEAD", "/", Unsolicited(Reply(text="one"), b"one" + SECOND))
    server.route("GET", "/", Reply(text="two"))
    async with bench.line(server) as line:
        first = await line.ask("HEAD")
        second = await line.ask()
    assert (first.content, second.content, len(route.calls)) == (b"", b"two", 1)


@pytest.mark.row("ambiguous")
@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="abc", chunked=True, length=3),
        Reply(text="abc", headers=[("Content-Length", "3"), ("Content-Length", "4")]),
        Reply(text="abc", headers=[("Content-Length", "3, 4")]),
        Reply(text="abc", headers=[("Content-Length", "+3")]),
        Reply(text="abc", headers=[("Content-Length", "three")]),
        Reply(text="abc", headers=[("Transfer-Encoding", "gzip")]),
        Reply(text="abc", chunked=True, headers=[("Transfer-Encoding", "chunked, identity")]),
    ],
    ids=["length and chunks", "two lengths", "a list of lengths", "a sign", "a word", "unknown coding", "chunked not last"],
)
async def test_ambiguous_framing_is_refused(bench: Bench, server: FaultServer, reply: Reply) -> None:
    """A response whose end could be read in two ways is a protocol problem, and its connection is dropped."""
    server.route("GET", "/", reply, Reply(text="two"))
    async with bench.line(server) as line:
        problem = await line.fail()
        server.wait_until_closed()
        assert (await line.ask()).content == b"two"
    assert type(problem) is ProtocolProblem
    assert problem.may_have_been_sent
