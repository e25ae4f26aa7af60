"""What httpx2 and httpx get back when they send through our clients."""

import asyncio
import gzip
from typing import Any

import brotli
import httpx2
import pytest

import seawall
from seawall.model import CallFinished, Event, StreamFinished
from seawall.testing import Behaviour, Connection, Endless, FaultServer, Gate, Raw, Reply, SeenCall
from tests.behaviours.kit import URL, Script, reply
from tests.unit.client.sdk_hosts import Guest, each_library, guest
from tests.worlds import AsyncioWorld, World

TEXT = b'{"name": "Ada"}' * 5000
CODINGS = {"gzip": gzip.compress(TEXT), "br": brotli.compress(TEXT)}


class Counted:
    """A body that notes how often it was asked, and whether it was closed."""

    def __init__(self, pieces: int) -> None:
        self.left = pieces
        self.asked = 0
        self.closed = 0

    async def read(self) -> bytes:
        self.asked += 1
        self.left -= 1
        return b"x" * 10 if self.left >= 0 else b""

    async def aclose(self) -> None:
        self.closed += 1


@each_library
@pytest.mark.parametrize("status", [200, 204, 304, 400, 401, 429, 500, 503])
async def test_every_status_is_handed_on(world: World, library: Any, status: int, fault_server: FaultServer) -> None:
    """An error status is an answer with its body, and no exception; our own response says what it means."""
    body = b"" if status in (204, 304) else b'{"code": "NO_LUCK"}'
    route = fault_server.route("POST", "/agents", Reply(status, body=body, headers={"X-Trace": "7"}))
    async with guest(world, library) as client:
        response = await client.post(f"{fault_server.url}/agents", json={})
    assert (response.status_code, response.content, response.headers["x-trace"]) == (status, body, "7")
    assert (response.http_version, len(route.calls)) == ("HTTP/1.1", 1)
    problem = response.extensions["seawall"].problem
    assert (None if problem is None else (problem.status, problem.code)) == (None if status < 400 else (status, "NO_LUCK"))
    assert len(response.extensions["seawall"].explain().attempts) == 1


@each_library
@pytest.mark.parametrize("follow", [True, False])
async def test_redirects_are_the_hosts(world: World, library: Any, follow: bool, fault_server: FaultServer) -> None:
    """A redirect is handed on, and followed by the host if the host wants that."""
    fault_server.route("GET", "/old", Reply.redirect("/new", 302))
    new = fault_server.route("GET", "/new", Reply(text="here"))
    async with guest(world, library, host={"follow_redirects": follow}) as client:
        response = await client.get(f"{fault_server.url}/old")
    assert (response.status_code, len(response.history), len(new.calls)) == ((200, 1, 1) if follow else (302, 0, 0))


@each_library
@pytest.mark.parametrize("coding", CODINGS)
async def test_packed_bodies_are_unpacked_by_the_host(world: World, library: Any, coding: str, fault_server: FaultServer) -> None:
    """Bytes and Content-Encoding come as the server sent them."""
    fault_server.route("GET", "/agents", Reply(body=CODINGS[coding], headers={"Content-Encoding": coding}))
    async with guest(world, library) as client:
        response = await client.get(f"{fault_server.url}/agents")
        assert response.content == TEXT
        assert response.headers["content-encoding"] == coding
        assert response.headers["content-length"] == str(len(CODINGS[coding]))
        async with client.stream("GET", f"{fault_server.url}/agents") as raw:
            assert b"".join([piece async for piece in client.raw(raw)]) == CODINGS[coding]


@each_library
@pytest.mark.parametrize("coding", CODINGS)
async def test_packed_errors_are_unpacked_once(world: World, library: Any, coding: str, fault_server: FaultServer) -> None:
    """An error's body is unpacked by us, which the problem is read from, and comes to the host without a word of packing."""
    refusal = b'{"code": "NO_LUCK", "detail": "%b"}' % (b"x" * 5000)
    packed = {"gzip": gzip.compress, "br": brotli.compress}[coding](refusal)
    fault_server.route("GET", "/agents", Reply(400, body=packed, headers={"Content-Encoding": coding.upper()}))
    async with guest(world, library) as client:
        response = await client.get(f"{fault_server.url}/agents")
    assert response.content == refusal
    assert {"content-encoding", "content-length"}.isdisjoint(response.headers)
    assert response.extensions["seawall"].problem.code == "NO_LUCK"


@each_library
@pytest.mark.parametrize(("coding", "content"), [("rot13", b"packed"), ("gzip, rot13", b"packed"), ("gzip", b"")])
async def test_an_error_that_cannot_be_unpacked_is_handed_on(
    world: World, library: Any, coding: str, content: bytes, fault_server: FaultServer
) -> None:
    """A coding that we do not know is the host's affair, fields and all, and a body without bytes is no fault."""
    fault_server.route("GET", "/agents", Reply(503, body=content, headers={"Content-Encoding": coding}))
    async with guest(world, library, retry=False) as client, client.stream("GET", f"{fault_server.url}/agents") as response:
        assert b"".join([piece async for piece in client.raw(response)]) == content
    assert response.status_code == 503
    assert response.headers.get("content-encoding") == (coding if "rot13" in coding else None)


async def test_a_corrupt_error_is_its_status(world: World, fault_server: FaultServer) -> None:
    """What is no gzip although it says so is cut where it goes wrong; the status is handed on, and no exception made of it."""
    fault_server.route("GET", "/agents", Reply(429, body=b"no gzip at all", headers={"Content-Encoding": "gzip"}))
    async with guest(world, httpx2) as client:
        response = await client.get(f"{fault_server.url}/agents")
    assert (response.status_code, response.content) == (429, b"")


@each_library
async def test_a_head_of_a_packed_body_is_empty(world: World, library: Any, fault_server: FaultServer) -> None:
    """The answer to HEAD keeps its fields and has no body to unpack."""
    fields = {"Content-Encoding": "gzip"}
    fault_server.route("HEAD", "/agents", Reply(headers=fields, length=77), Reply(404, headers=fields, length=77))
    async with guest(world, library) as client:
        for status in (200, 404):
            response = await client.request("HEAD", f"{fault_server.url}/agents")
            assert (response.status_code, response.content, response.headers["content-length"]) == (status, b"", "77")


@each_library
async def test_fields_of_one_name_stay_apart(world: World, library: Any, fault_server: FaultServer) -> None:
    """Two cookies stay two, and bytes beyond ASCII are the server's."""
    fields = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Name", "größe")]
    fault_server.route("GET", "/agents", Reply(headers=fields))
    async with guest(world, library) as client:
        response = await client.get(f"{fault_server.url}/agents")
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert (b"X-Name", "größe".encode("latin-1")) in response.headers.raw
    assert dict(client.client.cookies) == {"a": "1", "b": "2"}


@each_library
async def test_nobody_reads_ahead_of_the_host(world: World, library: Any) -> None:
    """A piece is asked for when the host wants it, so that a slow reader slows the server."""
    body = Counted(1000)
    transport = Script(lambda request: seawall.Response(200, stream=body, request=request))
    async with guest(world, library, transport=transport) as client, client.stream("GET", URL) as response:
        assert body.asked == 0
        pieces = client.raw(response)
        assert [await anext(pieces) for _ in range(3)] == [b"x" * 10] * 3
        assert body.asked == 3
        assert not body.closed
    assert (body.asked, body.closed >= 1) == (3, True)


class Feed(Behaviour):
    """Sends an event, and the next one when the gate is open."""

    def __init__(self) -> None:
        self.gate = Gate(Raw(b"e\r\ndata: second\n\n\r\n0\r\n\r\n", then="keep"))

    def act(self, connection: Connection, call: SeenCall) -> None:
        fields = b"Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
        connection.send(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\nd\r\ndata: first\n\n\r\n")
        self.gate.act(connection, call)


@each_library
async def test_events_come_one_by_one(world: World, library: Any, fault_server: FaultServer) -> None:
    """A server-sent event is there before the server has sent the next."""
    feed = Feed()
    fault_server.route("GET", "/feed", feed)
    async with guest(world, library) as client, client.stream("GET", f"{fault_server.url}/feed") as response:
        pieces = client.raw(response)
        assert await anext(pieces) == b"data: first\n\n"
        feed.gate.open()
        assert [piece async for piece in pieces] == [b"data: second\n\n"]


@each_library
async def test_leaving_early_frees_the_connection(world: World, library: Any, fault_server: FaultServer) -> None:
    """A stream that is left before its end gives its connection back: with one connection the next call is answered."""
    fault_server.route("GET", "/endless", Endless())
    fault_server.route("GET", "/agents", Reply(text="Ada"))
    async with guest(world, library, max_connections=1) as client:
        for _ in range(3):
            async with client.stream("GET", f"{fault_server.url}/endless") as response:
                assert await anext(client.raw(response))
        assert (await client.get(f"{fault_server.url}/agents")).text == "Ada"


@each_library
async def test_what_the_host_does_not_read_is_closed(world: World, library: Any, fault_server: FaultServer) -> None:
    """A stream of which nothing was read frees its connection too."""
    fault_server.route("GET", "/big", Reply(body=b"x" * 3_000_000))
    async with guest(world, library, max_connections=1) as client:
        for _ in range(3):
            async with client.stream("GET", f"{fault_server.url}/big") as response:
                assert response.status_code == 200


@each_library
@pytest.mark.parametrize("phase", ["head", "body"])
def test_cancelling_the_hosts_task_frees_the_connection(library: Any, phase: str, fault_server: FaultServer) -> None:
    """A task that is cancelled in the host leaves no connection in use, whatever it waited for."""
    gate = Gate(Reply(text="never"))
    fault_server.route("GET", "/head", gate)
    fault_server.route("GET", "/body", Reply(body=b"x" * 10, length=20))
    fault_server.route("GET", "/agents", Reply(text="Ada"))

    async def main() -> str:
        async with seawall.AsyncClient(max_connections=1) as api, Guest(AsyncioWorld(), library, api) as client:
            reading = asyncio.Event()

            async def read() -> None:
                async with client.stream("GET", f"{fault_server.url}/{phase}") as response:
                    async for _ in client.raw(response):
                        reading.set()

            task = asyncio.create_task(read())
            await (asyncio.to_thread(gate.reached.wait) if phase == "head" else reading.wait())
            task.cancel()
            task.cancel()
            assert isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError)
            return str((await client.get(f"{fault_server.url}/agents")).text)

    assert asyncio.run(main()) == "Ada"


async def test_listeners_hear_of_the_hosts_calls(world: World, fault_server: FaultServer) -> None:
    """A call of the host is a call of ours: its events come, the end of its stream too, and a refusal says its problem."""
    heard: list[Event] = []
    fault_server.route("GET", "/agents", Reply(text="Ada"), Reply(429, json={"code": "SLOW_DOWN"}))
    async with guest(world, httpx2, listeners=[heard.append]) as client:
        await client.get(f"{fault_server.url}/agents")
        await client.get(f"{fault_server.url}/agents")
    first, second = [event for event in heard if isinstance(event, CallFinished)]
    assert (first.status, second.status) == (200, 429)
    assert isinstance(second.problem, seawall.RateLimitedProblem)
    assert next(event.size for event in heard if isinstance(event, StreamFinished)) == 3


def test_a_large_error_is_cut(fault_server: FaultServer) -> None:
    """Of an error's body a mebibyte is handed on; nobody needs more to learn what went wrong."""
    fault_server.route("GET", "/agents", Reply(500, body=b"x" * 3_000_000))
    with seawall.Client() as api, httpx2.Client(transport=seawall.SeawallTransport(api)) as client:
        assert 1_000_000 < len(client.get(f"{fault_server.url}/agents").content) < 2_000_000


def test_the_stream_of_a_host_is_of_its_kind() -> None:
    """Hosts look for their own base of bodies before they read."""
    with seawall.Client(transport=Script(reply(200, b"Ada"))) as api:
        response = seawall.SeawallTransport(api).handle_request(httpx2.Request("GET", URL))
    assert isinstance(response.stream, httpx2.SyncByteStream)
    assert list(response.stream) == [b"Ada"]
