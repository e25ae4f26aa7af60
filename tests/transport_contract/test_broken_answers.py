"""Answers that break off, or never were HTTP."""

import pytest

from seawall import DisconnectProblem, ProtocolProblem, Sent
from seawall.testing import BadChunk, Behaviour, FaultServer, Garbage, Raw, Reply, Reset, Truncate, TruncatedChunk
from tests.transport_contract.line import Bench

LONG = Reply(text="x" * 1000)
CHUNKS = Reply(text="x" * 20_000, chunked=True)
BREAKS = {
    "reset before the head": (Reset("request"), DisconnectProblem, Sent.MAYBE),
    "reset in the head": (Reset("head"), DisconnectProblem, Sent.MAYBE),
    "reset in the body": (Reset("body", LONG), DisconnectProblem, Sent.YES),
    "reset in a chunk": (Reset("body", CHUNKS), DisconnectProblem, Sent.YES),
    "closed in the head": (Raw(b"HTTP/1.1 200 OK\r\nContent-Le"), DisconnectProblem, Sent.MAYBE),
    "closed in the body": (Truncate(LONG), DisconnectProblem, Sent.YES),
    "closed before the body": (Truncate(LONG, after=0), DisconnectProblem, Sent.YES),
    "closed one byte early": (Truncate(LONG, after=-1), DisconnectProblem, Sent.YES),
    "closed in a chunk": (TruncatedChunk(), DisconnectProblem, Sent.YES),
    "closed before the last chunk": (Truncate(CHUNKS, after=-5), DisconnectProblem, Sent.YES),
    "closed in the last chunk": (Truncate(CHUNKS, after=-2), DisconnectProblem, Sent.YES),
    "a chunk of no size": (BadChunk(), ProtocolProblem, Sent.YES),
    "a chunk of negative size": (BadChunk(bad=b"-5\r\nbytes\r\n0\r\n\r\n", then="hang"), ProtocolProblem, Sent.YES),
    "a chunk longer than its size": (BadChunk(bad=b"2\r\nbytes\r\n0\r\n\r\n", then="hang"), ProtocolProblem, Sent.YES),
    "garbage": (Garbage(), ProtocolProblem, Sent.MAYBE),
    "garbage, kept open": (Garbage(then="hang"), ProtocolProblem, Sent.MAYBE),
    "a field without a colon": (Raw(b"HTTP/1.1 200 OK\r\nBad Field\r\n\r\n", then="hang"), ProtocolProblem, Sent.MAYBE),
    "a NUL in a field": (Raw(b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", then="hang"), ProtocolProblem, Sent.MAYBE),
    "an unknown version": (Raw(b"HTTP/9.9 200 OK\r\n\r\n", then="hang"), ProtocolProblem, Sent.MAYBE),
    "a status of two digits": (Raw(b"HTTP/1.1 20 OK\r\n\r\n", then="hang"), ProtocolProblem, Sent.MAYBE),
}


@pytest.mark.row("broken")
@pytest.mark.parametrize("reused", [False, True], ids=["new", "reused"])
@pytest.mark.parametrize("name", BREAKS)
async def test_a_broken_answer_is_a_typed_problem(bench: Bench, server: FaultServer, name: str, reused: bool) -> None:
    """Each way to break an answer is told apart, is sent once, and costs the connection; the next call has another one."""
    behaviour, kind, sent = BREAKS[name]
    route = server.route("POST", "/", behaviour)
    server.route("GET", "/", Reply(text="whole"))
    async with bench.line(server) as line:
        if reused:
            await line.ask()
        problem = await line.fail("POST", body=b"x")
        server.wait_until_closed()
        assert (await line.ask()).content == b"whole"
    assert (type(problem), problem.sent, problem.status) == (kind, sent, 0)
    assert (len(route.calls), server.connections) == (1, 2)


@pytest.mark.row("broken")
async def test_a_kept_slot_is_given_back(bench: Bench, server: FaultServer) -> None:
    """Broken answers in a row use up no slot."""
    behaviours: list[Behaviour] = [behaviour for behaviour, _, _ in BREAKS.values()]
    server.route("GET", "/", *behaviours, Reply(text="whole"))
    async with bench.line(server, max_connections=1) as line:
        for _ in behaviours:
            await line.fail()
        assert (await line.ask()).content == b"whole"


@pytest.mark.row("connect")
async def test_a_reset_on_arrival(bench: Bench, server: FaultServer) -> None:
    """A connection that is reset as soon as it is made is a network problem, and nobody can be sure that it was sent."""
    server.refuse_next(1)
    async with bench.line(server) as line:
        problem = await line.fail("POST", body=b"x")
    assert isinstance(problem, ConnectionError)
    assert problem.sent is not Sent.YES
    assert server.calls == []
