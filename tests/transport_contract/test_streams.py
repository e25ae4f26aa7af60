"""Bodies that are read piece by piece, or not to their end."""

from typing import Any

import pytest

from seawall import DisconnectProblem
from seawall.testing import Endless, FaultServer, Reply, Truncate
from tests.transport_contract.line import Bench
from tests.transport_contract.processes import child

MEBIBYTE = 1024 * 1024


@pytest.mark.row("stop reading")
@pytest.mark.parametrize("chunked", [True, False], ids=["chunks", "no length"])
async def test_who_stops_reading_closes_the_socket(bench: Bench, server: FaultServer, chunked: bool) -> None:
    """Closing a stream after 1 MB closes its socket and frees its slot while the transport lives; closing twice is harmless."""
    server.route("GET", "/", Endless(chunked=chunked), Reply(text="next"))
    async with bench.line(server, max_connections=1) as line:
        response = await line.head()
        size = 0
        while size < MEBIBYTE:
            piece = await response.next_piece()
            assert 0 < len(piece) <= 64 * 1024
            size += len(piece)
        await response.aclose()
        await response.aclose()
        await bench.world.until(server.wait_until_closed)
        assert (await line.ask()).content == b"next"


@pytest.mark.row("stop reading")
async def test_a_long_stream_is_never_held(bench: Bench, fault_server: FaultServer) -> None:
    """Of a stream that could go on for ever, 1 MB is read through the client, then its socket closes; memory stays flat."""
    fault_server.route("GET", "/small", Reply(text="small", close=True))
    fault_server.route("GET", "/", Endless())
    with child("sip", bench.subject.name, bench.world.name, fault_server.url, path="/", size=MEBIBYTE) as process:
        assert process.hear() == {"step": "left"}
        fault_server.wait_until_closed()
        process.go_on()
        end = process.hear()
    assert end["biggest"] <= 64 * 1024
    assert end["grown"] < 4 * MEBIBYTE


@pytest.mark.row("stop reading")
async def test_a_stream_that_is_read_slowly_is_not_read_ahead(bench: Bench, fault_server: FaultServer) -> None:
    """Reading 200 MB piece by piece takes no more memory than a few pieces."""
    fault_server.route("GET", "/small", Reply(text="small"))
    fault_server.route("GET", "/", Endless())
    size = 200 * MEBIBYTE
    with child("sip", bench.subject.name, bench.world.name, fault_server.url, path="/", size=size) as process:
        assert process.hear() == {"step": "left"}
        process.go_on()
        end = process.hear()
    assert end["done"] >= size
    assert end["grown"] < 4 * MEBIBYTE


@pytest.mark.row("stop reading")
async def test_leaving_the_block_closes_the_socket(bench: Bench, server: FaultServer) -> None:
    """Leaving a client's `with api.stream(...)` block, also by an error, closes the socket and frees the slot."""
    server.route("GET", "/", Endless(), Endless(), Reply(text="next"))
    async with bench.client(server, {"max_connections": 1}) as api:
        async with api.stream("GET", "/") as response:
            assert response.status == 200
        with pytest.raises(ZeroDivisionError):
            async with api.stream("GET", "/"):
                raise ZeroDivisionError
        await bench.world.until(server.wait_until_closed)
        assert (await api.get("/")).text == "next"


@pytest.mark.row("stop reading")
async def test_a_stream_read_to_its_end_keeps_its_connection(bench: Bench, server: FaultServer) -> None:
    """A body that was read whole, piece by piece, leaves its connection for the next call."""
    server.route("GET", "/", Reply(text="x" * 300_000, chunked=True))
    async with bench.client(server) as api:
        for _ in range(3):
            async with api.stream("GET", "/") as response:
                pieces = [piece async for piece in bench.world.pieces(response)]
            assert b"".join(pieces) == b"x" * 300_000
    assert server.connections == 1


@pytest.mark.row("broken")
async def test_a_stream_that_breaks_off(bench: Bench, server: FaultServer) -> None:
    """What came before the break is delivered, then the stream raises, and its slot is free."""
    server.route("GET", "/", Truncate(Reply(text="x" * 100_000)), Reply(text="next"))
    pieces: list[bytes] = []

    async def read(api: Any) -> None:
        async with api.stream("GET", "/") as response:
            async for piece in bench.world.pieces(response):
                pieces.append(piece)

    async with bench.client(server, {"max_connections": 1}) as api:
        with pytest.raises(DisconnectProblem):
            await read(api)
        assert (await api.get("/")).text == "next"
    assert b"".join(pieces) == b"x" * 50_000
