"""The default transports at haproxy, which shares the calls of one connection out among servers, and has errors of its own.

It tells from which port a connection came, and the servers behind it from which port of haproxy theirs did.
"""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import seawall
from seawall.testing import EarlyReply, FaultServer, Gate, Hang, LostAnswer, Reply, Reset, Truncate, TruncatedChunk
from tests.real_servers.debian_daemons import client, wait_until_tired
from tests.real_servers.debian_haproxy import Haproxy, haproxy
from tests.real_servers.engine_answers import BIG
from tests.real_servers.engine_serve import running
from tests.worlds import World

MEBIBYTE = 1024 * 1024
TEXT = Reply(text="a body that ends too early")


class Place(NamedTuple):
    """Where haproxy listens, without or with TLS.

    Attributes:
        url: Where it does not tire.
        hasty: Where it soon closes what nobody uses.
        trust: What a client trusts.
    """

    url: str
    hasty: str
    trust: ssl.SSLContext


@pytest.fixture(scope="module")
def faults() -> Iterator[FaultServer]:
    """A server behind haproxy that misbehaves."""
    with FaultServer() as server:
        server.route("*", "/hang", Hang())
        server.route("*", "/lost", LostAnswer())
        server.route("*", "/reset", Reset())
        server.route("*", "/early", EarlyReply(Reply(413), linger=True))
        server.route("*", "/short", Truncate(TEXT))
        server.route("*", "/cut", TruncatedChunk(TEXT))
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, faults: FaultServer) -> Iterator[Haproxy]:
    """One haproxy for all, before three servers that behave and one that does not."""
    with (
        running("uvicorn-h11", 600.0) as uvicorn,
        running("http.server-1.1", 600.0) as threads,
        running("http.server-1.0", 600.0) as older,
    ):
        behind = {"uvicorn": uvicorn, "threads": threads, "older": older, "faults": faults.url}
        ports = {name: int(url.rpartition(":")[2]) for name, url in behind.items()}
        with haproxy(tmp_path_factory.mktemp("haproxy"), **ports) as server:
            yield server


@pytest.fixture(scope="module", params=["http", "https"])
def place(request: pytest.FixtureRequest, server: Haproxy) -> Place:
    """Where haproxy listens, without TLS and as the end of it."""
    url, hasty = getattr(server, request.param), getattr(server, f"hasty_{request.param}")
    return Place(url, hasty, server.certificates.trust())


@pytest.fixture
def api(world: World, place: Place) -> Any:
    """A client of haproxy."""
    return client(world, place.url, verify=place.trust)


def front(response: seawall.Response) -> str:
    """The client's port of the connection that a call came by, as haproxy sees it."""
    return response.headers["x-front"]


def back(response: seawall.Response) -> str:
    """The port of haproxy's connection to the server behind it, as that one sees it."""
    return response.headers["x-peer"]


async def is_whole(api: Any, before: seawall.Response) -> None:
    """See that the next call is answered by the same connection."""
    response = await api.get("/hello")
    assert (response.content, front(response)) == (b"hello", front(before))


async def test_two_servers_share_the_calls_of_one_connection(api: Any) -> None:
    """Calls go to both servers in turn, by one connection to haproxy and one from it to each of them."""
    async with api:
        responses = [await api.post("/balanced/echo", content=b"turn") for _ in range(6)]
    servers = [response.headers["x-server"] for response in responses]
    assert [response.content for response in responses] == [b"turn"] * 6
    assert sorted(servers[:2]) == ["one", "two"]
    assert servers == servers[:2] * 3
    assert (len(set(map(front, responses))), len(set(map(back, responses)))) == (1, 2)


async def test_two_clients_share_a_connection_behind_haproxy(world: World, place: Place) -> None:
    """With `http-reuse always`, what connections the client has and what haproxy has are two things."""
    responses = []
    for _ in range(2):
        async with client(world, place.url, verify=place.trust) as api:
            responses += [await api.get("/reusing/echo") for _ in range(3)]
    assert (len(set(map(front, responses))), len(set(map(back, responses)))) == (2, 1)


@pytest.mark.parametrize("door", ["closing", "older"])
async def test_a_server_that_closes_does_not_end_the_clients_connection(api: Any, door: str) -> None:
    """With `option http-server-close`, and before HTTP/1.0, one connection of the client outlives many behind haproxy."""
    async with api:
        responses = [await api.get(f"/{door}/echo") for _ in range(5)]
    assert (len(set(map(front, responses))), len(set(map(back, responses)))) == (1, 5)


async def test_a_body_without_a_length_ends_both_connections(api: Any) -> None:
    """haproxy hands on what HTTP/1.0 sends until it closes, and closes too: the body is whole, and no connection used again."""
    async with api:
        responses = [await api.get("/older/parts") for _ in range(3)]
    assert [response.content for response in responses] == [b"one two three"] * 3
    assert (len(set(map(front, responses))), len(set(map(back, responses)))) == (3, 3)


async def test_a_connection_that_tired_haproxy_is_noticed(world: World, place: Place) -> None:
    """When `timeout http-keep-alive` is over, the next call, sent once, comes by a new connection."""
    async with client(world, place.hasty, verify=place.trust) as api:
        first = await api.post("/hello", content=b"before")
        await world.until(lambda: wait_until_tired(place.hasty, "/hello", place.trust))
        second = await api.post("/hello", content=b"after")
    assert front(first) != front(second)


async def test_bodies_and_heads_pass_through(api: Any, world: World) -> None:
    """Uploads, chunks, long and empty answers, and problems pass through, all by one connection."""
    async with api:
        first = await api.post("/balanced/echo", content=BIG[:MEBIBYTE])
        assert first.content == BIG[:MEBIBYTE]
        assert (await api.get("/balanced/parts")).content == b"one two three"
        assert (await api.head("/balanced/big")).headers["content-length"] == str(len(BIG))
        async with api.stream("GET", "/balanced/big") as response:
            assert b"".join([piece async for piece in world.pieces(response)]) == BIG
        assert (await api.get("/balanced/empty")).status == 204
        assert (await api.get("/balanced/cached", accept_status=304)).status == 304
        with pytest.raises(seawall.NotFoundProblem) as caught:
            await api.get("/balanced/nowhere")
        assert caught.value.code == "AGENT_UNKNOWN"
        await is_whole(api, first)


async def test_early_hints_are_passed_over(api: Any) -> None:
    """A 103 of haproxy is no answer: the server's own comes behind it, and the next call has its own."""
    async with api:
        responses = [await api.post("/hinted/echo", content=body) for body in (b"one", b"two")]
    assert [(response.status, response.content) for response in responses] == [(200, b"one"), (200, b"two")]
    assert len(set(map(front, responses))) == 1


async def test_a_dead_server_is_passed_over(api: Any) -> None:
    """haproxy asks the other server where one refuses connections, and the client notices nothing."""
    async with api:
        responses = [await api.post("/half/echo", content=b"x") for _ in range(4)]
    assert [(response.content, response.headers["x-server"]) for response in responses] == [(b"x", "one")] * 4


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/dead/x", 503, b"No server is available"),
        ("/nobody/x", 503, b"No server is available"),
        ("/faults/hang", 504, b"didn't respond in time"),
        ("/faults/lost", 502, b"invalid or incomplete response"),
        ("/faults/reset", 502, b"invalid or incomplete response"),
    ],
)
async def test_error_pages(api: Any, path: str, status: int, says: bytes) -> None:
    """The pages of haproxy are problems of their status, without a code, and the next call works."""
    async with api:
        with pytest.raises(seawall.UnavailableProblem) as caught:
            await api.post(path, content=b"x")
        assert (caught.value.status, caught.value.code, caught.value.sent) == (status, None, seawall.Sent.YES)
        assert caught.value.response is not None
        assert says in caught.value.response.content
        assert (await api.get("/hello")).content == b"hello"


async def test_an_answer_lost_behind_a_used_connection_is_no_answer(api: Any) -> None:
    """After another call haproxy closes in silence where it would have said 502: the request may have been sent."""
    async with api:
        before = await api.get("/hello")
        with pytest.raises(seawall.DisconnectProblem) as caught:
            await api.post("/faults/lost", content=b"x")
        assert caught.value.sent is seawall.Sent.MAYBE
        after = await api.get("/hello")
    assert front(before) != front(after)


@pytest.mark.parametrize("path", ["/faults/short", "/faults/cut"], ids=["length", "chunks"])
async def test_an_answer_cut_behind_haproxy_is_never_taken_for_whole(api: Any, path: str) -> None:
    """When the server behind leaves in mid-answer, the call fails, and the next one works."""
    async with api:
        with pytest.raises(seawall.DisconnectProblem) as caught:
            await api.get(path)
        assert caught.value.sent is seawall.Sent.YES
        assert (await api.get("/hello")).content == b"hello"


async def test_an_early_refusal_passes_through(api: Any) -> None:
    """A server behind haproxy that refuses a long upload by its head is heard, and the next call works."""
    async with api:
        with pytest.raises(seawall.ClientErrorProblem) as caught:
            await api.post("/faults/early", content=BIG * 4)
        assert (caught.value.status, caught.value.sent) == (413, seawall.Sent.YES)
        assert (await api.get("/hello")).content == b"hello"


async def test_a_slow_upload_is_refused(api: Any, place: Place) -> None:
    """A body that does not come in time is answered with 408 in its middle, and the next call works."""

    def body() -> Iterator[bytes]:
        yield b"a beginning"
        wait_until_tired(place.hasty, "/hello", place.trust)  # longer than haproxy waits for the rest
        yield b"an end"

    async with api:
        with pytest.raises(seawall.ClientErrorProblem) as caught:
            await api.post("/slow/echo", content=body)
        assert (caught.value.status, caught.value.sent) == (408, seawall.Sent.YES)
        assert (await api.get("/hello")).content == b"hello"


async def test_a_full_server_is_not_waited_for(api: Any, world: World, faults: FaultServer, tmp_path: Path) -> None:
    """While the only place behind haproxy is taken, `timeout queue` ends another call with 503, and the first is answered."""
    gate = Gate(Reply(text="at last"))
    path = f"/{tmp_path.name}"
    faults.route("GET", path, gate)
    async with api:
        end = await world.start(lambda: api.get(f"/full{path}"))
        await world.until(gate.reached.wait)
        with pytest.raises(seawall.UnavailableProblem) as caught:
            await api.get(f"/full{path}")
        gate.open()
        assert (await end()).content == b"at last"
    assert caught.value.status == 503


async def test_what_haproxy_denies(api: Any) -> None:
    """A 429 brings its wait, and a rejected request no answer at all; the next call works."""
    async with api:
        with pytest.raises(seawall.RateLimitedProblem) as limited:
            await api.get("/limited")
        assert limited.value.retry_after == 3
        assert limited.value.response is not None
        await is_whole(api, limited.value.response)
        with pytest.raises(seawall.DisconnectProblem) as rejected:
            await api.post("/rejected", content=b"x")
        assert rejected.value.sent is seawall.Sent.MAYBE
        assert (await api.get("/hello")).content == b"hello"
