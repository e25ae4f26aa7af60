"""T2: twenty calls at a time are cancelled in each phase, twice each and in two rounds; all is as before."""

import asyncio
from typing import Any

import pytest

from seawall import Cancel, CancelledProblem, Response, Sent, StreamBody
from seawall.testing import Endless, FaultServer, Gate, Hang, Reply
from tests.transport_contract.gear import PATIENCE, open_sockets, wait_for
from tests.transport_contract.line import Bench, Line
from tests.transport_contract.phases import CALLS, PHASES, Phase, whole_pool
from tests.transport_contract.test_pool import CountingRuntime
from tests.worlds import WORLDS

asyncio_only = pytest.mark.parametrize("world", WORLDS[1:], ids=["asyncio"])


async def cancel_round(bench: Bench, line: Line, phase: Phase) -> None:
    """Start calls, cancel each from another thread and from here, and see how they end."""
    cancels = [Cancel() for _ in range(CALLS)]

    def caller(cancel: Cancel) -> Any:
        return lambda: phase.call(line, line.clocks(None, cancel=cancel))

    ends = [await bench.world.start(caller(cancel)) for cancel in cancels]
    await bench.world.until(phase.reached)
    await bench.world.until(lambda: [cancel.cancel() for cancel in cancels])
    for cancel in cancels:
        cancel.cancel()
    problems = [await end() for end in ends]
    phase.left()
    assert {(type(problem), problem.sent) for problem in problems} == {(CancelledProblem, phase.sent)}


async def cancel_tasks(line: Line, phase: Phase) -> None:
    """Start tasks, cancel each twice, the second time while it cleans up, and see how they end."""
    tasks = [asyncio.create_task(phase.call(line, line.clocks(None))) for _ in range(CALLS)]
    await asyncio.to_thread(phase.reached)
    for _ in range(2):
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    phase.left()
    assert {type(outcome) for outcome in outcomes} == {asyncio.CancelledError}


async def pool_is_whole(bench: Bench, line: Line, call: Any) -> None:
    """Use every slot at once."""
    assert await bench.world.gather(*[lambda: call(line)] * CALLS) == [b"all here"] * CALLS


@pytest.mark.row("cancel")
@pytest.mark.parametrize("name", PHASES)
async def test_a_cancelled_call_frees_slot_and_socket(bench: Bench, server: FaultServer, name: str) -> None:
    """T2: calls ended by `Cancel` in any phase say what was sent, close their sockets and leave every slot free."""
    everyone = whole_pool(server)
    with PHASES[name](server) as phase:
        async with bench.line(server, max_connections=CALLS) as line:
            before = open_sockets()
            for _ in range(2):
                await cancel_round(bench, line, phase)
                await bench.world.until(lambda: wait_for(lambda: open_sockets() == before))
            await bench.world.until(server.wait_until_closed)
            await pool_is_whole(bench, line, everyone)


@pytest.mark.row("cancel")
@asyncio_only
@pytest.mark.parametrize("name", PHASES)
async def test_a_cancelled_task_frees_slot_and_socket(bench: Bench, server: FaultServer, name: str) -> None:
    """T2: the same holds for tasks that asyncio cancels, and cancels again while they clean up."""
    everyone = whole_pool(server)
    with PHASES[name](server) as phase:
        async with bench.line(server, max_connections=CALLS) as line:
            before = open_sockets()
            for _ in range(2):
                await cancel_tasks(line, phase)
                await bench.world.until(lambda: wait_for(lambda: open_sockets() == before))
            await bench.world.until(server.wait_until_closed)
            await pool_is_whole(bench, line, everyone)


@pytest.mark.row("cancel")
@pytest.mark.parametrize("by", ["Cancel", "task.cancel"])
async def test_who_waits_for_a_slot_can_be_cancelled(bench: Bench, server: FaultServer, by: str) -> None:
    """T2: calls cancelled in the queue have sent nothing, and the slot goes to who comes after them."""
    gate = Gate(Reply(text="held"))
    server.route("GET", "/held", gate)
    stuck = server.route("GET", "/stuck", Reply())
    server.route("GET", "/", Reply(text="free"))
    async with bench.line(server, max_connections=1) as line:
        line.runtime = runtime = CountingRuntime(line.runtime)  # type: ignore[assignment]
        holder = await bench.world.start(lambda: line.ask(path="/held"))
        await bench.world.until(lambda: gate.reached.wait(PATIENCE))
        for count in (CALLS, 2 * CALLS):
            reached = lambda count=count: wait_for(lambda: runtime.waits >= count)  # noqa: E731
            phase = Phase(lambda line, clocks: line.ask(path="/stuck", clocks=clocks), reached, Sent.NO)
            if by == "Cancel" or bench.world.is_blocking:
                await cancel_round(bench, line, phase)
            else:
                await cancel_tasks(line, phase)
        gate.open()
        assert (await holder()).content == b"held"
        assert (await line.ask()).content == b"free"
    assert (stuck.calls, server.connections) == ([], 1)


@pytest.mark.row("cancel")
async def test_a_call_cancelled_before_it_began(bench: Bench, server: FaultServer) -> None:
    """A switch that was used already lets nothing be sent, on a new connection or a kept one."""
    route = server.route("POST", "/", Reply())
    server.route("GET", "/", Reply())
    used = Cancel()
    used.cancel()
    async with bench.line(server, max_connections=1) as line:
        problems = [await line.fail("POST", clocks=line.clocks(cancel=used))]
        await line.ask()
        problems.append(await line.fail("POST", clocks=line.clocks(cancel=used)))
        await line.ask()
    assert [(type(problem), problem.sent) for problem in problems] == [(CancelledProblem, Sent.NO)] * 2
    assert route.calls == []


async def drain(response: Response) -> None:
    """Read a body to its end, and keep nothing."""
    while await response.next_piece():
        pass


@pytest.mark.row("cancel")
async def test_one_switch_ends_a_flowing_stream(bench: Bench, server: FaultServer) -> None:
    """A body that never pauses is cancelled as well as one that does."""
    server.route("GET", "/", Endless(), Reply(text="next"))
    cancel = Cancel()
    async with bench.line(server, max_connections=1) as line:
        response = await line.head(clocks=line.clocks(cancel=cancel))
        await response.next_piece()
        cancel.cancel()
        with pytest.raises(CancelledProblem):
            await drain(response)
        await bench.world.until(server.wait_until_closed)
        assert (await line.ask()).content == b"next"


@pytest.mark.row("cancel")
async def test_a_finished_call_cannot_be_cancelled(bench: Bench, server: FaultServer) -> None:
    """Using the switch of a call that has ended does not touch the next call on its connection."""
    gate = Gate(Reply(text="undisturbed"))
    server.route("GET", "/", Reply())
    server.route("GET", "/next", gate)
    cancel = Cancel()
    async with bench.line(server) as line:
        await line.ask(clocks=line.clocks(cancel=cancel))
        end = await bench.world.start(lambda: line.ask(path="/next"))
        await bench.world.until(lambda: gate.reached.wait(PATIENCE))
        cancel.cancel()
        gate.open()
        assert (await end()).content == b"undisturbed"
    assert server.connections == 1


@pytest.mark.row("cancel")
@asyncio_only
async def test_a_task_cancelled_in_its_own_body(bench: Bench, server: FaultServer) -> None:
    """Cancelling a task while its async iterator gives the next piece of the upload frees slot and socket."""
    reached = asyncio.Event()

    async def pieces() -> Any:
        yield b"x"
        reached.set()
        await asyncio.Event().wait()

    server.route("POST", "/", Hang())
    server.route("GET", "/", Reply(text="next"))
    async with bench.line(server, max_connections=1) as line:
        task = asyncio.create_task(line.ask("POST", body=StreamBody(pieces())))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await bench.world.until(server.wait_until_closed)
        assert (await line.ask()).content == b"next"
