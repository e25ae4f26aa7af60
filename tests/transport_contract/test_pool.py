"""Slots and connections shared by many."""

import threading
from typing import Any

import pytest

from seawall import DisconnectProblem, PoolTimeoutProblem, Retry, Sent, UnavailableProblem
from seawall.model import Waiter
from seawall.testing import Behaviour, FaultServer, Gate, LostAnswer, Raw, Reply, SeenCall, Truncate
from tests.transport_contract.gear import PATIENCE, wait_for
from tests.transport_contract.line import SOON, Bench

PROBLEMS = {
    "a body that fits": Reply(503, text="x" * 100),
    "a body that is large": Reply(503, text="x" * 1_000_000, chunked=True),
    "no length": Reply(503, text="x" * 100, framed=False),
    "a lost answer": LostAnswer(),
    "a cut body": Truncate(Reply(503, text="x" * 100)),
    "garbage": Raw(b"garbage\r\n\r\n"),
}


@pytest.mark.row("pool")
@pytest.mark.parametrize("name", PROBLEMS)
async def test_a_pool_of_one_outlives_its_retries(bench: Bench, server: FaultServer, name: str) -> None:
    """R8: a pool of one connection and 20 retries never run dry, whatever the retried answers look like."""
    server.route("GET", "/", PROBLEMS[name])
    route = server.route("GET", "/good", Reply(text="good"))
    retry = Retry(attempts=11, backoff=0, budget=None)
    async with bench.client(server, {"max_connections": 1}, retry=retry) as api:
        for _ in range(2):
            with pytest.raises((UnavailableProblem, ConnectionError, Exception)) as caught:
                await api.get("/")
            assert not isinstance(caught.value, PoolTimeoutProblem)
            assert len(caught.value.attempts) == 11
        assert (await api.get("/good")).text == "good"
    assert len(route.calls) == 1


@pytest.mark.row("pool")
async def test_a_pool_of_one_outlives_a_thousand_retries(bench: Bench, fault_server: FaultServer) -> None:
    """R8: a thousand retries over one slot leave it free, and over one connection if the answers allow it."""
    fault_server.route("GET", "/", Reply(503, text="x" * 100))
    retry = Retry(attempts=100, backoff=0, budget=None)
    async with bench.client(fault_server, {"max_connections": 1}, retry=retry) as api:
        for _ in range(10):
            with pytest.raises(UnavailableProblem):
                await api.get("/")
    assert (len(fault_server.calls), fault_server.connections) == (1000, 1)


@pytest.mark.row("pool")
async def test_no_more_connections_than_slots(bench: Bench, server: FaultServer) -> None:
    """Forty callers over four slots get their own answers over at most four connections."""
    server.route("*", "*", lambda call: Reply(text=call.path))
    async with bench.line(server, max_connections=4) as line:

        def caller(number: int) -> Any:
            async def call() -> list[bytes]:
                return [(await line.ask(path=f"/{number}/{turn}")).content for turn in range(5)]

            return call

        answers = await bench.world.gather(*[caller(number) for number in range(40)])
    assert answers == [[f"/{number}/{turn}".encode() for turn in range(5)] for number in range(40)]
    assert server.connections <= 4


class CountingRuntime:
    """A runtime that counts who waits: order without sleeping.

    Attributes:
        waits: How many places to wait were asked for.
    """

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime
        self.waits = 0

    def waiter(self) -> Waiter:
        self.waits += 1
        waiter: Waiter = self._runtime.waiter()
        return waiter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runtime, name)


@pytest.mark.row("pool")
async def test_slots_are_handed_out_in_turn(bench: Bench, server: FaultServer) -> None:
    """Who waits longest for a slot gets it first."""
    gate = Gate(Reply(text="first"))
    server.route("GET", "/first", gate)
    server.route("GET", "*", lambda call: Reply(text=call.path))
    async with bench.line(server, max_connections=1) as line:
        line.runtime = runtime = CountingRuntime(line.runtime)  # type: ignore[assignment]
        ends = [await bench.world.start(lambda: line.ask(path="/first"))]
        await bench.world.until(lambda: gate.reached.wait(PATIENCE))
        for number in range(8):
            before = runtime.waits
            ends.append(await bench.world.start(lambda path=f"/{number}": line.ask(path=path)))  # type: ignore[misc]
            await bench.world.until(lambda before=before: wait_for(lambda: runtime.waits > before))  # type: ignore[misc]
        gate.open()
        for end in ends:
            assert (await end()).status == 200
    assert [call.path for call in server.calls] == ["/first", *[f"/{number}" for number in range(8)]]
    assert server.connections == 1


@pytest.mark.row("pool")
async def test_no_slot_in_time(bench: Bench, server: FaultServer) -> None:
    """Who gets no slot by the deadline has sent nothing, and does not disturb the slot's holder."""
    gate = Gate(Reply(text="late"))
    server.route("GET", "/", gate)
    other = server.route("POST", "/other", Reply(text="other"))
    async with bench.line(server, max_connections=1) as line:
        end = await bench.world.start(line.ask)
        await bench.world.until(lambda: gate.reached.wait(PATIENCE))
        problem = await line.fail("POST", "/other", clocks=line.clocks(SOON))
        assert (type(problem), problem.sent, other.calls) == (PoolTimeoutProblem, Sent.NO, [])
        gate.open()
        assert (await end()).content == b"late"
        assert (await line.ask("POST", "/other")).content == b"other"


@pytest.mark.row("pool")
async def test_a_full_pool_serves_another_origin(bench: Bench, server: FaultServer) -> None:
    """An idle connection to one origin gives way to one to another when the pool is full."""
    server.route("GET", "/", Reply(text="here"))
    with FaultServer(tls=bench.identity) as other:
        other.route("GET", "/", Reply(text="there"))
        async with bench.line(server, max_connections=1) as line:
            answers = [(await line.ask(path=f"{url}/")).content for url in (server.url, other.url, server.url)]
            assert server.open_connections + other.open_connections <= 2
    assert answers == [b"here", b"there", b"here"]


@pytest.mark.row("pool")
async def test_closing_wakes_those_who_wait(bench: Bench, server: FaultServer) -> None:
    """Closing a transport ends its calls with a disconnect and closes every socket; it can be used again."""
    reached = threading.Semaphore(0)

    def hang(call: SeenCall) -> Behaviour:
        reached.release()
        return Gate()

    server.route("GET", "/hang", hang)
    server.route("GET", "/", Reply(text="again"))
    async with bench.line(server) as line:
        ends = [await bench.world.start(lambda: line.ask(path="/hang")) for _ in range(3)]
        seen: list[bool] = []
        for _ in ends:
            await bench.world.until(lambda: seen.append(reached.acquire(timeout=PATIENCE)))
        assert seen == [True] * 3
        await line.transport.aclose()
        problems = [await end() for end in ends]
        await bench.world.until(server.wait_until_closed)
        assert (await line.ask()).content == b"again"
    assert [(type(problem), problem.sent) for problem in problems] == [(DisconnectProblem, Sent.MAYBE)] * 3
