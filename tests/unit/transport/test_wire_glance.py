"""A body that is there already when its head has been read is taken at once; what is wrong with it waits for its reader."""

import socket
import threading

import pytest

from seawall.problems import ApiProblem, DisconnectProblem, ProtocolProblem
from seawall.transport.wire._reader import Phase, ResponseReader
from tests.unit.transport.network_worlds import NAMES, World, listen

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(params=[name for name in NAMES if name.startswith("wire")])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


class Server:
    """Sends a head, and something more as soon as the client has read that head, before it does anything else."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, head: bytes, more: bytes) -> None:
        read, sent, feed = threading.Event(), threading.Event(), ResponseReader.feed

        def serve(connection: socket.socket) -> None:
            connection.recv(65536)
            connection.sendall(head)
            assert read.wait(20)
            connection.sendall(more)
            connection.shutdown(socket.SHUT_WR)
            sent.set()
            connection.recv(1)

        def fed(reader: ResponseReader, data: bytes) -> None:
            before = reader.phase
            feed(reader, data)
            if before is Phase.HEAD and reader.phase is Phase.BODY:
                read.set()
                assert sent.wait(20)

        monkeypatch.setattr(ResponseReader, "feed", fed)
        self.port, self._thread = listen(serve)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/"


@pytest.mark.parametrize(("head", "more"), [(LENGTH, b"four"), (CHUNKS, b"4\r\nfour\r\n0\r\n\r\n")], ids=["length", "chunks"])
def test_a_body_in_the_next_packet_comes_with_its_head(
    world: World, monkeypatch: pytest.MonkeyPatch, head: bytes, more: bytes
) -> None:
    """The response has its body at once, and is no stream."""
    server = Server(monkeypatch, head, more)
    transport = world.transport()

    async def work() -> tuple[bool, bytes]:
        response = await transport.send(world.request(server.url), world.clocks())
        streamed = response.is_streamed
        await transport.aclose()
        return streamed, response.content

    assert world.run(work()) == (False, b"four")


@pytest.mark.parametrize(
    ("head", "more", "kind"),
    [(LENGTH, b"", DisconnectProblem), (LENGTH, b"fo", DisconnectProblem), (CHUNKS, b"no chunk\r\n", ProtocolProblem)],
    ids=["end", "half", "no chunk"],
)
def test_what_is_wrong_behind_a_head_is_the_readers(
    world: World, monkeypatch: pytest.MonkeyPatch, head: bytes, more: bytes, kind: type[ApiProblem]
) -> None:
    """The head is handed on whatever lies behind it; who reads the body is told."""
    server = Server(monkeypatch, head, more)
    transport = world.transport()

    async def work() -> int:
        response = await transport.send(world.request(server.url), world.clocks())
        with pytest.raises(kind):
            await response.aread()
        await transport.aclose()
        return response.status

    assert world.run(work()) == 200
