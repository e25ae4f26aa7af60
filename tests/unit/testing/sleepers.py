"""Threads and tasks that sleep on one fake clock, and a diary of when each of them woke."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from seawall.chain import drive
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Runtime
from seawall.testing import FakeClock

Page = Callable[[Runtime], Coroutine[Any, Any, None]]


class Diary:
    """Who woke, and what the clock said then, in seconds from the diary's beginning."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.lines: list[tuple[str, float]] = []
        self._start = clock.monotonic()
        self._pages: dict[threading.Thread, int] = {}

    def sleeping(self, name: str, *pauses: float) -> Page:
        """Someone who sleeps, again and again."""

        async def sleep(runtime: Runtime) -> None:
            for seconds in pauses:
                assert await runtime.sleep(seconds)
                self.note(name)

        return sleep

    def waiting(self, name: str, deadline: float) -> Page:
        """Someone who waits for what never comes, until a deadline."""

        async def wait(runtime: Runtime) -> None:
            assert not await runtime.waiter().wait(self._start + deadline)
            self.note(name)

        return wait

    def note(self, name: str) -> None:
        self.lines.append((name, self.clock.monotonic() - self._start))

    def in_thread(self, page: Page) -> threading.Thread:
        """A thread for one of them."""
        return self._thread(1, lambda: drive(page(BlockingRuntime(self.clock))))

    def in_loop(self, *pages: Page) -> threading.Thread:
        """An event loop for some of them, with a task for each."""

        async def tasks() -> None:
            runtime = AsyncioRuntime(self.clock)
            await asyncio.gather(*(page(runtime) for page in pages))

        return self._thread(len(pages), lambda: asyncio.run(tasks()))

    def _thread(self, pages: int, work: Callable[[], object]) -> threading.Thread:
        thread = threading.Thread(target=work, daemon=True)
        self._pages[thread] = pages
        return thread

    def run(self, *threads: threading.Thread, waits: int | None = None) -> None:
        """Run them all to the end. Time stands still until so many wait; all, if nothing is said."""
        for thread in threads:
            thread.start()
        self.clock.wait_for_waiters(sum(self._pages[thread] for thread in threads) if waits is None else waits)
        everyone = BlockingRuntime(self.clock).waiter()
        threading.Thread(target=lambda: (*(thread.join() for thread in threads), everyone.wake()), daemon=True).start()
        assert drive(everyone.wait(None))


def new_diary() -> Diary:
    """A diary on a clock that has met this thread: it waits for us, while we start others, until we wait ourselves."""
    clock = FakeClock()
    drive(BlockingRuntime(clock).sleep(1.0))
    return Diary(clock)


def nobody_waits(clock: FakeClock) -> bool:
    """Whether no wait is left behind."""
    try:
        clock.wait_for_waiters(1, timeout=0)
    except AssertionError:
        return True
    return False
