"""Many callers at once, on threads and on several event loops, who all wait before the work goes on."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from seawall.chain import SingleFlight, drive
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Cancel, Runtime, Waiter


class Gate:
    """Opens when so many callers wait in a flight."""

    def __init__(self, expected: int) -> None:
        self._mutex = threading.Lock()
        self._missing = expected
        self.open = threading.Event()

    def arrive(self) -> None:
        with self._mutex:
            self._missing -= 1
            if self._missing == 0:
                self.open.set()

    def at(self, runtime: Runtime) -> Any:
        """The same runtime, whose waiters are counted when they begin to wait."""
        return _Watched(runtime, self)


class _Watched:
    def __init__(self, runtime: Runtime, gate: Gate) -> None:
        self._runtime = runtime
        self._gate = gate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runtime, name)

    def waiter(self) -> Waiter:
        return _WatchedWaiter(self._runtime.waiter(), self._gate)


class _WatchedWaiter:
    def __init__(self, waiter: Waiter, gate: Gate) -> None:
        self._waiter = waiter
        self._gate = gate
        self.wake = waiter.wake

    async def wait(self, deadline: float | None, cancel: Cancel | None = None) -> bool:
        self._gate.arrive()
        return await self._waiter.wait(deadline, cancel)


def crowd(flight: SingleFlight[Any], gate: Gate, *, threads: int, loops: int, tasks: int) -> list[Any]:
    """Have everyone join; what they raise is returned in their place."""
    outcomes: list[Any] = []

    def on_a_thread() -> None:
        outcomes.append(_outcome(lambda: drive(flight.join(gate.at(BlockingRuntime())))))

    async def all_tasks() -> None:
        runtime = gate.at(AsyncioRuntime())
        outcomes.extend(await asyncio.gather(*(flight.join(runtime) for _ in range(tasks)), return_exceptions=True))

    workers = [threading.Thread(target=on_a_thread) for _ in range(threads)]
    workers += [threading.Thread(target=asyncio.run, args=(all_tasks(),)) for _ in range(loops)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return outcomes


def _outcome(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Exception as error:
        return error
