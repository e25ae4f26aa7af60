"""Whatever a caller gives, the other side reads exactly the one request that was meant, or nothing was sent.

Two parsers of servers read what the engine wrote: h11, and llhttp by way of httptools.
"""

import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import h11
import httptools
import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

from seawall.model import EMPTY, Body, BytesBody, Headers, Request, Secret, StreamBody, UsageError, reveal
from tests.unit.transport.network_worlds import World

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PATIENCE = 5.0  # seconds after which the other side counts as silent
PROBE = b"nothing was sent before"
BODY_METHODS = ("POST", "PUT", "PATCH")


class Ear:
    """Answers each connection before it has heard anything, and keeps all that it hears."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._heard: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            heard = bytearray()
            with connection, suppress(ConnectionResetError):  # who leaves the answer unread resets the connection
                connection.sendall(ANSWER)
                while piece := connection.recv(65536):
                    heard += piece
            self._heard.put(bytes(heard))

    def next(self) -> bytes:
        """All bytes of the next connection."""
        return self._heard.get(timeout=PATIENCE)

    def drain(self) -> bytes:
        """All bytes of the connection that was made, none if there was none."""
        with socket.create_connection(("127.0.0.1", self.port)) as probe:
            probe.sendall(PROBE)
            probe.shutdown(socket.SHUT_WR)
            while probe.recv(65536):
                pass
        heard = self.next()
        if heard == PROBE:
            return b""
        assert self.next() == PROBE
        return heard

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.close()


# -- what callers give -----------------------------------------------------------------------------------------------------
METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "X!"]) | st.text(
    max_size=6
)
ODD = st.sampled_from(
    ["\r\n", "\n", "\r", "\0", "\t", " ", "\x7f", "\x85", "\xff", "€", ":", "HTTP/1.1", "x: y", "\r\n\r\nGET / HTTP/1.1"]
)
PLAIN = st.text("abc/?=&%#;,.-_~!$'()*+[]@:019", max_size=12)
TEXTS = PLAIN | st.lists(PLAIN | ODD, max_size=4).map("".join)
NAMES = (
    st.sampled_from(["X-One", "x-two", "Accept", "Content-Length", "Transfer-Encoding", "Host", "Connection", "Expect"]) | TEXTS
)
VALUES = TEXTS | st.sampled_from(
    ["0", "2", "5", "05", "+5", "5 ", "chunked", "Chunked", "gzip, chunked", "a.example", "100-continue"]
)
FIELDS = st.lists(st.tuples(NAMES, VALUES | VALUES.map(Secret)), max_size=3)
PIECES = st.lists(st.sampled_from([b"", b"x", b"hello", b"0\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"y" * 70_000]), max_size=3)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[Body, bytes]:
    """A body, and its bytes: in memory, or as a stream with its length, without, or with a wrong one."""
    pieces = draw(PIECES)
    data = b"".join(pieces)
    kind = draw(st.sampled_from(["bytes", "stream", "known", "wrong"]))
    if kind == "bytes":
        return BytesBody(data), data
    length = {"stream": None, "known": len(data), "wrong": draw(st.integers(0, 12))}[kind]
    return StreamBody([piece for piece in pieces if piece], length=length), data


@pytest.mark.parametrize("forwarded", [False, True], ids=["straight", "through a proxy"])
@hypothesis.given(method=METHODS, target=TEXTS, fields=FIELDS, body=bodies())
@hypothesis.settings(max_examples=150)
def test_one_request_leaves_or_none(
    ear: Ear, forwarded: bool, method: str, target: str, fields: list[tuple[str, Any]], body: tuple[Body, bytes]
) -> None:
    """What leaves is read as one request, with that method, target, fields and body, and nothing behind it."""
    hypothesis.assume([name.lower() for name, _ in fields].count("host") < 2)
    world = World("wire blocking")
    netloc = "a.example" if forwarded else f"127.0.0.1:{ear.port}"
    transport = world.transport(proxy=f"http://127.0.0.1:{ear.port}" if forwarded else None)
    try:
        request = Request(method, f"http://{netloc}/{target}", Headers(fields), call=world.request("http://a/").call)
        request = msgspec.structs.replace(request, body=body[0])
        world.run(world.send(transport, request))
    except UsageError:
        world.run(transport.aclose())
        heard = ear.drain()
        assert not heard or (body[0].data is None and len(_requests(heard)) <= 1)  # a stream shows its length on the way
        return
    world.run(transport.aclose())
    prefix = f"http://{netloc}" if forwarded else ""
    expected = Expected(request, prefix + request.target, body[1])
    heard = ear.next()
    expected.check_with_h11(heard)
    expected.check_with_httptools(heard)


@pytest.mark.parametrize(
    ("method", "fields", "body"),
    [
        pytest.param("GET", [("Host", "a.example"), ("host", "b.example")], EMPTY, id="two hosts: RFC 9112, 3.2"),
        pytest.param("CONNECT", [], EMPTY, id="a tunnel, whose connection no pool may keep"),
        pytest.param("POST", [], StreamBody([b"ok", b"more"], length=2), id="a body that goes on behind its length"),
    ],
)
def test_what_could_be_read_in_two_ways_is_not_sent(ear: Ear, method: str, fields: list[tuple[str, str]], body: Body) -> None:
    """What two servers could take for different things is misuse, and no server gets a whole request of it."""
    world = World("wire blocking")
    transport = world.transport()
    request = world.request(f"http://127.0.0.1:{ear.port}/", method, fields, body=body)
    refused = False
    try:
        world.run(world.send(transport, request))
    except UsageError:
        refused = True
    world.run(transport.aclose())
    heard = ear.drain()
    assert refused
    assert not _requests(heard)


class Expected:
    """What the other side must read.

    Args:
        request: What was sent.
        target: As the first line has it.
        body: Its bytes.
    """

    def __init__(self, request: Request, target: str, body: bytes) -> None:
        self._method = request.method.encode("ascii")
        self._target = target.encode("ascii")
        self._body = body
        given = [(name.lower(), reveal(value).strip(" \t")) for name, value in request.headers.items()]
        self._fields = sorted([*given, *_added(request, [name for name, _ in given])])

    def check_with_h11(self, heard: bytes) -> None:
        ((event, body, behind),) = _requests(heard)
        assert (event.method, event.target, body, behind) == (self._method, self._target, self._body, b"")
        read = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers]
        assert sorted(read) == [(name, value.lower() if name == "transfer-encoding" else value) for name, value in self._fields]

    def check_with_httptools(self, heard: bytes) -> None:
        noted = Noted()
        parser = httptools.HttpRequestParser(noted)
        try:
            parser.feed_data(heard)
        except httptools.HttpParserInvalidMethodError:  # it knows a list of methods, and no others
            return
        assert (parser.get_method(), noted.target, noted.body, noted.requests) == (self._method, self._target, self._body, 1)
        assert sorted(noted.fields) == self._fields


def _added(request: Request, names: list[str]) -> list[tuple[str, str]]:
    """What the engine adds of itself: where to, and how the body ends."""
    added = [] if "host" in names else [("host", request.origin.netloc)]
    if "content-length" in names or "transfer-encoding" in names:
        return added
    if request.body.length is None:
        return [*added, ("transfer-encoding", "chunked")]
    if request.body.length or request.method in BODY_METHODS:
        return [*added, ("content-length", str(request.body.length))]
    return added


def _requests(heard: bytes) -> list[tuple[h11.Request, bytes, bytes]]:
    """The whole requests that h11 reads in these bytes: head, body, and what lies behind."""
    peer = h11.Connection(h11.SERVER, max_incomplete_event_size=1_000_000)
    peer.receive_data(heard)
    peer.receive_data(b"")
    head, body = None, b""
    try:
        while not isinstance(event := peer.next_event(), h11.EndOfMessage):
            assert event is not h11.NEED_DATA
            if isinstance(event, h11.ConnectionClosed):
                return []
            if isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
    except h11.RemoteProtocolError:
        return []
    assert head is not None
    return [(head, body, bytes(peer.trailing_data[0]))]


class Noted:
    """What httptools tells of the requests that it reads."""

    def __init__(self) -> None:
        self.target = self.body = b""
        self.fields: list[tuple[str, str]] = []
        self.requests = 0

    def on_url(self, url: bytes) -> None:
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.requests += 1
