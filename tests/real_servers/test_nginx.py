"""The default transports at nginx: as a server of files, as a door before another server, and when it refuses.

It tells by which connection a call came, ends connections after some time or some requests, answers before a body is there,
and puts its own pages in place of what a broken server behind it says.
"""

import hashlib
import ssl
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall.testing import FaultServer, Hang, LostAnswer, Reply, Truncate, TruncatedChunk
from tests.real_servers.debian_daemons import client, wait_until_tired
from tests.real_servers.debian_nginx import Nginx, nginx
from tests.real_servers.engine_answers import BIG
from tests.real_servers.engine_serve import running
from tests.worlds import World

MEBIBYTE = 1024 * 1024
BLOCK = bytes(range(256)) * 256  # 64 KiB
LARGE = 100 * MEBIBYTE
TEXT = Reply(text="a body that ends too early")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """One nginx for all, before a server that behaves and one that does not."""
    with running("uvicorn-httptools", 600.0) as back, FaultServer() as faults:
        faults.route("*", "/hang", Hang())
        faults.route("*", "/lost", LostAnswer())
        faults.route("*", "/short", Truncate(TEXT))
        faults.route("*", "/cut", TruncatedChunk(TEXT))
        with nginx(tmp_path_factory.mktemp("nginx"), int(back.rpartition(":")[2]), faults.port) as server:
            (server.files / "big").write_bytes(BIG)
            (server.files / "folder").mkdir()
            yield server


@pytest.fixture(scope="module")
def trust(server: Nginx) -> ssl.SSLContext:
    """What a client trusts."""
    return server.certificates.trust()


@pytest.fixture(params=["http", "https"])
def url(request: pytest.FixtureRequest, server: Nginx) -> str:
    """Where nginx listens, without and with TLS."""
    return str(getattr(server, request.param))


@pytest.fixture
def api(world: World, url: str, trust: ssl.SSLContext) -> Any:
    """A client of nginx."""
    return client(world, url, verify=trust)


def connection(response: seawall.Response) -> str:
    """The connection that a call came by, as nginx counts them."""
    return response.headers["x-connection"]


async def is_whole(api: Any, before: seawall.Response) -> None:
    """See that the next call is answered by the same connection."""
    response = await api.get("/hello")
    assert (response.content, connection(response)) == (b"hello", connection(before))


@pytest.mark.parametrize(
    ("path", "numbers"), [("/hello", "123456789"), ("/thrice", "1231231"), ("/last", "111")], ids=["many", "three", "one"]
)
async def test_a_connection_serves_as_many_requests_as_nginx_allows(api: Any, path: str, numbers: str) -> None:
    """Calls in turn share a connection until `keepalive_requests` or `Connection: close` ends it, and no call fails."""
    async with api:
        responses = [await api.post(path, content=b"x") for _ in numbers]
    assert "".join(response.headers["x-request"] for response in responses) == numbers
    assert len(set(map(connection, responses))) == numbers.count("1")


async def test_a_connection_that_tired_nginx_is_noticed(api: Any, world: World, url: str, trust: ssl.SSLContext) -> None:
    """When `keepalive_timeout` is over, the next call, sent once, comes by a new connection."""
    async with api:
        first = await api.post("/hasty", content=b"before")
        await world.until(lambda: wait_until_tired(url, "/hasty", trust))
        second = await api.post("/hasty", content=b"after")
    assert connection(first) != connection(second)


async def test_callers_wait_for_the_connections_there_are(world: World, url: str, trust: ssl.SSLContext) -> None:
    """Thirty calls at the same time share three connections at most, and each has its own answer."""
    async with client(world, url, verify=trust, max_connections=3) as api:
        bodies = [f"call {number}".encode() * 500 for number in range(30)]
        responses = await world.gather(*[lambda body=body: api.post("/back/echo", content=body) for body in bodies])
    assert [response.content for response in responses] == bodies
    assert len(set(map(connection, responses))) <= 3


@pytest.mark.parametrize(("place", "version"), [("https", "TLSv1.3"), ("older", "TLSv1.2")])
async def test_a_tls_session_is_resumed(world: World, server: Nginx, trust: ssl.SSLContext, place: str, version: str) -> None:
    """The second connection of a client begins with the session of the first, as nginx sees it."""
    async with client(world, getattr(server, place), verify=trust) as api:
        responses = [await api.get("/thrice") for _ in range(4)]
    assert [response.headers["x-tls"] for response in responses] == [f"{version} ."] * 3 + [f"{version} r"]


async def test_statuses_without_a_body_leave_the_connection_usable(api: Any) -> None:
    """HEAD, 204 and 304 bring heads and nothing else."""
    async with api:
        head = await api.head("/files/big")
        assert (head.headers["content-length"], head.content) == (str(len(BIG)), b"")
        cached = await api.get("/files/big", headers={"If-None-Match": head.headers["etag"]}, accept_status=304)
        assert (cached.status, cached.content) == (304, b"")
        empty = await api.get("/empty")
        assert (empty.status, empty.content) == (204, b"")
        await is_whole(api, head)


async def test_ranges_of_a_file(api: Any) -> None:
    """One range, several in parts, and one that is not there."""
    async with api:
        one = await api.get("/files/big", headers={"Range": "bytes=1000-1999"})
        assert (one.status, one.content) == (206, BIG[1000:2000])
        two = await api.get("/files/big", headers={"Range": "bytes=0-9,-10"})
        assert two.headers["content-type"].startswith("multipart/byteranges")
        assert BIG[:10] in two.content
        assert BIG[-10:] in two.content
        with pytest.raises(seawall.ClientErrorProblem) as caught:
            await api.get("/files/big", headers={"Range": f"bytes={len(BIG)}-"})
        assert caught.value.status == 416
        await is_whole(api, one)


async def test_a_download_goes_on_where_it_ended(api: Any, tmp_path: Path) -> None:
    """A download that is cancelled in its middle brings only the rest the next time, and the file is whole."""
    cancel, seen = seawall.Cancel(), list[int]()

    def show(progress: seawall.Progress) -> None:
        seen.append(progress.done)
        if progress.done > MEBIBYTE:
            cancel.cancel()

    async with api:
        with pytest.raises(seawall.CancelledProblem):
            await api.download("/files/big", to=tmp_path / "big", on_download=show, cancel=cancel)
        before = seen[-1]
        seen.clear()
        await api.download("/files/big", to=tmp_path / "big", on_download=show)
    assert MEBIBYTE < before < seen[0]
    assert (tmp_path / "big").read_bytes() == BIG


async def test_gzip_is_unpacked(api: Any) -> None:
    """nginx packs while it sends, in chunks, and the caller has the file; HEAD promises no length and brings nothing."""
    async with api:
        head = await api.head("/packed/big")
        response = await api.get("/packed/big")
        assert (head.headers["content-encoding"], head.content) == ("gzip", b"")
        assert (response.headers["transfer-encoding"], response.content) == ("chunked", BIG)
        await is_whole(api, response)


@pytest.mark.parametrize("folder", ["small", "curt"], ids=["lingering", "closing at once"])
@pytest.mark.parametrize("headers", [{"Content-Length": str(320 * len(BLOCK))}, {}], ids=["length", "chunks"])
async def test_a_body_that_is_too_large_is_refused_early(api: Any, folder: str, headers: dict[str, str]) -> None:
    """The 413 ends the upload, although nginx may reset the connection, and the next call comes by another one."""
    left = iter([BLOCK] * 320)
    async with api:
        before = await api.get("/hello")
        with pytest.raises(seawall.ClientErrorProblem) as caught:
            await api.put(f"/{folder}/x", content=left, headers=headers)
        assert (caught.value.status, caught.value.sent) == (413, seawall.Sent.YES)
        assert next(left) == BLOCK
        after = await api.get("/hello")
    assert connection(before) != connection(after)


async def test_a_hundred_megabytes_there_and_back_in_little_memory(api: Any, world: World, server: Nginx) -> None:
    """A streamed upload and a streamed download come whole, and never lie in memory."""
    sent, received = hashlib.sha1(usedforsecurity=False), hashlib.sha1(usedforsecurity=False)

    def blocks() -> Iterator[bytes]:
        for number in range(LARGE // len(BLOCK)):
            block = number.to_bytes(2) + BLOCK[2:]
            sent.update(block)
            yield block

    tracemalloc.start(1)
    try:
        async with api:
            await api.put("/files/large", content=blocks)
            async with api.stream("GET", "/files/large") as response:
                async for piece in world.pieces(response):
                    received.update(piece)
            _, peak = tracemalloc.get_traced_memory()
            assert (server.files / "large").stat().st_size == LARGE
            assert received.digest() == sent.digest()
            assert peak < MEBIBYTE
            await is_whole(api, await api.delete("/files/large"))
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nowhere", 404, seawall.NotFoundProblem),
        ("POST", "/files/big", 405, seawall.ClientErrorProblem),
        ("GET", "/private", 401, seawall.UnauthorizedProblem),
        ("GET", "/files/", 403, seawall.ForbiddenProblem),
        ("GET", "/teapot", 418, seawall.ClientErrorProblem),
        ("GET", "/gone/", 502, seawall.UnavailableProblem),
        ("POST", "/faults/lost", 502, seawall.UnavailableProblem),
        ("POST", "/faults/hang", 504, seawall.UnavailableProblem),
    ],
)
async def test_error_pages(api: Any, method: str, path: str, status: int, kind: type[seawall.StatusProblem]) -> None:
    """The pages of nginx are problems of their status, without a code, and leave the connection usable."""
    async with api:
        with pytest.raises(kind) as caught:
            await api.request(method, path)
        assert (caught.value.status, caught.value.code) == (status, None)
        assert caught.value.response is not None
        await is_whole(api, caught.value.response)


@pytest.mark.parametrize(("longer", "name", "status"), [("?" + "x" * 9000, "X-Note", 414), ("", "X-" + "N" * 9000, 400)])
async def test_a_head_that_is_too_long_is_refused(api: Any, longer: str, name: str, status: int) -> None:
    """nginx answers a long URL or field and closes, and the next call comes by another connection."""
    async with api:
        before = await api.get("/hello")
        with pytest.raises(seawall.ClientErrorProblem) as caught:
            await api.get(f"/hello{longer}", headers={name: "1"})
        after = await api.get("/hello")
    assert caught.value.status == status
    assert connection(before) != connection(after)


async def test_no_answer_at_all(api: Any) -> None:
    """When nginx closes in silence (444), the request may have been sent, and the next call works."""
    async with api:
        with pytest.raises(seawall.DisconnectProblem) as caught:
            await api.post("/silent", content=b"x")
        assert caught.value.sent is seawall.Sent.MAYBE
        assert (await api.get("/hello")).content == b"hello"


async def test_the_wrong_scheme(world: World, server: Nginx, trust: ssl.SSLContext) -> None:
    """Plain HTTP to the TLS port is the 400 that nginx sends, TLS to the plain port a TLS problem with nothing sent."""
    async with client(world, server.https.replace("https", "http"), verify=trust) as api:
        with pytest.raises(seawall.BadRequestProblem):
            await api.get("/hello")
    async with client(world, server.http.replace("http", "https"), verify=trust) as api:
        with pytest.raises(seawall.TlsProblem) as caught:
            await api.get("/hello")
    assert caught.value.sent is seawall.Sent.NO


@pytest.mark.parametrize("door", ["back", "through"], ids=["buffered", "unbuffered"])
async def test_a_server_behind_nginx(api: Any, world: World, door: str) -> None:
    """Uploads, chunks, long and empty answers, and problems pass through, all by one connection."""
    async with api:
        first = await api.post(f"/{door}/echo", content=BIG[:MEBIBYTE])
        assert first.content == BIG[:MEBIBYTE]
        chunked = await api.post(f"/{door}/echo", content=iter([b"one ", b"two"]))
        assert chunked.content == b"one two"
        assert (await api.get(f"/{door}/parts")).content == b"one two three"
        assert (await api.head(f"/{door}/big")).headers["content-length"] == str(len(BIG))
        async with api.stream("GET", f"/{door}/big") as response:
            assert b"".join([piece async for piece in world.pieces(response)]) == BIG
        assert (await api.get(f"/{door}/empty")).status == 204
        assert (await api.get(f"/{door}/cached", accept_status=304)).status == 304
        with pytest.raises(seawall.NotFoundProblem) as caught:
            await api.get(f"/{door}/nowhere")
        assert caught.value.code == "AGENT_UNKNOWN"
        await is_whole(api, first)


async def test_redirects_of_nginx_are_followed(api: Any, url: str) -> None:
    """A 307 keeps method and body, and a folder without its slash leads to the folder."""
    async with api:
        moved = await api.post("/moved", content=b"on the move", follow_redirects=True)
        assert (moved.url, moved.content) == (f"{url}/back/echo", b"on the move")
        with pytest.raises(seawall.ForbiddenProblem) as caught:
            await api.get("/files/folder", follow_redirects=True)
        assert caught.value.url == f"{url}/files/folder/"


@pytest.mark.parametrize("path", ["/faults/short", "/faults/cut"], ids=["length", "chunks"])
async def test_an_answer_cut_behind_nginx_is_never_taken_for_whole(api: Any, path: str) -> None:
    """When the server behind leaves in mid-answer, the call fails, and the next one works."""
    async with api:
        with pytest.raises(seawall.DisconnectProblem) as caught:
            await api.get(path)
        assert caught.value.sent is seawall.Sent.YES
        assert (await api.get("/hello")).content == b"hello"
