"""The SDKs of openai and anthropic, as they are on PyPI, sending through our transports to a server that misbehaves.

Each test says how often the server was asked: by the SDK's own retries, which it has by default, without any, and with ours in
their place.
"""

import threading
from contextlib import ExitStack
from typing import Any

import pytest

import seawall
from seawall import Sent, StopReason
from seawall.model import Event, RetryScheduled
from seawall.testing import (
    Behaviour,
    Connection,
    Drip,
    FakeClock,
    FaultServer,
    Gate,
    Hang,
    LostAnswer,
    Raw,
    Reply,
    Reset,
    SeenCall,
)
from tests.real_servers.sdk_peers import PEERS, WORDS, Asker, Peer
from tests.worlds import World

MODES: dict[str, dict[str, Any]] = {
    "the SDK's retries": {},
    "no retries": {"max_retries": 0},
    "our retries": {"max_retries": 0, "own_retries": True},
}
TEXT = "".join(WORDS)
QUICK = seawall.Retry(backoff=0)
each_peer = pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
each_mode = pytest.mark.parametrize("mode", MODES)


@pytest.fixture(autouse=True)
def _in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDKs do not sleep before their retries."""
    for name in ("openai", "anthropic"):
        monkeypatch.setattr(f"{name}._base_client.INITIAL_RETRY_DELAY", 0.0)


async def outcome(asker: Asker, **options: Any) -> Any:
    """The answer, or what the SDK raises."""
    try:
        return await asker.ask(**options)
    except Exception as error:
        return error


def by_the_sdk(calls: list[SeenCall]) -> list[str]:
    """Which try of the SDK's each call was, from 0; one that is said twice was repeated by us."""
    return [call.headers["x-stainless-retry-count"] for call in calls]


@each_peer
@each_mode
async def test_a_server_that_is_busy(world: World, peer: Peer, mode: str, fault_server: FaultServer) -> None:
    """503 and then 200: whoever holds the retries asks twice, and without any the SDK's own error has our problem behind it."""
    route = fault_server.route("POST", peer.path, Reply(503, json={"error": {"message": "busy", "code": "BUSY"}}), peer.reply())
    async with world.client(retry=QUICK) as api:
        result = await outcome(peer.asker(world, fault_server.url, api, **MODES[mode]))
    if mode == "no retries":
        problem = seawall.problem_behind(result)
        assert isinstance(result, peer.errors.InternalServerError)
        assert isinstance(problem, seawall.UnavailableProblem)
        assert (problem.code, problem.stopped, len(route.calls)) == ("BUSY", StopReason.NESTED, 1)
    else:
        assert result == TEXT
        assert by_the_sdk(route.calls) == (["0", "1"] if mode == "the SDK's retries" else ["0", "0"])
        assert len({call.body for call in route.calls}) == 1


@each_peer
@each_mode
async def test_a_server_that_is_down(world: World, peer: Peer, mode: str, fault_server: FaultServer) -> None:
    """Nothing was sent: the transport tries again in every mode, within one try of the SDK, and the server sees one call."""
    route = fault_server.route("POST", peer.path, peer.reply())
    with ExitStack() as down:
        down.enter_context(fault_server.outage())

        def come_back(event: Event) -> None:
            if isinstance(event, RetryScheduled):
                down.close()

        async with world.client(retry=QUICK, listeners=[come_back]) as api:
            result = await outcome(peer.asker(world, fault_server.url, api, **MODES[mode]))
    assert (result, by_the_sdk(route.calls)) == (TEXT, ["0"])


class ResetAfter(Behaviour):
    """Answers as if the connection could be used again, resets it, and tells when that is done."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.done = threading.Event()

    def act(self, connection: Connection, call: SeenCall) -> None:
        self.reply.send(connection, call)
        connection.reset()
        self.done.set()


@each_peer
@each_mode
async def test_a_connection_that_was_reset_before_it_was_used(
    world: World, peer: Peer, mode: str, fault_server: FaultServer
) -> None:
    """A kept connection that the server has reset is noticed in time: each question is asked once."""
    resetting = ResetAfter(peer.reply())
    route = fault_server.route("POST", peer.path, resetting, peer.reply())
    async with world.client() as api:
        asker = peer.asker(world, fault_server.url, api, **MODES[mode])
        assert await asker.ask() == TEXT
        await world.until(resetting.done.wait)
        assert await asker.ask() == TEXT
    assert by_the_sdk(route.calls) == ["0", "0"]


@each_peer
@each_mode
@pytest.mark.parametrize("lost", [LostAnswer(), Reset()], ids=["closed", "reset"])
async def test_an_answer_that_is_lost(world: World, peer: Peer, mode: str, lost: Behaviour, fault_server: FaultServer) -> None:
    """The server may have worked: our transport repeats that only if it was told that it may."""
    route = fault_server.route("POST", peer.path, lost, peer.reply())
    async with world.client(retry=QUICK) as api:
        result = await outcome(peer.asker(world, fault_server.url, api, **MODES[mode]))
    if mode == "no retries":
        problem = seawall.problem_behind(result)
        assert isinstance(result, peer.errors.APIConnectionError)
        assert isinstance(problem, seawall.DisconnectProblem)
        assert (problem.sent, problem.stopped, problem.may_have_applied) == (Sent.MAYBE, StopReason.NESTED, True)
        assert len(route.calls) == 1
    else:
        assert result == TEXT
        assert by_the_sdk(route.calls) == (["0", "1"] if mode == "the SDK's retries" else ["0", "0"])


@each_peer
@each_mode
async def test_a_server_that_says_nothing(world: World, peer: Peer, mode: str, fault_server: FaultServer) -> None:
    """The SDK's own timeout is kept by our clocks, and is its own timeout error."""
    route = fault_server.route("POST", peer.path, Hang(), peer.reply())
    async with world.client(retry=QUICK) as api:
        result = await outcome(peer.asker(world, fault_server.url, api, timeout=0.5, **MODES[mode]))
    if mode == "no retries":
        assert isinstance(result, peer.errors.APITimeoutError)
        assert isinstance(seawall.problem_behind(result), seawall.ReadTimeoutProblem)
    else:
        assert result == TEXT
    assert len(route.calls) == (1 if mode == "no retries" else 2)


@each_peer
@each_mode
async def test_a_slow_stream(world: World, peer: Peer, mode: str, clock: FakeClock, fault_server: FaultServer) -> None:
    """Events that drip in over hours come whole, though the client was given a total of seconds."""
    reply = peer.stream()
    drip = Drip(reply, interval=0.02, part="body", bytes=len(reply.content()) // 8)
    route = fault_server.route("POST", peer.path, drip)
    words: list[str] = []
    async with world.client(timeout=30, clock=clock) as api:
        asker = peer.asker(world, fault_server.url, api, **MODES[mode])
        async for word in asker.listen():
            words.append(word)
            clock.advance(3600)
    assert (words, by_the_sdk(route.calls)) == (WORDS, ["0"])


class OneByOne(Behaviour):
    """Sends the first event, and the rest when the gate is open."""

    def __init__(self, peer: Peer, rest: Behaviour | None = None) -> None:
        chunks = [b"%x\r\n%b\r\n" % (len(event), event) for event in peer.events]
        self.first = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks[0]
        self.gate = Gate(rest or Raw(*chunks[1:], b"0\r\n\r\n", then="keep"))

    def act(self, connection: Connection, call: SeenCall) -> None:
        connection.send(self.first)
        self.gate.act(connection, call)


@each_peer
@each_mode
async def test_events_come_as_they_are_sent(world: World, peer: Peer, mode: str, fault_server: FaultServer) -> None:
    """The SDK has the first word before the server has sent the second."""
    events = OneByOne(peer)
    route = fault_server.route("POST", peer.path, events)
    async with world.client() as api:
        words = peer.asker(world, fault_server.url, api, **MODES[mode]).listen()
        assert await anext(words) == WORDS[0]
        events.gate.open()
        assert [word async for word in words] == WORDS[1:]
    assert len(route.calls) == 1


@each_peer
@each_mode
@pytest.mark.parametrize("breaks", [Raw(then="close"), Raw(then="reset"), Hang()], ids=["closed", "reset", "silent"])
async def test_a_stream_that_breaks_off(
    world: World, peer: Peer, mode: str, breaks: Behaviour, fault_server: FaultServer
) -> None:
    """After the first word nobody asks again, in no mode, and the problem is behind whatever the SDK raises."""
    events = OneByOne(peer, breaks)
    route = fault_server.route("POST", peer.path, events)
    async with world.client(retry=QUICK) as api:
        patience = 0.5 if isinstance(breaks, Hang) else 30.0
        words = peer.asker(world, fault_server.url, api, timeout=patience, **MODES[mode]).listen()
        assert await anext(words) == WORDS[0]
        events.gate.open()
        with pytest.raises(Exception) as caught:  # noqa: PT011 - the SDKs differ in what they raise
            await anext(words)
    expected = seawall.ReadTimeoutProblem if isinstance(breaks, Hang) else seawall.DisconnectProblem
    problem = seawall.problem_behind(caught.value)
    assert isinstance(problem, expected)
    assert (problem.sent, len(route.calls)) == (Sent.YES, 1)


@each_peer
async def test_leaving_a_stream_frees_its_connection(world: World, peer: Peer, fault_server: FaultServer) -> None:
    """With one connection the next question is answered after a stream was left at its first word."""
    fault_server.route("POST", peer.path, OneByOne(peer), peer.reply())
    async with world.client(max_connections=1) as api:
        asker = peer.asker(world, fault_server.url, api)
        words = asker.listen()
        assert await anext(words) == WORDS[0]
        await words.aclose()
        assert await asker.ask() == TEXT


@each_peer
async def test_the_sdk_is_named_by_itself_and_its_key_by_nobody(world: World, peer: Peer, fault_server: FaultServer) -> None:
    """The SDK's own fields arrive, the client's are added, and no line of a log holds the key."""
    route = fault_server.route("POST", peer.path, peer.reply(), Reply(401), Reset())
    lines: list[str] = []
    app = seawall.AppInfo("console", "1.2.3")
    async with world.client(app=app, listeners=[lambda event: lines.append(repr(event))]) as api:
        asker = peer.asker(world, fault_server.url, api, max_retries=0)
        first, *_ = [await outcome(asker) for _ in range(3)]
    assert first == TEXT
    fields = route.calls[0].headers
    assert fields["user-agent"].lower().startswith(("openai", "asyncopenai", "anthropic", "asyncanthropic"))
    assert fields["x-app-version"] == "1.2.3"
    assert "canary" in str(fields.pairs)
    assert len(lines) > 5
    assert "canary" not in "".join(lines)
