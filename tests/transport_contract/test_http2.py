"""The rows that matter once more, over HTTP/2."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from h2.errors import ErrorCodes

from seawall import (
    Cancel,
    CancelledProblem,
    DeadlineProblem,
    DisconnectProblem,
    ProtocolProblem,
    ReadTimeoutProblem,
    Sent,
    StreamBody,
    TooLargeProblem,
)
from tests.transport_contract.http2_server import Exchange, Http2Server
from tests.transport_contract.line import ENOUGH, LONG, SOON, Bench, Line


def reply(body: bytes = b"whole", status: int = 200) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.reply(status, body)


def wait(exchange: Exchange) -> None:
    exchange.peer.connection.wait()


def lose(exchange: Exchange) -> None:
    exchange.peer.connection.fin()


def reset_connection(exchange: Exchange) -> None:
    exchange.head(200)
    exchange.data(b"half")
    exchange.peer.connection.reset()


def reset_stream(exchange: Exchange) -> None:
    exchange.head(200)
    exchange.data(b"half")
    exchange.peer.state.reset_stream(exchange.stream, ErrorCodes.INTERNAL_ERROR)
    exchange.peer.flush()


def leave(exchange: Exchange) -> None:
    exchange.head(200)
    exchange.data(b"half")
    exchange.peer.connection.fin()


def malform(exchange: Exchange) -> None:
    exchange.peer.connection.send(b"\0\0\5\4\0\0\0\0\0" + b"short")  # SETTINGS come in sixes
    exchange.peer.connection.wait()


def speak_http1(exchange: Exchange) -> None:
    exchange.peer.connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    exchange.peer.connection.fin()


def half(exchange: Exchange) -> None:
    exchange.head(200)
    exchange.data(b"half")
    exchange.peer.connection.wait()


def drip(exchange: Exchange) -> None:
    exchange.head(200)
    for _ in range(999):
        exchange.peer.connection.wait(0.02)
        exchange.data(b"x")


def goaway(exchange: Exchange) -> None:
    exchange.reply(200, b"last")
    exchange.peer.state.close_connection()
    exchange.peer.flush()
    exchange.peer.connection.fin()


def early(exchange: Exchange) -> None:
    exchange.head(413)
    exchange.data(b"too large", end=True)
    exchange.peer.state.reset_stream(exchange.stream, ErrorCodes.NO_ERROR)
    exchange.peer.flush()


def endless(exchange: Exchange) -> None:
    exchange.head(200)
    while True:
        exchange.data(b"x" * 64_000)


def hints(exchange: Exchange) -> None:
    exchange.head(103, [("link", "</a>")])
    exchange.reply(200, b"final")


def huge_head(exchange: Exchange) -> None:
    exchange.head(200, [(f"x-{number}", "v" * 1000) for number in range(1000)], end=True)


def line_to(bench: Bench, server: Http2Server, **options: Any) -> Any:
    return bench.line(server.url, http2=True, **options)


@pytest.mark.row("http2")
async def test_calls_share_a_connection(bench: Bench) -> None:
    """Methods, bodies and answers of all kinds go over one connection, and the response says HTTP/2."""
    bodies = [b"", b"x", b"x" * 1_000_000]
    with Http2Server(bench.identity, reply(b""), reply(b"x" * 1_000_000), reply(b"", 204)) as server:
        async with line_to(bench, server) as line:
            answers = [await line.ask("POST", body=body) for body in bodies]
            answers.append(await line.ask("PUT", body=StreamBody(iter([b"a", b"b" * 100_000]))))
            assert (await line.ask("HEAD", headers=[("X-Key", "value")])).content == b""
    assert [len(answer.content) for answer in answers] == [0, 1_000_000, 0, 0]
    assert {answer.http_version for answer in answers} == {"HTTP/2"}
    assert [bytes(call.body) for call in server.calls] == [*bodies, b"a" + b"b" * 100_000, b""]
    assert (server.calls[-1].headers["x-key"], server.connections) == ("value", 1)


NETWORK = {DisconnectProblem, ProtocolProblem}
BREAKS: dict[str, tuple[Callable[[Exchange], None], set[type[Exception]], set[Sent]]] = {
    "a lost answer": (lose, {DisconnectProblem}, {Sent.MAYBE}),
    "a reset connection": (reset_connection, {DisconnectProblem}, {Sent.MAYBE, Sent.YES}),
    "a reset stream": (reset_stream, NETWORK, {Sent.YES}),
    "a cut body": (leave, {DisconnectProblem}, {Sent.YES}),
    "a malformed frame": (malform, {ProtocolProblem}, {Sent.MAYBE}),
    "another protocol": (speak_http1, NETWORK, {Sent.MAYBE}),
    "a head without measure": (huge_head, {ProtocolProblem, TooLargeProblem}, {Sent.MAYBE}),
}


@pytest.mark.row("http2")
@pytest.mark.parametrize("reused", [False, True], ids=["new", "reused"])
@pytest.mark.parametrize("name", BREAKS)
async def test_a_broken_answer_is_a_typed_problem(bench: Bench, name: str, reused: bool) -> None:
    """Each way to break an answer is told apart and sent once, and the next call is well."""
    behaviour, kinds, sents = BREAKS[name]
    with Http2Server(bench.identity, *[reply()] * reused, behaviour, reply()) as server:
        async with line_to(bench, server, max_connections=1) as line:
            if reused:
                await line.ask()
            problem = await line.fail("POST", body=b"x")
            assert (await line.ask()).content == b"whole"
    assert type(problem) in kinds
    assert problem.sent in sents
    assert [call.method for call in server.calls] == ["GET"] * reused + ["POST", "GET"]


@pytest.mark.row("http2")
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
@pytest.mark.parametrize("step", [goaway, lambda exchange: (exchange.reply(200, b"last"), lose(exchange))], ids=["goaway", "fin"])
async def test_a_closed_connection_is_not_used(bench: Bench, step: Any, busy: bool) -> None:
    """After GOAWAY, or a close, the next call takes another connection, also when the loop was busy meanwhile."""
    with Http2Server(bench.identity, step, reply()) as server:
        async with line_to(bench, server) as line:
            assert (await line.ask()).content == b"last"
            if busy:
                server.wait_until_closed()
            else:
                await bench.world.until(server.wait_until_closed)
            assert (await line.ask("POST", body=b"x")).content == b"whole"
    assert (len(server.calls), server.connections) == (2, 2)


@pytest.mark.row("http2")
async def test_an_interim_answer_is_passed_over(bench: Bench) -> None:
    """103 and then 200 delivers the 200."""
    with Http2Server(bench.identity, hints) as server:
        async with line_to(bench, server) as line:
            response = await line.ask()
    assert (response.status, response.content) == (200, b"final")


@pytest.mark.row("http2 early answer")
async def test_an_early_refusal_is_delivered(bench: Bench) -> None:
    """A 413 while 20 MB go up is delivered, and the next call is well."""
    with Http2Server(bench.identity, early, reply()) as server:
        async with line_to(bench, server, max_connections=1) as line:
            body = b"x" * 20_000_000
            response = await line.ask("POST", "/early", clocks=line.clocks(read=ENOUGH), body=body)
            assert (await line.ask()).content == b"whole"
    assert (response.status, response.content) == (413, b"too large")


@pytest.mark.row("http2")
@pytest.mark.parametrize(
    ("step", "clocks", "kind", "sent"),
    [
        (wait, {"read": SOON}, ReadTimeoutProblem, Sent.MAYBE),
        (wait, {"total": ENOUGH}, DeadlineProblem, Sent.MAYBE),
        (half, {"read": SOON}, ReadTimeoutProblem, Sent.YES),
        (drip, {"total": ENOUGH, "read": LONG}, DeadlineProblem, Sent.YES),
        (endless, {"total": ENOUGH}, DeadlineProblem, Sent.YES),
    ],
    ids=["silence", "total", "silence in the body", "a drip", "a body without end"],
)
async def test_a_clock_ends_the_wait(bench: Bench, step: Any, clocks: Any, kind: Any, sent: Sent) -> None:
    """The read clock ends a silence, the total ends everything, and the next call is well."""
    with Http2Server(bench.identity, step, reply()) as server:
        async with line_to(bench, server, max_connections=1) as line:
            problem = await line.fail(clocks=line.clocks(**clocks))
            assert (await line.ask()).content == b"whole"
    assert (type(problem), problem.sent) == (kind, sent)


@pytest.mark.row("http2")
async def test_who_stops_reading_frees_the_slot(bench: Bench) -> None:
    """A stream that is left after 1 MB holds neither its slot nor the connection's window."""
    with Http2Server(bench.identity, endless, reply()) as server:
        async with line_to(bench, server, max_connections=1) as line:
            response = await line.head()
            size = 0
            while size < 1_000_000:
                size += len(await response.next_piece())
            await response.aclose()
            assert (await line.ask()).content == b"whole"


@pytest.mark.row("http2")
@pytest.mark.parametrize("step", [wait, half], ids=["head", "body"])
async def test_cancelled_calls_free_their_slots(bench: Bench, step: Any) -> None:
    """Twenty calls cancelled twice leave a pool in which twenty calls can be under way at once."""
    together = threading.Barrier(20)

    def meet(exchange: Exchange) -> None:
        together.wait(20)
        exchange.reply(200, b"all here")

    with Http2Server(bench.identity, *[step] * 20, meet) as server:
        async with line_to(bench, server, max_connections=20) as line:
            assert await cancelled(bench, line, server) == [CancelledProblem] * 20
            answers = await bench.world.gather(*[line.ask] * 20)
    assert [answer.content for answer in answers] == [b"all here"] * 20


async def cancelled(bench: Bench, line: Line, server: Http2Server) -> list[type[object]]:
    """Start twenty calls, cancel each twice, and return what they raised."""
    cancels = [Cancel() for _ in range(20)]
    clocks = [line.clocks(None, cancel=cancel) for cancel in cancels]
    ends = [await bench.world.start(lambda limits=limits: line.ask(clocks=limits)) for limits in clocks]  # type: ignore[misc]
    await bench.world.until(lambda: server.wait_for_calls(20))
    for cancel in [*cancels, *cancels]:
        cancel.cancel()
    return [type(await end()) for end in ends]
