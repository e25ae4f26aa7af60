"""Bodies that the caller reads, and calls that somebody else ends."""

import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import seawall
from seawall import Cancel, Retry, Timeout
from seawall.model import CallFinished, Event, RetryScheduled, StreamFinished
from seawall.testing import Drip, FakeClock, FaultServer, Gate, Hang, Reply, Truncate
from tests.behaviours.kit import outcome
from tests.worlds import World

SLOW = Drip(Reply(body=b"0123456789"), interval=0.08, part="body")


async def _all(world: World, response: seawall.Response) -> bytes:
    return b"".join([piece async for piece in world.pieces(response)])


async def test_a_stream_outlives_the_default_deadline(world: World, fault_server: FaultServer) -> None:
    """R11: the client's total ends at the head of a streamed response, and only silence can end its body."""
    fault_server.route("GET", "/export", SLOW)
    async with world.client(fault_server.url, timeout=0.4) as api, api.stream("GET", "/export") as response:
        assert await _all(world, response) == b"0123456789"


async def test_silence_ends_a_stream(world: World, fault_server: FaultServer) -> None:
    """R11: the read clock of a streamed response goes on."""
    fault_server.route("GET", "/export", Drip(Reply(body=b"0123456789"), interval=30.0, part="body"))
    timeout = Timeout(read=0.2)
    async with world.client(fault_server.url, timeout=timeout) as api, api.stream("GET", "/export") as response:
        problem = await outcome(_all(world, response))
    assert isinstance(problem, seawall.ReadTimeoutProblem)
    assert len(problem.attempts) == 1


@pytest.mark.parametrize("explicit", ["call", "ambient"])
async def test_an_explicit_deadline_covers_the_body(world: World, fault_server: FaultServer, explicit: str) -> None:
    """R11: a deadline that was set for this call, or around it, ends its streamed body too."""
    fault_server.route("GET", "/export", SLOW)
    async with world.client(fault_server.url) as api:
        if explicit == "call":
            async with api.stream("GET", "/export", timeout=0.4) as response:
                problem = await outcome(_all(world, response))
        else:
            with seawall.deadline(0.4):
                async with api.stream("GET", "/export") as response:
                    problem = await outcome(_all(world, response))
    assert isinstance(problem, seawall.DeadlineProblem)
    assert problem.sent is seawall.Sent.YES


async def test_the_head_of_a_stream_has_the_deadline(world: World, fault_server: FaultServer) -> None:
    """R11: until its head is there a streamed call has the client's total."""
    fault_server.route("GET", "/export", Hang())
    async with world.client(fault_server.url, timeout=0.3) as api:
        with pytest.raises(seawall.DeadlineProblem):
            async with api.stream("GET", "/export"):
                pass


@pytest.mark.parametrize(
    ("answer", "read", "ending"),
    [
        pytest.param(Reply(body=b"x" * 100_000), "all", "end", id="read to its end"),
        pytest.param(Reply(body=b"x" * 5_000_000), "one", "closed", id="closed before its end"),
        pytest.param(Reply(body=b"x" * 100_000), "none", "closed", id="not read at all"),
        pytest.param(Truncate(Reply(body=b"x" * 100_000)), "all", "error", id="broken off"),
    ],
)
async def test_a_stream_ends_once(world: World, fault_server: FaultServer, answer: Any, read: str, ending: str) -> None:
    """R11: listeners and slots hear of the end of a streamed body when it ends, fails or is closed, and hear of it once."""
    events: list[Event] = []
    fault_server.route("GET", "/export", answer)
    fault_server.route("GET", "/agents", Reply(json=[]))
    async with world.client(fault_server.url, listeners=[events.append], max_connections=1) as api:
        async with api.stream("GET", "/export") as response:
            assert not any(isinstance(event, StreamFinished | CallFinished) for event in events)
            if read == "all":
                await outcome(_all(world, response))
            elif read == "one":
                pieces = world.pieces(response)
                await anext(aiter(pieces))
        ended = [event for event in events if isinstance(event, StreamFinished | CallFinished)]
        assert [type(event) for event in ended] == [StreamFinished, CallFinished]
        assert ended[0].outcome == ending  # type: ignore[union-attr]
        problem = ended[1].problem  # type: ignore[union-attr]
        assert isinstance(problem, seawall.DisconnectProblem) if ending == "error" else problem is None
        assert (await api.get("/agents")).json() == []


async def test_completion_callbacks_come_once_and_late(world: World, fault_server: FaultServer) -> None:
    """R11: a callback hears of the end that was, also when it is registered after it."""
    heard: list[seawall.Completion] = []
    fault_server.route("GET", "/export", Reply(body=b"x" * 1000))
    async with world.client(fault_server.url) as api:
        async with api.stream("GET", "/export") as response:
            response.on_completion(heard.append)
            await world.read(response)
            await world.read(response)
        response.on_completion(heard.append)
    assert [(completion.outcome, completion.size) for completion in heard] == [("end", 1000)] * 2


async def test_a_closed_stream_cannot_be_read_on(world: World, fault_server: FaultServer) -> None:
    """R11: reading after the block is a mistake that is named, not a short body."""
    fault_server.route("GET", "/export", Reply(body=b"x" * 5_000_000))
    async with world.client(fault_server.url) as api:
        async with api.stream("GET", "/export") as response:
            pass
        with pytest.raises(seawall.UsageError, match="closed before its end"):
            await world.read(response)


async def test_lines_are_cut_as_they_come(world: World, fault_server: FaultServer) -> None:
    """R11: lines are whole whatever pieces the body comes in."""
    fault_server.route("GET", "/log", Reply(body="één\r\ntwo\rthree\n\nlast".encode(), chunked=True))
    async with world.client(fault_server.url) as api, api.stream("GET", "/log") as response:
        assert [line async for line in world.lines(response)] == ["één", "two", "three", "", "last"]


@pytest.fixture
def silent() -> Iterator[Any]:
    """A socket that accepts and then neither reads nor writes; its event tells that somebody came."""
    came = threading.Event()
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            try:
                accepted.append(listener.accept()[0])
                came.set()
            except OSError:
                pass  # the test is over

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1], came
        if not came.is_set():
            socket.create_connection(listener.getsockname()).close()
        thread.join()
        for one in accepted:
            one.close()


async def _cancelled(world: World, api: Any, cancel: Cancel, reached: threading.Event, elsewhere: bool, call: Any) -> Any:
    """Begin a call, wait until it has come so far, end it from here or from another thread, and return how it ended."""
    end = await world.start(call)
    await world.until(reached.wait)
    if elsewhere:
        await world.until(cancel.cancel)
    else:
        cancel.cancel()
    return await end()


@pytest.mark.parametrize("elsewhere", [True, False])
@pytest.mark.parametrize("phase", ["head", "body", "pool"])
async def test_cancel_ends_a_call_that_waits(world: World, fault_server: FaultServer, phase: str, elsewhere: bool) -> None:
    """R11: `cancel()` ends a call that waits for a head, a body or a connection, and leaves the client usable."""
    gate, cancel = Gate(Drip(Reply(body=b"late"), interval=30.0, part="body") if phase == "body" else Hang()), Cancel()
    fault_server.route("GET", "/slow", gate)
    fault_server.route("GET", "/agents", Reply(json=[]))
    async with world.client(fault_server.url, max_connections=2 if phase != "pool" else 1) as api:
        blocker, other = None, Cancel()
        if phase == "pool":
            blocker = await world.start(lambda: api.get("/slow", cancel=other))
            await world.until(gate.reached.wait)
        if phase == "body":
            gate.open()
        problem = await _cancelled(world, api, cancel, gate.reached, elsewhere, lambda: api.get("/slow", cancel=cancel))
        other.cancel()
        if blocker is not None:
            assert isinstance(await blocker(), seawall.CancelledProblem)
        assert isinstance(problem, seawall.CancelledProblem)
        assert problem.stopped is seawall.StopReason.CANCELLED or phase == "pool"
        assert (await api.get("/agents")).json() == []
    fault_server.wait_until_closed()


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_cancel_ends_a_handshake(world: World, silent: Any, elsewhere: bool) -> None:
    """R11: `cancel()` ends a call whose TLS handshake hangs; nothing of the request was sent."""
    port, came = silent
    cancel = Cancel()
    async with world.client(f"https://127.0.0.1:{port}", verify=ssl.create_default_context()) as api:
        problem = await _cancelled(world, api, cancel, came, elsewhere, lambda: api.post("/agents", cancel=cancel))
    assert isinstance(problem, seawall.CancelledProblem)
    assert problem.sent is seawall.Sent.NO


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_cancel_ends_an_upload(world: World, silent: Any, elsewhere: bool) -> None:
    """R11: `cancel()` ends a call that sends a body which nobody reads; it may have been sent."""
    port, _ = silent
    cancel, stuck = Cancel(), threading.Event()

    def report(progress: seawall.Progress) -> None:
        if progress.done > 1_000_000:
            stuck.set()

    async with world.client(f"http://127.0.0.1:{port}") as api:
        content = b"x" * 20_000_000
        problem = await _cancelled(
            world, api, cancel, stuck, elsewhere, lambda: api.put("/f", content=content, cancel=cancel, on_upload=report)
        )
    assert isinstance(problem, seawall.CancelledProblem)
    assert problem.sent is seawall.Sent.MAYBE
    assert problem.may_have_applied


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_cancel_ends_a_pause(world: World, fault_server: FaultServer, elsewhere: bool) -> None:
    """R11: `cancel()` ends the wait before a retry, and the retry does not come."""
    cancel, pausing = Cancel(), threading.Event()
    fault_server.route("GET", "/agents", Reply(503, headers={"Retry-After": "20"}), Reply(json=[]))

    def listen(event: Event) -> None:
        if isinstance(event, RetryScheduled):
            pausing.set()

    async with world.client(fault_server.url, listeners=[listen]) as api:
        problem = await _cancelled(world, api, cancel, pausing, elsewhere, lambda: api.get("/agents", cancel=cancel))
    assert isinstance(problem, seawall.CancelledProblem)
    assert problem.stopped is seawall.StopReason.CANCELLED
    assert len(fault_server.calls) == 1


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_cancel_ends_a_streamed_body(world: World, fault_server: FaultServer, elsewhere: bool) -> None:
    """R11: `cancel()` ends a body that the caller is reading."""
    cancel, reading = Cancel(), threading.Event()
    fault_server.route("GET", "/export", Drip(Reply(body=b"xy"), interval=30.0, part="body"))

    async with world.client(fault_server.url) as api:

        async def read() -> None:
            async with api.stream("GET", "/export", cancel=cancel) as response:
                reading.set()
                await world.read(response)

        problem = await _cancelled(world, api, cancel, reading, elsewhere, read)
    assert isinstance(problem, seawall.CancelledProblem)
    fault_server.wait_until_closed()


async def test_cancel_between_two_reads(world: World, fault_server: FaultServer) -> None:
    """R11: a switch that is used while nobody reads ends the body at the next read, by its own name."""
    cancel = Cancel()
    fault_server.route("GET", "/export", Reply(body=b"x" * 5_000_000))
    async with world.client(fault_server.url) as api, api.stream("GET", "/export", cancel=cancel) as response:
        pieces = aiter(world.pieces(response))
        await anext(pieces)
        cancel.cancel()
        problem = await outcome(_rest(pieces))
    assert isinstance(problem, seawall.CancelledProblem)
    fault_server.wait_until_closed()


async def _rest(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_a_used_switch_sends_nothing(world: World, fault_server: FaultServer) -> None:
    """R11: a call with a switch that was used before is not sent."""
    cancel = Cancel()
    cancel.cancel()
    async with world.client(fault_server.url, retry=Retry(attempts=5)) as api:
        problem = await outcome(api.get("/agents", cancel=cancel))
    assert isinstance(problem, seawall.CancelledProblem)
    assert problem.sent is seawall.Sent.NO
    assert fault_server.calls == []


async def test_one_switch_ends_many_calls(world: World, fault_server: FaultServer) -> None:
    """R11: all calls that hold one switch end, and others go on."""
    gate, cancel = Gate(), Cancel()
    route = fault_server.route("GET", "/agents", gate)
    async with world.client(fault_server.url) as api:
        held = await world.start(lambda: world.gather(*[lambda: api.get("/agents", cancel=cancel) for _ in range(10)]))
        free = await world.start(lambda: api.get("/agents"))
        await world.until(lambda: route.wait_for_calls(11))
        cancel.cancel()
        assert all(isinstance(problem, seawall.CancelledProblem) for problem in await held())
        gate.open()
        assert (await free()).status == 200


async def test_reading_a_stream_into_memory_is_bounded(world: World) -> None:
    """Bounded: `read()` of a streamed body stops at the bound for bodies in memory; iterating goes on."""
    mock = seawall.MockTransport(lambda request: seawall.Response(200, stream=Endless()))
    async with world.client("http://api.example", transport=mock, bounds=seawall.Bounds(body=1000)) as api:
        with pytest.raises(seawall.TooLargeProblem, match="not understood"):
            async with api.stream("GET", "/") as response:
                await world.read(response)
        async with api.stream("GET", "/") as response:
            taken = 0
            async for piece in world.pieces(response):
                taken += len(piece)
                if taken > 5000:
                    break
        assert taken > 5000


class Endless:
    """A body without end."""

    async def read(self) -> bytes:
        return b"x" * 100

    async def aclose(self) -> None:
        return None


async def test_a_long_ambient_deadline_outlasts_the_default(world: World, clock: FakeClock) -> None:
    """R11: an ambient deadline longer than the client's default is the one that covers a streamed body."""
    mock = seawall.MockTransport(lambda request: seawall.Response(200, stream=Endless()))
    async with world.client("http://api.example", transport=mock, clock=clock, timeout=5.0) as api:
        with seawall.deadline(60.0):
            async with api.stream("GET", "/") as response:
                left = response.request.call.remaining()
        async with api.stream("GET", "/") as response:
            assert response.request.call.remaining() is None
    assert left is not None
    assert 5.0 < left <= 60.0
