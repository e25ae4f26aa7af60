"""How long things may take: each wait, and all of it."""

from typing import Any

import pytest

from seawall import DeadlineProblem, ReadTimeoutProblem, Retry, Sent
from seawall.testing import Behaviour, Drip, Endless, FaultServer, Hang, Raw, Reply
from tests.transport_contract.gear import Sink
from tests.transport_contract.line import ENOUGH, LONG, SOON, Bench

MOVED = Reply(302, headers={"Location": "/"}, delay=0.05)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
PATIENT = {"total": ENOUGH, "read": LONG}  # each wait is short: only the total can end it
DRIPS = {
    "in the head": (Drip(interval=0.02, part="head"), PATIENT, DeadlineProblem, Sent.MAYBE),
    "in the body": (Drip(Reply(text="x" * 999), interval=0.02, part="body"), PATIENT, DeadlineProblem, Sent.YES),
    "in chunks": (Drip(Reply(text="x" * 999, chunked=True), interval=0.02, part="body"), PATIENT, DeadlineProblem, Sent.YES),
    "interim answers": (Drip(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 99, 0.01, 28), PATIENT, DeadlineProblem, Sent.MAYBE),
    "a body without end": (Endless(), PATIENT, DeadlineProblem, Sent.YES),
    "silence, total": (Hang(), PATIENT, DeadlineProblem, Sent.MAYBE),
    "silence": (Hang(), {"read": SOON}, ReadTimeoutProblem, Sent.MAYBE),
    "silence in the head": (Raw(HEAD[:20], then="hang"), {"read": SOON}, ReadTimeoutProblem, Sent.MAYBE),
    "silence in the body": (Raw(HEAD + b"ab", then="hang"), {"read": SOON}, ReadTimeoutProblem, Sent.YES),
}


@pytest.mark.row("clocks")
@pytest.mark.parametrize("name", DRIPS)
async def test_a_clock_ends_the_wait(bench: Bench, server: FaultServer, name: str) -> None:
    """The read clock ends a silence, the total ends everything; either costs the connection and leaves the next call alone."""
    behaviour, clocks, kind, sent = DRIPS[name]
    server.route("GET", "/", behaviour, Reply(text="next"))
    async with bench.line(server, max_connections=1) as line:
        problem = await line.fail(clocks=line.clocks(**clocks))
        server.wait_until_closed()
        assert (await line.ask()).content == b"next"
    assert (type(problem), problem.sent) == (kind, sent)


@pytest.mark.row("clocks")
@pytest.mark.parametrize("part", ["head", "body"])
async def test_the_read_clock_starts_anew_with_each_read(bench: Bench, fault_server: FaultServer, part: Any) -> None:
    """An answer that takes longer than the read clock in all is whole if no single silence does."""
    drip = Drip(Reply(text="x" * 26), interval=0.05, part=part, bytes=2 if part == "head" else 1)
    fault_server.route("GET", "/", drip)
    async with bench.line(fault_server) as line:
        response = await line.ask(clocks=line.clocks(read=1.0))
    assert response.content == b"x" * 26


@pytest.mark.row("clocks")
async def test_an_upload_that_nobody_reads(bench: Bench) -> None:
    """A server that takes no more of a request ends it by the read clock, and it may have been sent."""
    with Sink(reads=False) as deaf:
        async with bench.line(f"http://127.0.0.1:{deaf.port}") as line:
            body = b"x" * 30_000_000
            problem = await line.fail("POST", clocks=line.clocks(read=SOON), body=body)
            total = await line.fail("POST", clocks=line.clocks(ENOUGH), body=body)
    assert (type(problem), problem.sent) == (ReadTimeoutProblem, Sent.MAYBE)
    assert (type(total), total.sent) == (DeadlineProblem, Sent.MAYBE)


@pytest.mark.row("clocks")
async def test_a_deadline_that_has_passed_sends_nothing(bench: Bench, server: FaultServer) -> None:
    """A request whose time was up before it began does not reach the server, on a new connection or a kept one."""
    server.route("GET", "/", Reply())
    async with bench.line(server) as line:
        problems = [await line.fail("POST", clocks=line.clocks(-1))]
        await line.ask()
        problems.append(await line.fail("POST", clocks=line.clocks(-1)))
    assert [(type(problem), problem.sent) for problem in problems] == [(DeadlineProblem, Sent.NO)] * 2
    assert len(server.calls) == 1


@pytest.mark.row("clocks")
@pytest.mark.parametrize(
    "behaviours",
    [[Drip(Reply(json=[1] * 99), interval=0.02)], [*[Reply(503, delay=0.05)] * 3, Hang()], [*[MOVED] * 3, Hang()]],
    ids=["a drip", "retries", "redirects"],
)
async def test_the_total_covers_the_whole_call(bench: Bench, server: FaultServer, behaviours: list[Behaviour]) -> None:
    """One deadline covers a client's drips, retries and redirects together."""
    server.route("GET", "/", *behaviours)
    retry = Retry(attempts=100, backoff=0, budget=None)
    async with bench.client(server, timeout=ENOUGH, retry=retry) as api:
        with pytest.raises(DeadlineProblem):
            await api.get("/")
