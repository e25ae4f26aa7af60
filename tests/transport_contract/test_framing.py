"""Where an answer ends."""

import pytest

from seawall.testing import Behaviour, FaultServer, Informational, Raw, Reply
from tests.transport_contract.line import Bench

TRAILERS = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
    b"3;name=value\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n"
)
KEPT = {
    "length": ("GET", Reply(text="abcde"), b"abcde"),
    "empty": ("GET", Reply(body=b""), b""),
    "equal lengths": ("GET", Reply(text="abcde", headers=[("Content-Length", "5"), ("content-length", "5")]), b"abcde"),
    "chunks": ("GET", Reply(text="x" * 100_000, chunked=True), b"x" * 100_000),
    "no chunks": ("GET", Reply(body=b"", chunked=True), b""),
    "trailers": ("GET", Raw(TRAILERS, then="keep"), b"abcde"),
    "in small packets": ("GET", Raw(*[TRAILERS[at : at + 7] for at in range(0, len(TRAILERS), 7)], then="keep"), b"abcde"),
    "HEAD with a length": ("HEAD", Reply(length=5), b""),
    "HEAD with chunks": ("HEAD", Reply(headers={"Transfer-Encoding": "chunked"}, framed=False), b""),
    "204": ("GET", Reply(204), b""),
    "204 with a length": ("GET", Reply(204, length=0), b""),
    "304": ("GET", Reply(304), b""),
    "304 with a length": ("GET", Reply(304, length=7), b""),
}
CLOSED = {
    "Connection: close": (Reply(text="bye", close=True), b"bye"),
    "Connection: close with chunks": (Reply(text="bye", close=True, chunked=True), b"bye"),
    "HTTP/1.0 with a length": (Reply(text="old", http_version="HTTP/1.0"), b"old"),
    "HTTP/1.0 without": (Reply(text="old", http_version="HTTP/1.0", framed=False), b"old"),
    "no length": (Reply(text="x" * 100_000, framed=False), b"x" * 100_000),
    "no length, no body": (Reply(framed=False), b""),
}


@pytest.mark.row("framing")
@pytest.mark.parametrize("name", KEPT)
async def test_an_answer_ends_where_it_says(bench: Bench, server: FaultServer, name: str) -> None:
    """The body is exactly what was framed, and the connection is in step for the next call."""
    method, behaviour, body = KEPT[name]
    server.route(method, "/framed", behaviour)
    server.route("GET", "/", Reply(text="next"))
    async with bench.line(server) as line:
        assert (await line.ask(method, "/framed")).content == body
        assert (await line.ask()).content == b"next"
    assert name == "HEAD with chunks" or server.connections == 1


@pytest.mark.row("framing")
@pytest.mark.parametrize("name", CLOSED)
async def test_an_answer_ends_with_its_connection(bench: Bench, server: FaultServer, name: str) -> None:
    """Where the connection is closed after the answer, the body is whole and the next call takes another connection."""
    reply, body = CLOSED[name]
    server.route("GET", "/", reply, Reply(text="next"))
    async with bench.line(server) as line:
        assert (await line.ask()).content == body
        assert (await line.ask()).content == b"next"
    assert server.connections == 2


@pytest.mark.row("framing")
async def test_a_connection_is_not_kept_against_the_servers_word(bench: Bench, server: FaultServer) -> None:
    """After `Connection: close` the connection is closed, even if the server leaves it open."""
    answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbye"
    server.route("GET", "/", Raw(answer, then="hang"), Reply(text="next"))
    async with bench.line(server) as line:
        assert (await line.ask()).content == b"bye"
        server.wait_until_closed()
        assert (await line.ask()).content == b"next"


@pytest.mark.row("framing")
async def test_what_a_response_tells(bench: Bench, server: FaultServer) -> None:
    """Status, version and every header field come through as they were sent."""
    fields = [("Set-Cookie", "a=1"), ("X-Odd", "\xe9"), ("Set-Cookie", "b=2"), ("X-Empty", "")]
    server.route("GET", "/", Reply(299, reason="Why Not", text="x", headers=fields))
    async with bench.line(server) as line:
        response = await line.ask()
    assert (response.status, response.http_version) == (299, "HTTP/1.1")
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert (response.headers["x-odd"], response.headers["x-empty"]) == ("\xe9", "")


@pytest.mark.row("interim")
@pytest.mark.parametrize(
    "behaviour",
    [
        Informational(103, headers={"Link": "</style.css>; rel=preload"}, then=Reply(text="final")),
        Informational(103, then=Informational(103, then=Informational(102, then=Reply(text="final", chunked=True)))),
        Informational(100, then=Reply(text="final")),
    ],
    ids=["103", "103, 103, 102", "100"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_interim_answers_are_passed_over(bench: Bench, server: FaultServer, behaviour: Behaviour, method: str) -> None:
    """The final answer is delivered without the fields of the interim ones, and the connection is kept."""
    server.route(method, "/", behaviour)
    async with bench.line(server) as line:
        first, second = await line.ask(method), await line.ask(method)
    assert (first.status, first.content, second.content) == (200, b"final", b"final")
    assert "link" not in first.headers
    assert server.connections == 1
