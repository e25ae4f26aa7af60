"""The switch that turns all retries off."""

import threading
from typing import Any

import pytest

import seawall
from seawall import Sent, StopReason
from seawall.testing import retry_off
from tests.behaviours.kit import Script, fail, outcome
from tests.worlds import World

URL = "https://api.acme.example"


async def sends(world: World, *answers: Any) -> tuple[int, StopReason | None]:
    """How often a call that always fails is sent, and why no more often."""
    script = Script(*(answers or (503,)))
    async with world.client(URL, transport=script, retry=seawall.Retry(attempts=3, backoff=0)) as api:
        problem = await outcome(api.get("/"))
    return len(script.calls), problem.stopped


async def test_a_failure_is_raised_at_once(world: World) -> None:
    """In a block each call is sent once and says that retries are off; behind it everything is as before."""
    with retry_off():
        assert await sends(world) == (1, StopReason.RETRY_OFF)
        assert await sends(world, fail(seawall.ConnectProblem, Sent.NO)) == (1, StopReason.RETRY_OFF)
    assert await sends(world) == (3, StopReason.ATTEMPTS_USED)


async def test_other_reasons_stay(world: World) -> None:
    """A failure that would not have been retried anyway says so, as it does without the switch."""
    with retry_off():
        assert await sends(world, 404) == (1, StopReason.NOT_RETRYABLE)
        assert await sends(world, fail(seawall.DeadlineProblem)) == (1, StopReason.DEADLINE)


async def test_blocks_can_be_nested_and_overlap(world: World) -> None:
    """Retries stay off until the last block ends, in whatever order the blocks end, also those of one and the same switch."""
    one, other = retry_off(), retry_off()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert await sends(world) == (1, StopReason.RETRY_OFF)
    with other:
        pass
    assert await sends(world) == (1, StopReason.RETRY_OFF)
    other.__exit__(None, None, None)
    assert await sends(world) == (3, StopReason.ATTEMPTS_USED)


async def test_an_exception_turns_retries_on_again(world: World) -> None:
    """A block that ends by an exception leaves nothing behind."""
    with pytest.raises(ZeroDivisionError), retry_off():
        raise ZeroDivisionError
    assert await sends(world) == (3, StopReason.ATTEMPTS_USED)


async def test_threads_that_run_already_are_reached(world: World) -> None:
    """The switch holds for a thread that was started before the block began."""
    begun, ended = threading.Event(), threading.Event()
    seen: list[Any] = []

    def work() -> None:
        begun.wait(10)
        seen.append(world.run(sends(world)))
        ended.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    with retry_off():
        begun.set()
        await world.until(lambda: ended.wait(10))
    assert seen == [(1, StopReason.RETRY_OFF)]


async def test_it_decorates_functions_of_both_kinds(world: World) -> None:
    """A decorated function runs without retries from its first line to its last, also one that is awaited, and each time anew."""

    @retry_off()
    async def visit(twice: bool) -> Any:
        first = await sends(world)
        return await visit(False) if twice else first

    @retry_off()
    def look() -> None:
        script = Script(503)
        with pytest.raises(seawall.UnavailableProblem):
            seawall.Client(URL, transport=script, retry=seawall.Retry(backoff=0)).get("/")
        assert len(script.calls) == 1

    for _ in range(2):
        assert await visit(True) == (1, StopReason.RETRY_OFF)
        await world.until(look)
        assert await sends(world) == (3, StopReason.ATTEMPTS_USED)
    assert visit.__name__ == "visit"


async def test_a_call_that_succeeds_never_asks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch is looked at after a failure only, so that the way of every other call stays as it was."""
    asked: list[None] = []
    monkeypatch.setattr("seawall.policies.retry._interceptor.retries_are_off", lambda: bool(asked.append(None)))
    async with world.client(URL, transport=Script(200, 503, 200), retry=seawall.Retry(backoff=0)) as api:
        await api.get("/")
        assert asked == []
        await api.get("/")
    assert asked == [None]
