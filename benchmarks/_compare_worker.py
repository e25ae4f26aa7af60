"""One client in a process of its own, which makes calls when it is told to, and says what they cost.

    python -m benchmarks._compare_worker DESCRIPTION

Each line of its input is a command as JSON, each line of its output the answer; it ends when its input ends. The process stands
between the client and all others, so that none shares a heap, an import or a thread pool with another; it imports nothing but
the standard library and that client, so that one from another environment can be measured in the same way.
"""

import asyncio
import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks._compare_cases import Target

__all__ = ["MODULES", "AsyncCall", "Call"]

Call = Callable[[], int]
"""Makes one call and returns how many bytes of body came."""
AsyncCall = Callable[[], Awaitable[int]]

# Each has `BLOCKING` and `ASYNCHRONOUS`, functions by subject that take a target and return a call.
MODULES = {
    "seawall": "_compare_seawall",
    "httpx": "_compare_bare",
    "httpx2": "_compare_bare",
    "aiohttp": "_compare_bare",
    "urllib3": "_compare_bare",
    "pyreqwest": "_compare_native",
    "pyqwest": "_compare_native",
    "niquests": "_compare_niquests",
    "httpware": "_compare_layered",
    "azure-core": "_compare_layered",
    "prototype": "_compare_engine",
    "protocol": "_compare_protocol",
}


class AsyncWorker:
    """A client of asyncio, in one loop for as long as the worker lives."""

    def __init__(self, make: Callable[[Target], Awaitable[AsyncCall]], target: Target, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._call = loop.run_until_complete(self._made(make, target))

    @staticmethod
    async def _made(make: Callable[[Target], Awaitable[AsyncCall]], target: Target) -> AsyncCall:
        return await make(target)

    def run(self, concurrency: int, calls: int) -> int:
        return self._loop.run_until_complete(self._all(self._repeat, concurrency, calls))

    def run_timed(self, concurrency: int, calls: int, into: list[int]) -> int:
        async def repeat(count: int) -> int:
            total = 0
            for _ in range(count):
                begun = time.perf_counter_ns()
                total += await self._call()
                into.append(time.perf_counter_ns() - begun)
            return total

        return self._loop.run_until_complete(self._all(repeat, concurrency, calls))

    async def _repeat(self, count: int) -> int:
        call, total = self._call, 0
        for _ in range(count):
            total += await call()
        return total

    @staticmethod
    async def _all(repeat: Callable[[int], Any], concurrency: int, calls: int) -> int:
        if concurrency == 1:
            return int(await repeat(calls))
        return sum(await asyncio.gather(*map(repeat, shares(concurrency, calls))))


class BlockingWorker:
    """A client for threads; with one of them, that of the worker."""

    def __init__(self, make: Callable[[Target], Call], target: Target) -> None:
        self._call = make(target)

    def run(self, concurrency: int, calls: int) -> int:
        return self._all(self._repeat, concurrency, calls)

    def run_timed(self, concurrency: int, calls: int, into: list[int]) -> int:
        def repeat(count: int) -> int:
            total = 0
            for _ in range(count):
                begun = time.perf_counter_ns()
                total += self._call()
                into.append(time.perf_counter_ns() - begun)
            return total

        return self._all(repeat, concurrency, calls)

    def _repeat(self, count: int) -> int:
        call, total = self._call, 0
        for _ in range(count):
            total += call()
        return total

    @staticmethod
    def _all(repeat: Callable[[int], int], concurrency: int, calls: int) -> int:
        if concurrency == 1:
            return repeat(calls)
        with ThreadPoolExecutor(concurrency) as pool:
            return sum(pool.map(repeat, shares(concurrency, calls)))


def shares(concurrency: int, calls: int) -> list[int]:
    """Divide calls among callers; each gets one at least."""
    return [max(1, calls // concurrency)] * concurrency


def batch(worker: AsyncWorker | BlockingWorker, concurrency: int, calls: int, size: int) -> dict[str, float]:
    """Make calls, a tenth of them beforehand: the caches hold another client's data, and idle connections may have gone."""
    worker.run(concurrency, max(1, calls // 10))
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    came = worker.run(concurrency, calls)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    made = sum(shares(concurrency, calls))
    if came != made * size:
        raise AssertionError(f"{came} bytes came in {made} calls, in place of {size} each")
    return {"cpu": cpu / made * 1e6, "wall": wall / made * 1e6}


def latencies(worker: AsyncWorker | BlockingWorker, concurrency: int, calls: int) -> dict[str, float]:
    """Time each call by itself, apart from the batches, which the timing would make dearer."""
    took: list[int] = []
    worker.run(concurrency, max(1, calls // 10))
    worker.run_timed(concurrency, calls, took)
    took.sort()
    return {"p50": took[len(took) // 2] / 1e3, "p99": took[int(len(took) * 0.99)] / 1e3}


def peak_memory() -> float:
    """Return the MiB that this process held at most. `ru_maxrss` begins with what the parent held, `VmHWM` with nothing."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")


def make_worker(subject: str, world: str, target: Target) -> AsyncWorker | BlockingWorker:
    module = importlib.import_module(f"benchmarks.{MODULES[subject]}")
    if world == "blocking":
        return BlockingWorker(module.BLOCKING[subject], target)
    if world == "uvloop":
        import uvloop

        return AsyncWorker(module.ASYNCHRONOUS[subject], target, uvloop.new_event_loop())
    return AsyncWorker(module.ASYNCHRONOUS[subject], target, asyncio.new_event_loop())


def main() -> None:
    told = json.loads(sys.argv[1])
    target = Target(**told["target"])
    worker = make_worker(told["subject"], told["world"], target)
    answer: dict[str, float] = {}
    while True:
        print(json.dumps(answer), flush=True)
        line = sys.stdin.readline()
        if not line:
            os._exit(0)  # clients are left open, and some complain of that
        command = json.loads(line)
        if command["do"] == "batch":
            answer = batch(worker, command["concurrency"], command["calls"], target.size)
        elif command["do"] == "latencies":
            answer = latencies(worker, command["concurrency"], command["calls"])
        else:
            answer = {"memory": peak_memory()}


if __name__ == "__main__":
    main()
