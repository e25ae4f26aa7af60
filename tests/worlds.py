"""One text of a test, two worlds: it is written once with `async` and run on threads and on asyncio.

A test that takes the fixture `world` is a coroutine function. In the blocking world its clients are `seawall.Client`s behind
awaitable methods, and the test itself is driven without an event loop.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import seawall
from seawall.chain import drive
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Clock, Runtime

Job = Callable[[], Coroutine[Any, Any, Any]]


class BlockingApi:
    """A `seawall.Client` whose methods can be awaited."""

    def __init__(self, client: seawall.Client) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        if not callable(method) or name in ("paginate",):
            return method

        async def call(*args: Any, **options: Any) -> Any:
            return method(*args, **options)

        return call

    def with_options(self, **changes: Any) -> "BlockingApi":
        return BlockingApi(self.client.with_options(**changes))

    @asynccontextmanager
    async def stream(self, method: str, url: str, **options: Any) -> AsyncIterator[seawall.Response]:
        with self.client.stream(method, url, **options) as response:
            yield response

    async def aclose(self) -> None:
        self.client.close()

    async def __aenter__(self) -> "BlockingApi":
        return self

    async def __aexit__(self, *details: object) -> None:
        self.client.close()


class BlockingWorld:
    """Threads."""

    name = "blocking"
    is_blocking = True

    def client(self, base_url: str = "", **options: Any) -> Any:
        return BlockingApi(seawall.Client(base_url, **options))

    def runtime(self, clock: Clock | None = None) -> Runtime:
        return BlockingRuntime(clock) if clock else BlockingRuntime()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return drive(coroutine)

    async def each(self, items: Any) -> AsyncIterator[Any]:
        """Iterate over what `paginate` or `iter_...` returned."""
        for item in items:
            yield item

    def pieces(self, response: seawall.Response) -> Any:
        return self.each(response.iter_bytes())

    def lines(self, response: seawall.Response) -> Any:
        return self.each(response.iter_lines())

    def events(self, response: seawall.Response) -> Any:
        return self.each(response.iter_events())

    async def read(self, response: seawall.Response) -> bytes:
        return response.read()

    async def gather(self, *jobs: Job) -> list[Any]:
        """Run jobs at the same time; what they raise is returned in their place."""
        results: list[Any] = [None] * len(jobs)

        def work(place: int, job: Job) -> None:
            try:
                results[place] = drive(job())
            except Exception as error:
                results[place] = error

        threads = [threading.Thread(target=work, args=pair, daemon=True) for pair in enumerate(jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    async def start(self, job: Job) -> Callable[[], Awaitable[Any]]:
        """Begin a job beside the test; call and await the result to have its outcome."""
        outcome: list[Any] = []
        thread = threading.Thread(target=lambda: outcome.append(drive(self.gather(job))[0]), daemon=True)
        thread.start()

        async def end() -> Any:
            thread.join()
            return outcome[0]

        return end

    async def until(self, ready: Callable[[], Any]) -> None:
        """Run a function that blocks until something has happened."""
        ready()


class AsyncioWorld:
    """Tasks."""

    name = "asyncio"
    is_blocking = False

    def client(self, base_url: str = "", **options: Any) -> Any:
        return seawall.AsyncClient(base_url, **options)

    def runtime(self, clock: Clock | None = None) -> Runtime:
        return AsyncioRuntime(clock) if clock else AsyncioRuntime()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run(coroutine)

    async def each(self, items: Any) -> AsyncIterator[Any]:
        async for item in items:
            yield item

    def pieces(self, response: seawall.Response) -> Any:
        return response.aiter_bytes()

    def lines(self, response: seawall.Response) -> Any:
        return response.aiter_lines()

    def events(self, response: seawall.Response) -> Any:
        return response.aiter_events()

    async def read(self, response: seawall.Response) -> bytes:
        return await response.aread()

    async def gather(self, *jobs: Job) -> list[Any]:
        return await asyncio.gather(*(job() for job in jobs), return_exceptions=True)

    async def start(self, job: Job) -> Callable[[], Awaitable[Any]]:
        task = asyncio.create_task(job())
        await asyncio.sleep(0)

        async def end() -> Any:
            return (await asyncio.gather(task, return_exceptions=True))[0]

        return end

    async def until(self, ready: Callable[[], Any]) -> None:
        await asyncio.to_thread(ready)


World = BlockingWorld | AsyncioWorld
WORLDS: list[World] = [BlockingWorld(), AsyncioWorld()]
