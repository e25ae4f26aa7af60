"""The FaultServer itself: routes, the log, reading requests, connections, closing."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from seawall import UsageError
from seawall.testing._behaviours import Deaf, Delay, Gate, Hang, Informational
from seawall.testing._fault_server import FaultServer
from seawall.testing._floods import Endless
from seawall.testing._reply import Behaviour, Reply, Step
from seawall.testing._seen_call import SeenCall, SeenHeaders
from tests.unit.testing.raw import GET, POST, RawClient, ask


@pytest.fixture
def server() -> Iterator[FaultServer]:
    """A server without routes."""
    with FaultServer() as server:
        yield server


def get(server: FaultServer, path: str = "/x", method: str = "GET") -> str:
    """Send a request on a connection of its own; the result is the body."""
    data, _ = ask(server, f"{method} {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
    return data.partition(b"\r\n\r\n")[2].decode()


def first_byte(server: FaultServer) -> bytes:
    """Connect, and read a byte without asking for any."""
    with RawClient(server) as client:
        return client.socket.recv(1)


def test_a_call_is_seen_as_it_was_sent(server: FaultServer) -> None:
    """A call shows the whole request, and where it came from."""
    route = server.route("POST", "/a%20b", Reply(text="ok"))
    head = b"POST /a%20b?c=d?e HTTP/1.1\r\nX-Tag: 1\r\nx-tag:  2 \r\nContent-Length: 5\r\n\r\n"
    with RawClient(server) as client:
        client.send(head, b"he", b"llo")
        client.read_to(b"ok")
    headers = SeenHeaders([("X-Tag", "1"), ("x-tag", "2"), ("Content-Length", "5")])
    assert route.calls == [SeenCall("POST", "/a%20b?c=d?e", "/a%20b", "c=d?e", headers, b"hello", 1, 1)]
    assert server.calls == route.calls
    assert route.calls is not route.calls


def test_headers_are_found_in_any_case_and_keep_their_order() -> None:
    """Seen headers are a mapping without regard to case, and hold every value."""
    headers = SeenHeaders([("Accept", "a/b"), ("X-Tag", "1"), ("x-tag", "2")])
    assert headers["accept"] == "a/b"
    assert headers["X-TAG"] == "1, 2"
    assert headers.get_list("x-Tag") == ["1", "2"]
    assert headers.get_list("none") == []
    assert "none" not in headers
    assert list(headers) == ["Accept", "x-tag"]
    assert len(headers) == 2


def test_a_script_gives_one_step_to_each_call_and_repeats_the_last(server: FaultServer) -> None:
    """The behaviours of a route act in order, and the last one goes on for ever."""
    route = server.route("GET", "/x", Reply(text="1"), lambda call: Reply(text=f"call {call.number}"))
    assert [get(server) for _ in range(4)] == ["1", "call 2", "call 3", "call 4"]
    assert [call.number for call in route.calls] == [1, 2, 3, 4]
    assert [call.connection for call in route.calls] == [1, 2, 3, 4]


def test_threads_share_a_script(server: FaultServer) -> None:
    """Each step is handed out once, however many calls come at the same time."""
    route = server.route("GET", "/x", *[Reply(text=str(step)) for step in range(40)])
    with ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda _: get(server), range(40)))
    assert sorted(bodies, key=int) == [str(step) for step in range(40)]
    assert sorted(call.number for call in route.calls) == list(range(1, 41))


def test_the_most_specific_route_serves_a_call(server: FaultServer) -> None:
    """An exact path comes before an exact method, both before a catch-all, and a later route replaces an equal one."""
    server.route("GET", "/x", Reply(text="old"))
    for method, path in [("*", "*"), ("get", "*"), ("*", "/x"), ("GET", "/x")]:
        server.route(method, path, Reply(text=f"{method} {path}"))
    assert get(server, "/x?q") == "GET /x"
    assert get(server, "http://test/x") == "GET /x"
    assert get(server, "/x", "PUT") == "* /x"
    assert get(server, "/y") == "get *"
    assert get(server, "/y", "PUT") == "* *"


def test_a_call_without_a_route_gets_a_problem(server: FaultServer) -> None:
    """An unrouted call is answered with 404 and problem+json, and is in the server's log."""
    data, _ = ask(server, GET.replace(b"Host: test", b"Connection: close"))
    assert data.startswith(b"HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n")
    assert b'"detail": "There is no route for GET /x."' in data
    assert [call.path for call in server.calls] == ["/x"]


@pytest.mark.parametrize(
    ("path", "behaviours"),
    [("/x", []), ("x", [200]), ("/x?a", [200]), ("/{x", [200]), ("http://a/x", [200]), ("/x", [None]), ("/x", [True])],
)
def test_a_route_that_can_never_act_is_refused(server: FaultServer, path: str, behaviours: list[Step]) -> None:
    """A route without a behaviour, with something that is none, or with a path that no call has, fails when it is made."""
    with pytest.raises(UsageError):
        server.route("GET", path, *behaviours)


def test_short_steps_stand_for_replies(server: FaultServer) -> None:
    """A status, and a dict or list, are answers, also where a function returns them or a behaviour goes on with them."""
    nested = Informational(then=Delay(0.001, Gate(lambda call: {"number": call.number}, opens_at=1)))
    server.route("GET", "/x", 404, {"id": 7}, [], lambda call: lambda call: 410, nested)
    answers = [ask(server, GET.replace(b"Host: test", b"Connection: close"))[0] for _ in range(5)]
    assert [answer.split(b" ", 2)[1] for answer in answers] == [b"404", b"200", b"200", b"410", b"103"]
    assert [answer.rpartition(b"\r\n\r\n")[2] for answer in answers] == [b"", b'{"id": 7}', b"[]", b"", b'{"number": 5}']


def test_a_function_that_returns_no_behaviour_fails_the_close() -> None:
    """A function that forgets its return is named when the server closes."""
    server = FaultServer()
    server.start()
    server.route("GET", "/x", lambda call: None)
    assert ask(server, GET) == (b"", "reset")
    with pytest.raises(UsageError, match="cannot answer with a NoneType"):
        server.close()


def test_templates_and_queries_choose_a_route(server: FaultServer) -> None:
    """The places of a template take one segment each, decoded, and a query narrows a route."""
    agents = server.route("GET", "/agents/{id}", Reply(text="agent"))
    server.route("GET", "/agents/7", Reply(text="seven"))
    server.route("GET", "/agents/{id}", Reply(text="page"), query={"page": [1, 2]})
    server.route("*", "/files/*", Reply(text="file"))
    assert get(server, "/agents/a%2Fb") == "agent"
    assert get(server, "/agents/7") == "seven"
    assert get(server, "/agents/8?page=1&x=y&page=2") == "page"
    assert get(server, "/agents/8?page=1") == "agent"
    assert get(server, "/files/a/b") == "file"
    assert "no route" in get(server, "/agents/8/9")
    assert [call.path_params for call in agents.calls] == [{"id": "a/b"}, {"id": "8"}]


def test_a_seen_call_decodes_itself(server: FaultServer) -> None:
    """A call shows its body as JSON, as text or as a form, and its query decoded."""
    route = server.route("POST", "/x", 204)
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\na=%C3%BC&b="
    ask(server, b"POST /x?c=%20&c=2 HTTP/1.1\r\nConnection: close\r\n" + form)
    ask(server, POST.replace(b"hello", b'"\xc3\xbc" ').replace(b"Host: test", b"Connection: close"))
    first, second = route.calls
    assert (dict(first.form), first.query_params.get_list("c"), first.content) == ({"a": "ü", "b": ""}, [" ", "2"], first.body)
    assert (second.json(), second.text, dict(second.form)) == ("ü", '"ü" ', {})
    with pytest.raises(ValueError, match="JSON"):
        first.json()


def test_a_seen_call_hides_secrets(server: FaultServer) -> None:
    """The repr of a call and of its headers shows no credential and no body."""
    route = server.route("POST", "/x", 204)
    ask(server, b"POST /x?token=abc1 HTTP/1.1\r\nAuthorization: abc2\r\nConnection: close\r\nContent-Length: 4\r\n\r\nabc3")
    assert repr(route.calls) == "[<SeenCall 1: POST /x?token=[redacted] (4 bytes) on connection 1>]"
    assert "('Authorization', '[redacted]')" in repr(route.calls[0].headers)
    assert "abc" not in repr(route.calls[0].headers)


def test_an_unrouted_call_is_told_what_is_near(server: FaultServer) -> None:
    """The 404 names the nearest route, and the server keeps the call where it is easily found."""
    server.route("GET", "/teams", 200)
    server.route("POST", "/agents", 201)
    assert "There is no route for GET /agent; the nearest is POST /agents." in get(server, "/agent")
    server.route("GET", "/agents", 200)
    assert "There is no route for GET /agent; the nearest is GET /agents." in get(server, "/agent")
    assert "There is no route for POST /agent; the nearest is POST /agents." in get(server, "/agent", "POST")
    assert "There is no route for GET /zzzzz." in get(server, "/zzzzz")
    assert [call.path for call in server.unexpected_calls] == ["/agent", "/agent", "/agent", "/zzzzz"]


def test_a_connection_serves_one_call_after_the_other(server: FaultServer) -> None:
    """Requests on one connection are answered in order, also those that were sent before the first answer."""
    route = server.route("*", "/x", Reply(text="1."), Reply(text="2."), Reply(text="3."))
    with RawClient(server) as client:
        client.send(POST + GET)
        client.read_to(b"2.")
        client.send(POST)
        client.read_to(b"3.")
        assert server.open_connections == 1
    assert [call.body for call in route.calls] == [b"hello", b"", b"hello"]
    assert {call.connection for call in route.calls} == {1}


@pytest.mark.parametrize(
    ("request_line", "fields", "closes"),
    [
        ("GET /x HTTP/1.1", "Connection: close\r\n", True),
        ("GET /x HTTP/1.0", "", True),
        ("GET /x HTTP/1.0", "Connection: Keep-Alive\r\n", False),
        ("GET /x HTTP/1.1", "", False),
    ],
)
def test_the_peer_decides_on_keep_alive(server: FaultServer, request_line: str, fields: str, closes: bool) -> None:
    """The server closes after its answer exactly if the request's version and Connection field say so."""
    server.route("GET", "/x", Reply(text="answer"))
    with RawClient(server) as client:
        client.send(f"{request_line}\r\n{fields}\r\n".encode())
        assert (b"Connection: close" in client.read_to(b"answer")) is closes
        if closes:
            assert client.read_all() == (b"", "fin")
        else:
            client.send(GET)
            client.read_to(b"answer")


def test_a_chunked_body_is_joined(server: FaultServer) -> None:
    """A chunked request is seen without its chunks, extensions and trailers, wherever the packets are cut."""
    route = server.route("POST", "/x", Reply(text="answer"))
    wire = b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n"
    with RawClient(server) as client:
        client.send(*(wire[start : start + 1] for start in range(len(wire))), GET.replace(b"GET", b"POST"))
        client.read_to(b"answer")
        client.read_to(b"answer")
    assert [call.body for call in route.calls] == [b"hello", b""]


def test_a_hundred_continue_comes_when_it_is_expected(server: FaultServer) -> None:
    """The server asks for the body of a request that waits for that."""
    route = server.route("POST", "/x", Reply(text="answer"))
    with RawClient(server) as client:
        client.send(POST.removesuffix(b"\r\nhello") + b"Expect: 100-continue\r\n\r\n")
        assert client.read_to(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(b"hello")
        client.read_to(b"answer")
    assert [call.body for call in route.calls] == [b"hello"]


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"\x16\x03\x01\r\n\r\n", 400),
        (b"GET /x y HTTP/1.1\r\n\r\n", 400),
        (b"GET /x HTTP/2.0\r\n\r\n", 400),
        (b"GET /x HTTP/1.1\r\nno field\r\n\r\n", 400),
        (b"GET /x HTTP/1.1\r\nName : value\r\n\r\n", 400),
        (b"GET /x HTTP/1.1\r\nName: a\nb\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nContent-Length: +5\r\n\r\nhello", 400),
        (b"POST /x HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
        (b"POST /x HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n", 400),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
        (b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", 413),
        (b"POST /x HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"GET /x HTTP/1.1\r\nX: " + b"a" * 65536, 431),
    ],
)
def test_a_request_that_breaks_http_is_refused(server: FaultServer, request_bytes: bytes, status: int) -> None:
    """A malformed, ambiguous or boundless request gets a 4xx and the end of its connection, not its behaviour."""
    server.route("*", "/x", Reply(text="never"))
    data, ended = ask(server, request_bytes)
    assert data.startswith(b"HTTP/1.1 %d " % status)
    assert b"never" not in data
    assert ended == "fin"


def test_an_upload_that_breaks_off_is_seen(server: FaultServer) -> None:
    """A request whose peer leaves in the middle of the body is in the log with what came of it."""
    route = server.route("POST", "/x", Reply())
    with RawClient(server) as client:
        client.send(POST.replace(b"5", b"50"))
    call = route.wait_for_calls(1)[0]
    assert (call.body, call.complete) == (b"hello", False)


def test_waiting_for_calls_that_do_not_come_fails_with_a_count(server: FaultServer) -> None:
    """A wait for calls says which route saw how many of how many."""
    route = server.route("GET", "/x", Reply())
    get(server)
    assert [call.method for call in route.wait_for_calls(1)] == ["GET"]
    with pytest.raises(AssertionError, match=r"Route\('GET', '/x'\) saw 1 of 2 calls within 0 s"):
        route.wait_for_calls(2, timeout=0)


def test_open_connections_are_counted_until_they_close(server: FaultServer) -> None:
    """The server knows how many connections came, how many are open, and when none is."""
    server.route("GET", "/x", Reply(text="answer"))
    with ExitStack() as stack:
        for client in [stack.enter_context(RawClient(server)) for _ in range(3)]:
            client.send(GET)
            client.read_to(b"answer")
        assert (server.connections, server.open_connections) == (3, 3)
        with pytest.raises(AssertionError, match="3 connections are still open"):
            server.wait_until_closed(timeout=0)
    server.wait_until_closed()
    assert (server.connections, server.open_connections) == (3, 0)


def test_the_next_connections_are_refused(server: FaultServer) -> None:
    """As many connections as were asked for are reset unread, and the one after them is served."""
    route = server.route("GET", "/x", Reply(text="answer"))
    server.refuse_next(1)
    server.refuse_next(1)
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            first_byte(server)
    assert get(server) == "answer"
    assert len(route.calls) == 1
    assert server.connections == 3


def test_the_next_connections_are_ignored(server: FaultServer) -> None:
    """As many connections as were asked for are open and silent whatever is sent, in the order that was asked for."""
    route = server.route("GET", "/x", Reply(text="answer"))
    server.ignore_next(1)
    server.refuse_next(1)
    with RawClient(server) as client:
        client.send(GET)
        with pytest.raises(ConnectionResetError):
            first_byte(server)
        assert get(server) == "answer"
        client.socket.settimeout(0)
        with pytest.raises(BlockingIOError):
            client.socket.recv(1)
    server.wait_until_closed()
    route.called_once()


def test_an_outage_refuses_until_it_is_over(server: FaultServer) -> None:
    """During an outage connections are refused and old ones end, and afterwards the same port serves."""
    route = server.route("GET", "/x", Reply(text="answer"))
    for _ in range(3):
        with RawClient(server) as client:
            client.send(GET)
            client.read_to(b"answer")
            with server.outage():
                assert client.read_all() == (b"", "fin")
                for _ in range(2):
                    with pytest.raises(ConnectionRefusedError):
                        RawClient(server)
            assert get(server) == "answer"
    route.called_times(6)


def test_an_outage_cuts_the_calls_that_are_under_way(server: FaultServer) -> None:
    """A call that waits for its answer ends with the connection."""
    route = server.route("GET", "/x", Hang())
    with RawClient(server) as client:
        client.send(GET)
        route.wait_for_calls(1)
        with server.outage():
            assert client.read_all() == (b"", "fin")
            server.wait_until_closed()


def test_a_server_may_close_in_an_outage() -> None:
    """Closing ends an outage for good."""
    before = set(threading.enumerate())
    with FaultServer() as server, server.outage():
        server.close()
        assert set(threading.enumerate()) <= before
        with pytest.raises(ConnectionRefusedError):
            RawClient(server)


def test_closing_ends_every_connection_and_thread() -> None:
    """Close wakes whatever a connection is doing: idle, half a request, held back, or sending to nobody who reads."""
    before = set(threading.enumerate())
    with ExitStack() as stack:
        server = stack.enter_context(FaultServer())
        waits = [Hang(), Gate(), Reply(delay=3600), Endless(), Endless(chunked=False), Reply(body=bytes(50_000_000))]
        route = server.route("POST", "/x", *waits, Deaf(), Delay(3600))
        clients = [stack.enter_context(RawClient(server)) for _ in range(10)]
        for client in clients[:8]:
            client.send(POST)
        clients[8].send(POST[:-1])
        route.wait_for_calls(8)
        server.close()
        assert set(threading.enumerate()) <= before
        assert server.open_connections == 0
        with pytest.raises(ConnectionRefusedError):
            RawClient(server)
        server.close()


def test_a_failing_function_of_the_test_fails_the_close() -> None:
    """What a function raises while it serves a call is raised by close, and the peer is reset."""

    def fail(call: SeenCall) -> Behaviour:
        raise LookupError(f"never {call.method}")

    server = FaultServer()
    server.start()
    server.route("GET", "/x", fail)
    assert ask(server, GET) == (b"", "reset")
    with pytest.raises(LookupError, match="never GET"):
        server.close()
    server.close()


def test_a_server_serves_once() -> None:
    """A server has no port before its start, starts once, and may be closed without a start."""
    server = FaultServer()
    server.close()
    with pytest.raises(RuntimeError, match="not started"):
        _ = server.url
    with server:
        assert server.url == f"http://127.0.0.1:{server.port}"
        with pytest.raises(RuntimeError, match="starts only once"):
            server.start()


@pytest.mark.parametrize("status", [0, 99, 600, -200])
def test_a_number_that_is_no_status_is_refused(server: FaultServer, status: int) -> None:
    """A number that no status line can hold is refused where the route is made."""
    with pytest.raises(UsageError, match=f"cannot answer with the status {status}$"):
        server.route("GET", "/x", status)
