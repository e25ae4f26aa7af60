"""Server-sent events over a socket, in pieces of every size."""

import asyncio
import json
from typing import Any

import pydantic
import pytest

import seawall
from seawall import ServerEvent
from seawall.testing import Drip, FaultServer, Raw, Reply, Truncate
from tests.behaviours.kit import outcome
from tests.worlds import World

BODY = (
    "\ufeff: a comment\n"
    "data: first\n\n"
    "event: grown\r\ndata: two\r\ndata:  lines\r\nid: 7\r\nretry: 1500\r\n\r\n"
    "unknown: x\rdata\r\r"
    'data: {"naïve": true}\n\n'
    "data: unfinished"
).encode()
EVENTS = [
    ServerEvent("first"),
    ServerEvent("two\n lines", event="grown", id="7", retry=1.5),
    ServerEvent("", id="7", retry=1.5),
    ServerEvent('{"naïve": true}', id="7", retry=1.5),
]


class Agent(pydantic.BaseModel):
    """What some of the events hold."""

    id: int


TYPE = {"Content-Type": "text/event-stream"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Reply(body=BODY, headers=TYPE), id="whole"),
        pytest.param(Reply(body=BODY, headers=TYPE, chunked=True), id="chunked"),
        pytest.param(Reply(body=BODY, headers=TYPE, framed=False), id="until the end of the connection"),
        *[pytest.param(Drip(Reply(body=BODY, headers=TYPE), 0.0, size, "body"), id=f"{size} bytes") for size in (1, 2, 3, 7)],
    ],
)
async def test_events_come_whole(world: World, fault_server: FaultServer, answer: Any) -> None:
    """Events are whole whatever pieces they come in; comments, unknown fields and an unfinished event are dropped."""
    fault_server.route("GET", "/events", answer)
    async with world.client(fault_server.url) as api, api.stream("GET", "/events") as response:
        assert [event async for event in world.events(response)] == EVENTS


async def test_an_event_comes_before_the_next_is_sent(world: World, fault_server: FaultServer) -> None:
    """An event is delivered as soon as it is there, while the server is silent about the next."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    fault_server.route("GET", "/events", Raw(head, b"data: now\n\n", then="hang"))
    async with world.client(fault_server.url) as api, api.stream("GET", "/events") as response:
        events = aiter(world.events(response))
        assert await anext(events) == ServerEvent("now")
    fault_server.wait_until_closed()


async def test_a_broken_stream_keeps_what_came(world: World, fault_server: FaultServer) -> None:
    """R11: events that were whole before the connection broke are delivered, and then the problem is raised."""
    fault_server.route("GET", "/events", Truncate(Reply(body=b"data: one\n\ndata: two\n\ndata: three\n\n"), after=25))
    seen: list[ServerEvent] = []

    async def read(response: seawall.Response) -> None:
        async for event in world.events(response):
            seen.append(event)

    async with world.client(fault_server.url) as api, api.stream("GET", "/events") as response:
        problem = await outcome(read(response))
    assert isinstance(problem, seawall.DisconnectProblem)
    assert [event.data for event in seen] == ["one", "two"]


@pytest.mark.parametrize(
    "body", [pytest.param(b"data: " + b"x" * 2_000_000, id="line"), pytest.param(b"data: xxxxxxx\n" * 1_200_000, id="event")]
)
async def test_an_event_without_end_is_bounded(world: World, fault_server: FaultServer, body: bytes) -> None:
    """A line or an event that never ends is refused within bounds, and the connection is closed."""
    fault_server.route("GET", "/events", Reply(body=body, headers=TYPE, framed=False))

    async def read(response: seawall.Response) -> None:
        async for _ in world.events(response):
            pass

    async with world.client(fault_server.url) as api, api.stream("GET", "/events") as response:
        problem = await outcome(read(response))
    assert isinstance(problem, seawall.TooLargeProblem)
    fault_server.wait_until_closed()


async def test_a_wrong_event_is_a_problem(world: World, fault_server: FaultServer) -> None:
    """An event that is not of the declared type names the call and the place, and the stream can be read on."""
    fault_server.route("GET", "/events", Reply(body=b'data: {"id": "x"}\n\ndata: {"id": 7}\n\n', headers=TYPE))
    async with world.client(fault_server.url) as api, api.stream("GET", "/events") as response:
        events = aiter(world.events(response))
        with pytest.raises(seawall.DecodeProblem) as caught:
            (await anext(events)).json(Agent)
        assert (caught.value.pointer, caught.value.method) == ("/id", "GET")
        assert (await anext(events)).json(Agent) == Agent(id=7)


def test_an_event_holds_json() -> None:
    """`event.json()` decodes the data, into a type if one is given; made by hand, it knows what msgspec knows."""
    event = ServerEvent(json.dumps({"delta": "x"}))
    assert event.json() == {"delta": "x"}
    assert event.json(dict[str, str]) == {"delta": "x"}
    with pytest.raises(ValueError, match="int"):
        event.json(dict[str, int])


def test_the_wrong_loop_is_named() -> None:
    """Reading a response of AsyncClient with the blocking words is a mistake that names the right ones."""

    async def misuse(url: str) -> None:
        async with seawall.AsyncClient(url) as api, api.stream("GET", "/events") as response:
            with pytest.raises(seawall.UsageError, match="aread"):
                response.read()
            with pytest.raises(seawall.UsageError, match="aiter"):
                next(iter(response.iter_events()))

    with FaultServer() as server:
        server.route("GET", "/events", Reply(body=BODY))
        asyncio.run(misuse(server.url))
