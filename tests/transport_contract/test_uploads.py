"""Request bodies on their way, and answers that do not wait for them."""

import itertools
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from seawall import DisconnectProblem, FileBody, Sent, StreamBody, UsageError
from seawall.model import Body, BytesBody
from seawall.testing import Behaviour, EarlyReply, FaultServer, LostAnswer, Reply, SeenCall
from seawall.testing._connection import Connection
from tests.transport_contract.line import Bench

PIECE = bytes(range(256)) * 400
BIG = 20 * 1024 * 1024
KINDS: dict[str, Callable[[Path], Body]] = {
    "bytes": lambda path: BytesBody(PIECE * 3),
    "file": FileBody,
    "pieces": lambda path: StreamBody(iter([PIECE, b"", PIECE, PIECE])),
    "measured pieces": lambda path: StreamBody([PIECE, PIECE, PIECE], length=3 * len(PIECE)),
    "a function": lambda path: StreamBody(lambda: [PIECE, PIECE, PIECE]),
}


@pytest.mark.row("uploads")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_body_arrives_whole(bench: Bench, server: FaultServer, kind: str, tmp_path: Path) -> None:
    """A body of any kind arrives byte for byte, with its length where it is known and in chunks where not."""
    path = tmp_path / "body"
    path.write_bytes(PIECE * 3)
    route = server.route("*", "/", Reply())
    async with bench.line(server) as line:
        await line.ask("POST", body=KINDS[kind](path))
        await line.ask("PUT", body=KINDS[kind](path))
    for call in route.calls:
        chunked = kind in ("pieces", "a function")
        assert call.body == PIECE * 3
        assert call.headers.get("content-length") == (None if chunked else str(3 * len(PIECE)))
        assert call.headers.get("transfer-encoding") == ("chunked" if chunked else None)
    assert server.connections == 1


@pytest.mark.row("uploads")
async def test_no_body_is_said_to_be_none(bench: Bench, server: FaultServer) -> None:
    """Without a body, methods that usually have one say that it is empty, and the others say nothing."""
    route = server.route("*", "/", Reply())
    async with bench.line(server) as line:
        for method in ("POST", "PUT", "PATCH", "GET", "HEAD", "DELETE", "OPTIONS"):
            await line.ask(method)
    assert [call.headers.get("content-length") for call in route.calls] == ["0"] * 3 + [None] * 4
    assert all("transfer-encoding" not in call.headers for call in route.calls)


@pytest.mark.row("uploads")
async def test_an_upload_is_not_held_up_by_its_answer(bench: Bench, server: FaultServer) -> None:
    """20 MB go up whole over plain and TLS connections."""
    route = server.route("POST", "/", Reply(204))
    async with bench.line(server) as line:
        await line.ask("POST", body=b"x" * BIG)
    assert (len(route.calls[0].body), route.calls[0].complete) == (BIG, True)


@pytest.mark.row("early answer")
@pytest.mark.parametrize("linger", [False, True], ids=["close", "linger"])
@pytest.mark.parametrize("kind", ["bytes", "pieces"])
async def test_an_early_refusal_is_delivered(bench: Bench, server: FaultServer, linger: bool, kind: str) -> None:
    """A 413 that comes with a close while 20 MB go up is delivered, and the connection is not used again."""
    server.route("POST", "/", EarlyReply(Reply(413, text="too large"), linger=linger))
    server.route("GET", "/", Reply(text="next"))
    async with bench.line(server) as line:
        pieces = (b"x" * 100_000 for _ in range(BIG // 100_000))
        response = await line.ask("POST", body=b"x" * BIG if kind == "bytes" else StreamBody(pieces))
        server.wait_until_closed()
        assert (await line.ask()).content == b"next"
    assert (response.status, response.content) == (413, b"too large")


class Impatient(Behaviour):
    """Sends an interim answer before it has read the body, and the final one after it."""

    needs_body = False

    def act(self, connection: Connection, call: SeenCall) -> None:
        connection.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
        left = int(call.headers["content-length"])
        while left:
            left -= len(connection.receive())
        Reply(text="thanks").act(connection, call)


@pytest.mark.row("early answer")
async def test_an_interim_answer_does_not_stop_an_upload(bench: Bench, server: FaultServer) -> None:
    """An answer of 1xx while the body goes up leaves it going."""
    server.route("PUT", "/", Impatient())
    async with bench.line(server) as line:
        assert (await line.ask("PUT", body=b"x" * BIG)).content == b"thanks"


@pytest.mark.row("early answer")
async def test_a_server_that_leaves_during_an_upload(bench: Bench) -> None:
    """A connection that is reset while the body goes up is a disconnect, and something may have been sent."""
    listener = socket.create_server(("127.0.0.1", 0))

    def leave() -> None:
        with listener:
            connection, _ = listener.accept()
            connection.recv(1000)
            connection.close()  # with bytes unread: the system sends an RST

    thread = threading.Thread(target=leave)
    thread.start()
    async with bench.line(f"http://127.0.0.1:{listener.getsockname()[1]}") as line:
        problem = await line.fail("POST", body=b"x" * BIG)
    thread.join()
    assert (type(problem), problem.sent) == (DisconnectProblem, Sent.MAYBE)


@pytest.mark.row("uploads")
async def test_a_spent_body_is_not_sent_again(bench: Bench, server: FaultServer) -> None:
    """An iterator that was read is refused before anything is sent; a function gives its body anew."""
    route = server.route("POST", "/", LostAnswer(), Reply())
    spent, replayable = StreamBody(iter([b"once"])), StreamBody(lambda: iter([b"again"]))
    async with bench.line(server) as line:
        await line.fail("POST", body=spent)
        with pytest.raises(UsageError, match="cannot be sent again"):
            await line.ask("POST", body=spent)
        await line.ask("POST", body=replayable)
        await line.ask("POST", body=replayable)
    assert [call.body for call in route.calls] == [b"once", b"again", b"again"]


@pytest.mark.row("uploads")
@pytest.mark.parametrize("length", [1, 99])
async def test_a_body_that_lies_about_its_length_is_misuse(bench: Bench, server: FaultServer, length: int) -> None:
    """A body that is longer or shorter than it says is the caller's mistake, and costs only its own connection."""
    server.route("*", "/", Reply(text="next"))
    async with bench.line(server, max_connections=1) as line:
        with pytest.raises(UsageError, match="Content-Length"):
            await line.ask("POST", body=StreamBody([b"abc"], length=length))
        server.wait_until_closed()
        assert (await line.ask()).content == b"next"


@pytest.mark.row("uploads")
async def test_a_body_that_fails_raises_its_own_error(bench: Bench, server: FaultServer) -> None:
    """An error of the caller's iterator comes out as it is, and frees slot and socket."""

    def pieces() -> Iterator[bytes]:
        yield b"x"
        raise ZeroDivisionError("mine")

    server.route("*", "/", Reply(text="next"))
    async with bench.line(server, max_connections=1) as line:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError, match="mine"):
                await line.ask("POST", body=StreamBody(pieces()))
        server.wait_until_closed()
        assert (await line.ask()).content == b"next"


@pytest.mark.row("uploads")
async def test_an_async_iterator_is_for_asyncio(bench: Bench, server: FaultServer) -> None:
    """An async iterator is sent in asyncio, and refused by name in the blocking world."""

    async def pieces() -> AsyncIterator[bytes]:
        for number in itertools.islice(itertools.count(), 3):
            yield b"%d" % number

    route = server.route("POST", "/", Reply())
    async with bench.line(server) as line:
        if bench.world.is_blocking:
            with pytest.raises(UsageError, match="AsyncClient"):
                await line.ask("POST", body=StreamBody(pieces()))
        else:
            await line.ask("POST", body=StreamBody(pieces()))
    assert [call.body for call in route.calls] == ([] if bench.world.is_blocking else [b"012"])
