"""What a server may make us hold: measured in a process of its own, as the growth of its peak."""

import pytest

from seawall import TooLargeProblem
from seawall.model import Sent
from seawall.testing import Behaviour, Endless, FaultServer, GzipBomb, HugeHeaders, Raw, Reply
from tests.transport_contract.line import Bench
from tests.transport_contract.processes import child

MEBIBYTE = 1024 * 1024
CAP = 16 * MEBIBYTE
FLOODS = {
    "a header of 100 MB": (HugeHeaders(), 4 * MEBIBYTE),
    "a million headers": (HugeHeaders(count=1_000_000, size=1), 4 * MEBIBYTE),
    "endless interim answers": (Raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100_000, then="hang"), 4 * MEBIBYTE),
    "an endless line": (Raw(b"HTTP/1.1 200 " + b"O" * 10 * MEBIBYTE, then="hang"), 4 * MEBIBYTE),
    "a chunk's endless extension": (
        Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"x" * 10 * MEBIBYTE, then="hang"),
        4 * MEBIBYTE,
    ),
    "an endless trailer": (
        Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X-Sum: 5\r\n" * MEBIBYTE, then="hang"),
        4 * MEBIBYTE,
    ),
    "an endless body": (Endless(), 2 * CAP),
    "an endless body without chunks": (Endless(chunked=False), 2 * CAP),
    "a length beyond the cap": (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", then="hang"), 2 * CAP),
}


@pytest.mark.row("bounds")
@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_is_refused_within_bounds(bench: Bench, fault_server: FaultServer, name: str) -> None:
    """A head over 64 KiB and a body over the client's cap are refused, and memory never grew much beyond them."""
    behaviour, limit = FLOODS[name]
    fault_server.route("GET", "/small", Reply(text="small"))
    route = fault_server.route("GET", "/", behaviour)
    with child("swallow", bench.subject.name, bench.world.name, fault_server.url, path="/", cap=CAP) as process:
        end = process.hear()
    assert end["outcome"] in ("TooLargeProblem", "ProtocolProblem")
    assert end["grown"] < limit
    assert len(route.calls) == 1


@pytest.mark.row("bounds")
@pytest.mark.parametrize(
    "behaviour",
    [HugeHeaders(), HugeHeaders(count=1_000_000, size=1), Raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10_000, then="hang")],
    ids=["long", "many", "interim"],
)
async def test_a_head_is_bounded_by_the_transport(bench: Bench, server: FaultServer, behaviour: Behaviour) -> None:
    """A head without measure is too large, may have been sent, and costs the connection."""
    server.route("GET", "/", behaviour, Reply(text="next"))
    async with bench.line(server, max_connections=1) as line:
        problem = await line.fail()
        server.wait_until_closed()
        assert (await line.ask()).content == b"next"
    assert (type(problem), problem.sent) == (TooLargeProblem, Sent.MAYBE)


@pytest.mark.row("bounds")
async def test_a_head_within_its_bound_is_read(bench: Bench, server: FaultServer) -> None:
    """A head of 60 KiB comes through whole, also with a long body right behind it."""
    headers = [(f"X-{number}", "v" * 1000) for number in range(60)]
    server.route("GET", "/", Reply(text="x" * 500_000, headers=headers))
    async with bench.line(server) as line:
        first, second = await line.ask(), await line.ask()
    assert first.headers["x-59"] == "v" * 1000
    assert (len(second.content), server.connections) == (500_000, 1)


@pytest.mark.row("bomb")
async def test_a_bomb_is_refused_within_bounds(bench: Bench, fault_server: FaultServer) -> None:
    """512 MB of zeros in half a megabyte of gzip are refused at the cap, with a peak near it."""
    fault_server.route("GET", "/small", Reply(text="small"))
    fault_server.route("GET", "/", GzipBomb())
    with child("swallow", bench.subject.name, bench.world.name, fault_server.url, path="/", cap=CAP) as process:
        end = process.hear()
    assert end["outcome"] == "TooLargeProblem"
    assert end["grown"] < 2 * CAP


@pytest.mark.row("bomb")
async def test_a_bomb_that_is_streamed_comes_in_small_pieces(bench: Bench, fault_server: FaultServer) -> None:
    """A stream of a bomb yields pieces of at most 64 KiB, and holds no more of it than that."""
    fault_server.route("GET", "/small", Reply(text="small"))
    fault_server.route("GET", "/", GzipBomb())
    options = {"path": "/", "size": 64 * MEBIBYTE}
    with child("sip", bench.subject.name, bench.world.name, fault_server.url, **options) as process:
        assert process.hear() == {"step": "left"}
        process.go_on()
        end = process.hear()
    assert end["done"] >= 64 * MEBIBYTE
    assert end["biggest"] <= 64 * 1024
    assert end["grown"] < 8 * MEBIBYTE
