"""Work that may hang: a task that is late is cancelled, and a thread is not."""

import asyncio

import pytest

from seawall.chain.runtimes import AsyncioRuntime
from seawall.testing import FakeClock
from tests.worlds import BlockingWorld, World


async def _done() -> str:
    return "done"


@pytest.mark.parametrize("real", [True, False])
async def test_work_in_time_gives_what_it_gives(world: World, clock: FakeClock, real: bool) -> None:
    """What ends in time gives its result or its error, and its limit is over with it."""
    runtime = world.runtime(None if real else clock)

    async def failing() -> None:
        raise ValueError("of its own")

    assert await runtime.within(runtime.monotonic() + 60, _done()) == "done"
    with pytest.raises(ValueError, match="of its own"):
        await runtime.within(runtime.monotonic() + 60, failing())
    assert await runtime.sleep(0)


def test_a_thread_is_given_its_time(clock: FakeClock) -> None:
    """A thread's work is not broken off, however late it is."""
    runtime = BlockingWorld().runtime(clock)

    async def late() -> str:
        await runtime.sleep(3600)
        return "late"

    assert BlockingWorld().run(runtime.within(runtime.monotonic() + 1, late())) == "late"


@pytest.mark.parametrize("real", [True, False])
def test_a_task_is_cancelled_when_its_time_is_over(clock: FakeClock, real: bool) -> None:
    """A task's work that hangs is cancelled at its limit, cleans up, and is told as a timeout; the task itself goes on."""
    runtime = AsyncioRuntime() if real else AsyncioRuntime(clock)
    seen = []

    async def hanging() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("cleaned up")

    async def main() -> str:
        beside = asyncio.create_task(runtime.sleep(0 if real else 2))
        with pytest.raises(TimeoutError):
            await runtime.within(runtime.monotonic() + (0 if real else 1), hanging())
        assert await beside
        return await runtime.within(runtime.monotonic() + 60, _done())

    assert asyncio.run(main()) == "done"
    assert seen == ["cleaned up"]


def test_a_result_that_was_saved_from_the_end_counts(clock: FakeClock) -> None:
    """Work that catches its cancellation, and returns something all the same, is believed."""
    runtime = AsyncioRuntime(clock)

    async def stubborn() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            clock.advance(1)
        return "saved"

    async def main() -> str:
        beside = asyncio.create_task(runtime.sleep(2))
        result = await runtime.within(runtime.monotonic() + 1, stubborn())
        await beside
        return result

    assert asyncio.run(main()) == "saved"


def test_a_limit_that_rings_too_late_is_harmless(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """A limit that rings when the work has just ended cancels nothing, and leaves no word in the log."""
    runtime = AsyncioRuntime(clock)

    async def main() -> None:
        async def just_in_time() -> None:
            clock.advance(1)

        await runtime.within(runtime.monotonic() + 1, just_in_time())
        await asyncio.sleep(0)

    asyncio.run(main())
    assert caplog.text == ""
