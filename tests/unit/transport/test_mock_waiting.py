"""Time in a MockTransport: answers that come late or never, on the clock of the call."""

from typing import Any

import pytest

import seawall
from seawall import MockTransport, Sent, Timeout
from seawall.testing import Delay, FakeClock, Hang, Reply
from tests.worlds import World

URL = "https://api.acme.example"


async def outcome(world: World, answer: Any, clock: FakeClock, **options: Any) -> Any:
    """What a call of one answer gives: its status, or the problem that it raises."""
    transport = MockTransport()
    transport.route("GET", "/x", answer)
    async with world.client(URL, transport=transport, retry=False, clock=clock) as api:
        try:
            return (await api.get("/x", **options)).status
        except seawall.ApiProblem as problem:
            return problem


@pytest.mark.parametrize("answer", [Delay(5, 204), Reply(204, delay=5), Delay(2, Delay(3, 204)), Delay(5, lambda request: 204)])
async def test_a_delay_passes_on_the_clock_of_the_call(world: World, clock: FakeClock, answer: Any) -> None:
    """A fake clock jumps over a delay, and stands where real time would have led it."""
    before = clock.monotonic()
    assert await outcome(world, answer, clock) == 204
    assert clock.monotonic() - before == 5


@pytest.mark.parametrize(
    ("answer", "timeout", "kind", "after"),
    [
        (Delay(11), Timeout(), seawall.ReadTimeoutProblem, 10),
        (Delay(10), Timeout(), seawall.ReadTimeoutProblem, 10),
        (Reply(delay=11), Timeout(), seawall.ReadTimeoutProblem, 10),
        (Delay(9, Delay(9)), Timeout(total=None), None, 18),
        (Delay(9, Delay(9)), Timeout(total=15), seawall.DeadlineProblem, 15),
        (Delay(6), Timeout(5), seawall.DeadlineProblem, 5),
        (Delay(6), Timeout(10, attempt=2), seawall.AttemptTimeoutProblem, 2),
        (Delay(600), Timeout(None, read=None), None, 600),
        (Hang(), Timeout(), seawall.ReadTimeoutProblem, 10),
        (Hang(), Timeout(7), seawall.DeadlineProblem, 7),
    ],
    ids=str,
)
async def test_a_clock_that_runs_out_ends_the_wait(
    world: World, clock: FakeClock, answer: Any, timeout: Timeout, kind: type[seawall.ApiProblem] | None, after: float
) -> None:
    """A call ends by the clock that runs out first, when it does, and may have been sent."""
    before = clock.monotonic()
    ended = await outcome(world, answer, clock, timeout=timeout)
    assert clock.monotonic() - before == after
    if kind is None:
        assert ended == 200
    else:
        assert type(ended) is kind
        assert (ended.sent, ended.method, ended.url) == (Sent.MAYBE, "GET", f"{URL}/x")


async def test_a_function_may_take_too_long(world: World, clock: FakeClock) -> None:
    """An answer that comes after the deadline is no answer."""

    def late(request: seawall.Request) -> int:
        clock.advance(31)
        return 200

    ended = await outcome(world, late, clock)
    assert type(ended) is seawall.DeadlineProblem
    assert ended.sent is Sent.MAYBE


class Arriving(Hang):
    """Tells when a call is about to wait."""

    def __init__(self, arrived: Any) -> None:
        object.__setattr__(self, "arrived", arrived)

    async def answer(self, call: Any) -> Any:
        self.arrived()
        await super().answer(call)


@pytest.mark.parametrize("timeout", [Timeout(None, read=None), Timeout()], ids=["no clock", "clocks"])
async def test_cancelling_ends_the_wait(world: World, timeout: Timeout) -> None:
    """Cancelling from outside ends a wait in real time, whatever clocks there are."""
    cancel = seawall.Cancel()
    transport = MockTransport()
    transport.route("GET", "/x", Arriving(cancel.cancel))
    async with world.client(URL, transport=transport, retry=False) as api:
        with pytest.raises(seawall.CancelledProblem) as caught:
            await api.get("/x", cancel=cancel, timeout=timeout)
    assert caught.value.sent is Sent.MAYBE


async def test_a_retry_meets_the_next_step(world: World, clock: FakeClock) -> None:
    """A hanging first attempt and a good second one make a call that succeeds after the attempt's clock."""
    transport = MockTransport()
    route = transport.route("GET", "/x", Hang(), Reply(json=[1]))
    async with world.client(URL, transport=transport, retry=seawall.Retry(backoff=0), clock=clock) as api:
        assert (await api.get("/x", timeout=Timeout(attempt=2))).json() == [1]
    route.called_times(2)
