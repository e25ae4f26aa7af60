"""Running coroutines without an event loop, and naming the await that needs one."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from seawall.chain import drive
from seawall.model import UsageError


async def on_a_future() -> None:
    await Suspends()


async def on_sleep_zero() -> None:
    await asyncio.sleep(0)


async def on_a_connection() -> None:
    await asyncio.open_connection("127.0.0.1", 1)


async def on_a_task() -> None:
    asyncio.get_running_loop()


async def on_an_event() -> None:
    await asyncio.Event().wait()


async def on_a_lock() -> None:
    async with asyncio.Lock(), asyncio.Lock() as _:
        await asyncio.Condition().acquire()
        await asyncio.Queue[int]().get()


class Suspends:
    def __await__(self) -> Any:
        return iter((self,))  # an iterator without a frame, as a future's own


class InAClass:
    async def method(self) -> None:
        await Suspends()


@pytest.mark.parametrize(
    "culprit", [on_a_future, on_sleep_zero, on_a_connection, on_a_task, on_an_event, on_a_lock, InAClass().method]
)
def test_the_await_that_needs_a_loop_is_named(culprit: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Real I/O in the blocking world is misuse; the message names the user's deepest frame with its file and line."""

    async def outer() -> None:
        await culprit()

    with pytest.raises(UsageError, match="AsyncClient") as caught:
        drive(outer())
    assert f"{culprit.__qualname__} ({__file__}:" in str(caught.value)
    assert caught.value.__context__ is None


def test_what_needs_no_loop_runs_to_its_end() -> None:
    """A coroutine that never suspends gives its result, and its own errors pass as they are."""

    async def inner(end: Any) -> Any:
        if isinstance(end, BaseException):
            raise end
        return end

    async def outer(end: Any) -> Any:
        return await inner(end)

    assert drive(outer(7)) == 7
    for error in (KeyError("x"), RuntimeError("other"), AttributeError("x"), KeyboardInterrupt(), StopAsyncIteration()):
        with pytest.raises(type(error)) as caught:
            drive(outer(error))
        assert caught.value is error


def test_an_attribute_error_of_others_passes() -> None:
    """Only asyncio's own look for a loop is translated, no other missing attribute."""

    async def wrong() -> None:
        None.create_task()  # type: ignore[attr-defined]

    with pytest.raises(AttributeError):
        drive(wrong())


@pytest.mark.parametrize("failing", [False, True])
def test_an_abandoned_coroutine_is_cleaned_up(failing: bool) -> None:
    """What was begun is ended: `finally` runs, and neither its failure nor another await hides the message."""
    seen: list[str] = []

    async def culprit() -> None:
        try:
            await Suspends()
        finally:
            seen.append("cleaned up")
            if failing:
                raise KeyError
            await Suspends()

    with pytest.raises(UsageError, match="culprit"):
        drive(culprit())
    assert seen == ["cleaned up"]
