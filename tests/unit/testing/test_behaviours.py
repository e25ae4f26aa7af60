"""Each behaviour of the FaultServer, seen through a raw socket."""

import zlib
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from seawall import UsageError
from seawall.testing._behaviours import (
    CloseAfter,
    Deaf,
    Delay,
    Drip,
    EarlyReply,
    Gate,
    Hang,
    Informational,
    LostAnswer,
    Unsolicited,
)
from seawall.testing._breakage import BadChunk, Garbage, Raw, Reset, Truncate, TruncatedChunk
from seawall.testing._fault_server import FaultServer
from seawall.testing._floods import Endless, GzipBomb, HugeHeaders
from seawall.testing._reply import Behaviour, Reply
from tests.unit.testing.raw import GET, POST, RawClient, ask

OK = b"HTTP/1.1 200 OK\r\n"
ADA = b'{"id": 7, "name": "Ada"}'
ADA_HEAD = OK + b"Content-Type: application/json\r\nContent-Length: 24\r\n\r\n"
ADA_CHUNKED = OK + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A server without routes."""
    with FaultServer() as server:
        yield server


@pytest.mark.parametrize(
    ("reply", "wire"),
    [
        (Reply(), OK + b"Content-Length: 0\r\n"),
        (Reply(201, json={"a": "ü"}), b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 11\r\n"),
        (Reply(json=None), OK + b"Content-Type: application/json\r\nContent-Length: 4\r\n"),
        (Reply(text="ü"), OK + b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n"),
        (Reply(body=b"\xff", reason="Fine"), b"HTTP/1.1 200 Fine\r\nContent-Length: 1\r\n"),
        (Reply(799), b"HTTP/1.1 799 \r\nContent-Length: 0\r\n"),
        (Reply(headers={"content-type": "a/b"}, json=1), OK + b"content-type: a/b\r\nContent-Length: 1\r\n"),
        (Reply(headers=[("A", "1"), ("a", "2")]), OK + b"A: 1\r\na: 2\r\nContent-Length: 0\r\n"),
        (Reply(204, text="no"), b"HTTP/1.1 204 No Content\r\nContent-Type: text/plain; charset=utf-8\r\n"),
        (Reply(304), b"HTTP/1.1 304 Not Modified\r\n"),
        (Reply(body=b"abc", length=99), OK + b"Content-Length: 99\r\n"),
        (Reply(chunked=True, length=3), OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"),
        (Reply(headers=[("Content-Length", "1"), ("Content-Length", "2")]), OK + b"Content-Length: 1\r\nContent-Length: 2\r\n"),
    ],
)
def test_a_reply_has_the_head_that_it_is_told_to_have(server: FaultServer, reply: Reply, wire: bytes) -> None:
    """A reply states its status, its fields and its framing, and leaves the connection open."""
    server.route("GET", "/x", reply)
    with RawClient(server) as client:
        client.send(GET)
        assert client.read_to(b"\r\n\r\n") == wire + b"\r\n"
        assert server.open_connections == 1


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (Reply(text="ü", close=True), "ü".encode()),
        (Reply(body=b"a" * 8193, chunked=True, close=True), b"2000\r\n" + b"a" * 8192 + b"\r\n1\r\na\r\n0\r\n\r\n"),
        (Reply(json=[1], http_version="HTTP/1.0"), b"[1]"),
        (Reply(body=b"to the end", framed=False), b"to the end"),
        (Reply(204, body=b"never", close=True), b""),
    ],
)
def test_a_reply_has_its_body_and_may_close(server: FaultServer, reply: Reply, body: bytes) -> None:
    """A reply that says so, or that has no other end, closes the connection after its body, and says it in its head."""
    server.route("GET", "/x", reply)
    data, ended = ask(server, GET)
    head, _, rest = data.partition(b"\r\n\r\n")
    assert (rest, ended) == (body, "fin")
    assert b"Connection: close" in head


def test_a_reply_to_head_states_a_length_and_has_no_body(server: FaultServer) -> None:
    """The answer to HEAD is the head of the answer to GET, and the connection goes on."""
    server.route("*", "/x", Reply(text="hello"))
    with RawClient(server) as client:
        client.send(GET.replace(b"GET", b"HEAD"), GET)
        head = client.read_to(b"\r\n\r\n")
        assert client.read_to(b"hello") == head + b"hello"


def test_a_reply_takes_one_body() -> None:
    """A reply with two bodies is refused when it is made, and none can be changed afterwards."""
    with pytest.raises(UsageError, match="one of json, text and body"):
        Reply(json=1, text="1")
    with pytest.raises(FrozenInstanceError):
        Reply().status = 500  # type: ignore[misc]


def test_a_lost_answer_takes_effect_and_sends_nothing(server: FaultServer) -> None:
    """A lost answer runs its effect with the whole request, and closes without a byte."""
    bodies: list[bytes] = []
    route = server.route("POST", "/x", LostAnswer(effect=lambda call: bodies.append(call.body)), LostAnswer())
    assert ask(server, POST) == (b"", "fin")
    assert ask(server, POST) == (b"", "fin")
    assert bodies == [b"hello"]
    assert len(route.calls) == 2


@pytest.mark.parametrize(
    ("behaviour", "data"),
    [
        (Reset(), b""),
        (Reset("head", after=12), OK[:12]),
        (Reset("head"), ADA_HEAD[: len(ADA_HEAD) // 2]),
        (Reset("body"), ADA_HEAD + ADA[:12]),
        (
            Reset("body", Reply(text="abc"), after=-1),
            OK + b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nab",
        ),
        (Raw(b"HTTP/1.1", b" 200", then="reset"), b"HTTP/1.1 200"),
        (CloseAfter(reset=True), ADA_HEAD + ADA),
    ],
)
def test_a_reset_comes_where_it_is_told(server: FaultServer, behaviour: Behaviour, data: bytes) -> None:
    """An RST cuts the answer after the bytes that were asked for, and the call is in the log."""
    route = server.route("POST", "/x", behaviour)
    assert ask(server, POST) == (data, "reset")
    assert [call.body for call in route.calls] == [b"hello"]


@pytest.mark.parametrize(
    ("behaviour", "data"),
    [
        (Garbage(b"no HTTP"), b"no HTTP"),
        (Truncate(), ADA_HEAD + ADA[:12]),
        (Truncate(after=0), ADA_HEAD),
        (Truncate(Reply(json={"id": 7, "name": "Ada"}, chunked=True), after=-5), ADA_CHUNKED + b"18\r\n" + ADA + b"\r\n"),
        (TruncatedChunk(), ADA_CHUNKED + b"18\r\n" + ADA + b"\r\n18\r\n" + ADA[:11]),
        (BadChunk(), ADA_CHUNKED + b"18\r\n" + ADA + b"\r\nmany\r\nbytes\r\n0\r\n\r\n"),
        (Raw(b"HTTP/1.1 200\r\n", b"\r\n"), b"HTTP/1.1 200\r\n\r\n"),
        (Raw(), b""),
        (CloseAfter(), ADA_HEAD + ADA),
        (Drip(b"abc", interval=0.001), b"abc"),
        (
            Drip(Reply(body=b"ab", close=True), interval=0.001, bytes=7, part="head"),
            OK + b"Content-Length: 2\r\nConnection: close\r\n\r\nab",
        ),
        (Drip(Reply(body=b"ab", framed=False), interval=0.001, part="body"), OK + b"Connection: close\r\n\r\nab"),
    ],
)
def test_a_broken_answer_is_sent_literally_before_the_fin(server: FaultServer, behaviour: Behaviour, data: bytes) -> None:
    """A malformed, cut or dripping answer comes over the wire as it was described, and a FIN ends it."""
    server.route("GET", "/x", behaviour)
    assert ask(server, GET) == (data, "fin")


@pytest.mark.parametrize(
    "behaviour", [Raw(b"raw.", then="keep"), Garbage(b"raw.", then="keep"), Drip(Reply(text="raw."), 0.001, 99)]
)
def test_a_connection_that_is_kept_serves_the_next_call(server: FaultServer, behaviour: Behaviour) -> None:
    """A behaviour that keeps the connection leaves it to the next request."""
    server.route("GET", "/x", behaviour)
    with RawClient(server) as client:
        client.send(GET)
        client.read_to(b"raw.")
        client.send(GET)
        client.read_to(b"raw.")
    assert server.connections == 1


@pytest.mark.parametrize("part", ["head", "body", "all"])
def test_a_drip_stops_between_drops(server: FaultServer, part: str) -> None:
    """Only the part that drips is held up: the rest before it has come."""
    route = server.route("GET", "/x", Drip(Reply(body=b"abc"), interval=3600, part=part))  # type: ignore[arg-type]
    with RawClient(server) as client:
        client.send(GET)
        route.wait_for_calls(1)
        if part == "body":
            assert client.read_to(b"\r\n\r\n") == OK + b"Content-Length: 3\r\n\r\n"
        server.close()
        assert client.read_all() == (b"", "fin")


@pytest.mark.parametrize("behaviour", [Hang(), Deaf(), Delay(3600), Raw(then="hang"), Reply(delay=3600), Gate()])
def test_waiting_ends_when_the_peer_leaves(server: FaultServer, behaviour: Behaviour) -> None:
    """A behaviour that waits notices that its peer has gone."""
    route = server.route("GET", "/x", behaviour)
    with RawClient(server) as client:
        client.send(GET)
        route.wait_for_calls(1)
        assert server.open_connections == 1
    server.wait_until_closed()


def test_a_gate_holds_the_answer_until_it_is_opened(server: FaultServer) -> None:
    """A gate tells that a call has reached it, holds it, and stays open once opened."""
    gate = Gate(Reply(text="open."))
    server.route("GET", "/x", gate)
    with RawClient(server) as client:
        client.send(GET)
        assert gate.reached.wait(10)
        client.socket.settimeout(0)
        with pytest.raises(BlockingIOError):
            client.socket.recv(1)
        client.socket.settimeout(20)
        gate.open()
        client.read_to(b"open.")
        client.send(GET)
        client.read_to(b"open.")


def test_a_gate_opens_by_itself_for_a_crowd(server: FaultServer) -> None:
    """A gate that waits for a number of calls holds all but the last of them, and answers them together."""
    gate = Gate(Reply(text="open."), opens_at=3)
    route = server.route("GET", "/x", gate)
    with RawClient(server) as first, RawClient(server) as second, RawClient(server) as third:
        first.send(GET)
        second.send(GET)
        route.wait_for_calls(2)
        second.socket.settimeout(0)
        with pytest.raises(BlockingIOError):
            second.socket.recv(1)
        second.socket.settimeout(20)
        third.send(GET)
        for client in (first, second, third):
            client.read_to(b"open.")


def test_a_deaf_server_stops_reading(server: FaultServer) -> None:
    """An upload to a deaf server gets stuck before its end, and no answer comes."""
    route = server.route("POST", "/x", Deaf())
    with RawClient(server) as client:
        client.send(POST.replace(b"5", b"99999999").removesuffix(b"hello"))
        route.wait_for_calls(1)
        client.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.send(*[b"a" * 65536] * 1000)
    assert [(call.body, call.complete) for call in route.calls] == [(b"", False)]


def test_a_delay_waits_before_what_follows(server: FaultServer) -> None:
    """Nothing is sent before a delay has passed, and everything after it."""
    route = server.route("GET", "/x", Delay(3600, Reply(text="late")), Delay(0.001, Reply(text="soon")))
    with RawClient(server) as client:
        client.send(GET)
        route.wait_for_calls(1)  # or else the other could come first, and wait for the hour
        with RawClient(server) as other:
            other.send(GET)
            other.read_to(b"soon")
        client.socket.settimeout(0)
        with pytest.raises(BlockingIOError):
            client.socket.recv(1)


@pytest.mark.parametrize(
    ("reply", "wire"),
    [
        (Reply.problem(404), b'{"type": "about:blank", "title": "Not Found", "status": 404}'),
        (
            Reply.problem(422, "INVALID", detail="No.", title="Bad", type="/p/1", errors=[{"pointer": "/a"}]),
            b'{"type": "/p/1", "title": "Bad", "status": 422, "detail": "No.", "code": "INVALID", "errors": [{"pointer": "/a"}]}',
        ),
        (Reply.problem(799), b'{"type": "about:blank", "status": 799}'),
    ],
)
def test_a_problem_is_a_document_of_its_own_type(server: FaultServer, reply: Reply, wire: bytes) -> None:
    """A problem in one line has the media type of RFC 9457 and its members."""
    server.route("GET", "/x", reply)
    data, _ = ask(server, GET.replace(b"Host: test", b"Connection: close"))
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.split(b"\r\n")[1] == b"Content-Type: application/problem+json"
    assert body == wire


@pytest.mark.parametrize(
    ("retry_after", "field"),
    [
        (0, b"Retry-After: 0"),
        ("soon", b"Retry-After: soon"),
        (datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC), b"Retry-After: Sun, 22 Nov 2026 03:04:05 GMT"),
        (None, None),
    ],
)
def test_a_problem_may_ask_for_patience(
    server: FaultServer, retry_after: int | str | datetime | None, field: bytes | None
) -> None:
    """Retry-After comes as seconds, as a date, or as nonsense, beside the fields that were given."""
    server.route("GET", "/x", Reply.problem(429, retry_after=retry_after, headers={"Connection": "close"}))
    lines = ask(server, GET)[0].partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 429 Too Many Requests"
    assert [line for line in lines if line.startswith(b"Retry-After")] == ([field] if field else [])
    assert b"Connection: close" in lines


def test_a_redirect_names_where_it_leads(server: FaultServer) -> None:
    """A redirect in one line keeps the method unless told otherwise."""
    server.route("GET", "/x", Reply.redirect("/y"), Reply.redirect("http://other.example/", 303))
    with RawClient(server) as client:
        client.send(GET)
        assert client.read_to(b"\r\n\r\n") == b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"
        client.send(GET)
        assert b"303 See Other\r\nLocation: http://other.example/\r\n" in client.read_to(b"\r\n\r\n")


def test_an_informational_answer_comes_before_the_final_one(server: FaultServer) -> None:
    """An interim head has its own fields and no framing, and what follows is a whole answer."""
    server.route("GET", "/x", Informational(headers={"Link": "</a.css>"}, then=Reply(text="final", close=True)))
    data, ended = ask(server, GET)
    interim, final, body = data.split(b"\r\n\r\n")
    assert interim == b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>"
    assert final.startswith(OK)
    assert (body, ended) == (b"final", "fin")


@pytest.mark.parametrize("linger", [False, True])
def test_an_early_reply_does_not_wait_for_the_body(server: FaultServer, linger: bool) -> None:
    """An early reply is there before any byte of the body was sent, and it is the last one of its connection."""
    route = server.route("POST", "/x", EarlyReply(Reply(413, text="too big"), linger=linger))
    data, ended = ask(server, POST.removesuffix(b"hello"))
    assert data.startswith(b"HTTP/1.1 413 ")
    assert b"Connection: close" in data
    assert (data[-7:], ended) == (b"too big", "fin")
    assert [(call.body, call.complete) for call in route.calls] == [(b"", False)]


def test_an_early_reply_resets_who_goes_on_sending(server: FaultServer) -> None:
    """Without lingering, a peer that still sends is reset, and finds the answer before that."""
    server.route("POST", "/x", EarlyReply(Reply(413, text="too big")))
    with RawClient(server) as client:
        client.send(POST.replace(b"5", b"9999999").removesuffix(b"hello"))
        client.read_to(b"too big")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            client.send(*[b"a" * 65536] * 1000)


def test_a_lingering_early_reply_lets_the_peer_finish(server: FaultServer) -> None:
    """With lingering, the whole body can be sent after the answer, and the end is a FIN."""
    server.route("POST", "/x", EarlyReply(Reply(413, text="too big"), linger=True))
    with RawClient(server) as client:
        client.send(POST.replace(b"5", b"1000000").removesuffix(b"hello"))
        client.read_to(b"too big")
        client.send(b"a" * 1_000_000)
        assert client.read_all() == (b"", "fin")
    server.wait_until_closed()


def test_an_unsolicited_answer_follows_on_the_same_connection(server: FaultServer) -> None:
    """A second answer comes unasked, and the connection stays open."""
    server.route("GET", "/x", Unsolicited(Reply(text="yours"), extra=b"HTTP/1.1 200 OK\r\n\r\n"), Reply(text="third"))
    with RawClient(server) as client:
        client.send(GET)
        assert client.read_to(b"yours" + OK + b"\r\n").startswith(OK)
        client.send(GET)
        client.read_to(b"third")


@pytest.mark.parametrize(("chunked", "piece"), [(True, b"3\r\naaa\r\n"), (False, b"aaaaa")])
def test_an_endless_body_goes_on_until_the_peer_leaves(server: FaultServer, chunked: bool, piece: bytes) -> None:
    """An endless body sends piece after piece, and stops when nobody reads any more."""
    server.route("GET", "/x", Endless(chunk=3, chunked=chunked))
    with RawClient(server) as client:
        client.send(GET)
        assert (b"chunked" in client.read_to(b"\r\n\r\n")) is chunked
        for _ in range(100):
            assert client.read_to(piece).endswith(piece)
    server.wait_until_closed()


def test_huge_headers_have_the_count_and_size_asked_for(server: FaultServer) -> None:
    """As many fields come as were asked for, each of the size asked for, and the head ends."""
    server.route("GET", "/x", HugeHeaders(count=3, size=70_000))
    with RawClient(server) as client:
        client.send(GET)
        lines = client.read_to(b"\r\n\r\n").removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert lines == [b"HTTP/1.1 204 No Content", *(b"X-Huge-%d: %b" % (number, b"a" * 70_000) for number in range(3))]


def test_a_gzip_bomb_unpacks_to_its_size(server: FaultServer) -> None:
    """A bomb is one well-formed gzip member, much smaller than what it holds."""
    size = 3 * 1024 * 1024 + 5
    server.route("GET", "/x", GzipBomb(size))
    with RawClient(server) as client:
        client.send(GET)
        assert b"Content-Encoding: gzip\r\n" in client.read_to(b"\r\n\r\n")
        packed = b""
        while length := int(client.read_to(b"\r\n"), 16):
            packed += client.read_bytes(length)
            client.read_to(b"\r\n")
    assert len(packed) < size / 500
    assert zlib.decompress(packed, wbits=31) == bytes(size)
