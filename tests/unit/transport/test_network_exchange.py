"""The network transports against a server that keeps the rules, or bends them a little."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from seawall.model import BytesBody, Secret, UsageError
from seawall.problems import ProtocolProblem
from seawall.testing import Behaviour, CloseAfter, Endless, FaultServer, Informational, Reply, SeenCall, Unsolicited
from tests.unit.transport.network_worlds import NAMES, World

BIG = 20 * 1024 * 1024


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[FaultServer]:
    with FaultServer(tls=request.param) as server:
        yield server


def test_a_response_comes_whole(world: World, server: FaultServer) -> None:
    """Status, header fields, body, version and connection of a response are delivered."""
    route = server.route("GET", "/a", Reply(201, text="hé", headers={"X-Odd": "\xe9"}))
    response, body = world.get(world.transport(server), f"{server.url}/a?b=c", headers=[("X-Key", Secret("s3"))])
    assert (response.status, body, response.headers["x-odd"]) == (201, "hé".encode(), "\xe9")
    assert (response.http_version, (response.connection or "").startswith("new connection")) == ("HTTP/1.1", True)
    [call] = route.calls
    assert (call.target, call.headers["x-key"], call.headers["host"]) == ("/a?b=c", "s3", f"127.0.0.1:{server.port}")
    assert "content-length" not in call.headers


@pytest.mark.parametrize(
    ("method", "reply", "body"),
    [
        ("HEAD", Reply(length=5), b""),
        ("GET", Reply(204), b""),
        ("GET", Reply(304, length=7), b""),
        ("GET", Reply(text="x" * 100_000, chunked=True), b"x" * 100_000),
        ("GET", Reply(text="bye", close=True), b"bye"),
        ("GET", Reply(text="old", http_version="HTTP/1.0"), b"old"),
        ("GET", Reply(text="until the end", framed=False), b"until the end"),
        ("GET", Informational(103, then=Reply(text="final")), b"final"),
        ("GET", Informational(103, then=Informational(100, then=Reply(text="final"))), b"final"),
    ],
)
def test_framing_is_understood(world: World, server: FaultServer, method: str, reply: Reply, body: bytes) -> None:
    """Each way to end a body is understood, and interim answers are passed over."""
    server.route("*", "/", reply)
    response, content = world.get(world.transport(server), f"{server.url}/", method=method)
    assert content == body
    assert response.status >= 200


def test_a_connection_is_used_again(world: World, server: FaultServer) -> None:
    """After a whole body, also one read piece by piece, the next request takes the same connection."""
    server.route("GET", "/", Reply(text="x" * 10))
    transport = world.transport(server)

    async def work() -> list[str | None]:
        labels = [(await world.send(transport, world.request(f"{server.url}/")))[0].connection for _ in range(3)]
        await transport.aclose()
        return labels

    labels = world.run(work())
    assert server.connections == 1
    assert [label and label.split()[0] for label in labels] == ["new", "reused", "reused"]
    server.wait_until_closed()


@pytest.mark.parametrize("reset", [False, True], ids=["fin", "rst"])
def test_a_stale_connection_is_noticed_before_use(world: World, server: FaultServer, reset: bool) -> None:
    """A kept connection that the peer closed meanwhile is not used: the call goes over another."""
    route = server.route("*", "/", CloseAfter(Reply(text="1"), reset=reset), Reply(text="2"))
    transport = world.transport(server)

    async def work() -> bytes:
        await world.send(transport, world.request(f"{server.url}/"))
        server.wait_until_closed()  # the loop is busy meanwhile: only the descriptor knows
        _, body = await world.send(transport, world.request(f"{server.url}/", "POST", body=BytesBody(b"once")))
        await transport.aclose()
        return body

    assert world.run(work()) == b"2"
    assert [call.method for call in route.calls] == ["GET", "POST"]


class _Afterthought(Behaviour):
    """An answer, and a second one when the client has read the first."""

    def __init__(self) -> None:
        self.go, self.gone = threading.Event(), threading.Event()

    def act(self, connection: Any, call: SeenCall) -> None:
        Reply(text="1").act(connection, call)
        connection.wait(until=self.go)
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
        self.gone.set()


@pytest.mark.parametrize("late", [False, True], ids=["with the answer", "after it"])
def test_an_unsolicited_answer_goes_to_nobody(world: World, server: FaultServer, late: bool) -> None:
    """Bytes behind an answer make its connection unusable: the next caller gets an answer of its own."""
    afterthought = _Afterthought()
    server.route("GET", "/", afterthought if late else Unsolicited(Reply(text="1")), Reply(text="2"))
    transport = world.transport(server)

    async def work() -> list[bytes]:
        _, first = await world.send(transport, world.request(f"{server.url}/"))
        afterthought.go.set()
        assert not late or afterthought.gone.wait(20)
        _, second = await world.send(transport, world.request(f"{server.url}/"))
        await transport.aclose()
        return [first, second]

    assert world.run(work()) == [b"1", b"2"]
    assert server.connections == 2


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="abc", chunked=True, length=3),
        Reply(text="abc", headers=[("Content-Length", "3"), ("Content-Length", "4")]),
        Reply(text="abc", headers=[("Transfer-Encoding", "gzip")]),
    ],
    ids=["length and chunks", "two lengths", "unknown coding"],
)
def test_ambiguous_framing_is_refused(world: World, server: FaultServer, reply: Reply) -> None:
    """A response whose end could be read in two ways is refused, and its connection closed."""
    server.route("GET", "/", reply)
    transport = world.transport(server)
    with pytest.raises(ProtocolProblem) as caught:
        world.get(transport, f"{server.url}/")
    assert caught.value.may_have_been_sent
    server.wait_until_closed()


@pytest.mark.parametrize(
    ("method", "headers", "names"),
    [
        ("GE T", [], "method"),
        ("GET\r\nX: y", [], "method"),
        ("GET", [("X-A", "a\r\nX-B: b")], "X-A"),
        ("GET", [("X-A", "a\0b")], "X-A"),
        ("GET", [("X A", "a")], "X"),
        ("GET", [("X-A", Secret("snow ☃ s3cret"))], "X-A"),
    ],
)
def test_what_could_start_another_request_is_refused(
    world: World, method: str, headers: list[tuple[str, str]], names: str
) -> None:
    """A line break, a NUL or a space where none may be is refused before anything is sent, and no secret is quoted."""
    with FaultServer() as server:
        transport = world.transport()
        with pytest.raises(UsageError, match=names) as caught:
            world.get(transport, f"{server.url}/", method=method, headers=headers)
        assert "s3cret" not in str(caught.value)
        assert server.calls == []


def test_closing_early_frees_the_connection_at_once(world: World, server: FaultServer) -> None:
    """Who stops reading a huge body frees the slot, and the socket is closed."""
    server.route("GET", "/", Endless(), Reply())
    transport = world.transport(server, max_connections=1)

    async def work() -> None:
        response = await transport.send(world.request(f"{server.url}/", stream=True), world.clocks())
        size = 0
        while size < 1 << 20:
            piece = await response.next_piece()
            assert len(piece) <= 64 * 1024
            size += len(piece)
        await response.aclose()
        await response.aclose()
        assert (await world.send(transport, world.request(f"{server.url}/")))[0].status == 200
        await transport.aclose()

    world.run(work())
    server.wait_until_closed()


def test_many_threads_share_a_transport(server: FaultServer) -> None:
    """Forty threads over ten slots get their own answers."""
    server.route("*", "*", lambda call: Reply(text=call.path))
    world = World("wire blocking")
    transport = world.transport(server, max_connections=10)
    answers: list[tuple[str, bytes]] = []

    def work(number: int) -> None:
        for turn in range(5):
            path = f"/{number}/{turn}"
            answers.append((path, world.run(world.send(transport, world.request(server.url + path)))[1]))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 200
    assert all(path.encode() == body for path, body in answers)
    assert server.connections <= 10
    world.run(transport.aclose())
    server.wait_until_closed()
