"""Calls by the hundred thousand to a server that breaks its answers by chance, and the account of what became of them."""

import asyncio
import gc
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvloop

import seawall

__all__ = ["ENDS", "LOOPS", "WEIGHTS", "BrokenServer", "Callers", "open_files", "resident"]

ROOT = Path(__file__).parents[2]
THREADS, TASKS = 8, 32
SHORT = 0.02  # seconds that a call waits which is never answered
LONG = seawall.Timeout(total=1000.0, connect=1000.0, read=1000.0)  # no other call may end by a clock
# How often each kind of answer is asked for, of those in wire_server.py.
FINE = {"ok": 600, "chunked": 60, "early": 40, "slow": 10, "large": 10, "behind": 20, "closing": 20, "endless": 10}
LEAVING = {"leaving": 20, "tired": 20}  # which end the connection behind a whole answer without a word
FAULTS = {"busy": 60, "garbage": 20, "bad_chunk": 20, "truncated": 20, "reset": 20, "reset_body": 20, "silence": 2}
WEIGHTS = FINE | LEAVING | FAULTS
ENDS = {
    "busy": "UnavailableProblem",
    "garbage": "ProtocolProblem",
    "bad_chunk": "ProtocolProblem",
    "truncated": "DisconnectProblem",
    "reset": "DisconnectProblem",
    "reset_body": "DisconnectProblem",
}
NEVER_ANSWERED = {"ReadTimeoutProblem", "DeadlineProblem", "PoolTimeoutProblem", "ConnectTimeoutProblem", "DisconnectProblem"}
LOOPS: dict[str, Callable[..., Any]] = {"asyncio": asyncio.run, "uvloop": uvloop.run}
Tally = Counter[tuple[str, str]]


class BrokenServer:
    """The server's process, for the length of a block.

    Attributes:
        url: Where it listens.
    """

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.soak.wire_server"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def end(self) -> tuple[Counter[str], int]:
        """Stop it; return how many requests of each kind it received, and how many it should never have received."""
        told = json.loads(self._process.communicate()[0])
        return Counter(told["received"]), told["mistakes"]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()


class Callers:
    """Many callers of one client, in one world.

    Args:
        world: "threads", "asyncio" or "uvloop".
        url: The server's.
        seed: Of all that is by chance.

    Attributes:
        tally: How many calls of each kind ended in each way.
    """

    def __init__(self, world: str, url: str, seed: int) -> None:
        self.tally: Tally = Counter()
        self._world = world
        self._url = url
        self._seed = seed
        self._options: dict[str, Any] = {"retry": False, "timeout": LONG, "max_connections": THREADS}

    def run(self, *rounds: int, between: Callable[[], object] = lambda: None) -> None:
        """Make so many calls in each round with the same client, and do something after each."""
        if self._world == "threads":
            self._run_threads(rounds, between)
        else:
            LOOPS[self._world](self._run_tasks(rounds, between))

    def _run_threads(self, rounds: tuple[int, ...], between: Callable[[], object]) -> None:
        with seawall.Client(self._url, **self._options) as api, ThreadPoolExecutor(THREADS) as pool:

            def work(calls: int, caller: int, chance: random.Random) -> Tally:
                tally: Tally = Counter()
                for number, kind in _plan(calls, caller, chance):
                    try:
                        end = _judge(api.get(f"/{kind}/{number}", **_limit(kind)), kind, number)
                    except seawall.ApiProblem as problem:
                        end = type(problem).__name__
                    tally[kind, end] += 1
                return tally

            for calls in rounds:
                for tally in pool.map(work, *self._shares(calls, THREADS)):
                    self.tally += tally
                between()

    async def _run_tasks(self, rounds: tuple[int, ...], between: Callable[[], object]) -> None:
        async with seawall.AsyncClient(self._url, **self._options) as api:

            async def work(calls: int, caller: int, chance: random.Random) -> None:
                for number, kind in _plan(calls, caller, chance):
                    try:
                        end = _judge(await api.get(f"/{kind}/{number}", **_limit(kind)), kind, number)
                    except seawall.ApiProblem as problem:
                        end = type(problem).__name__
                    self.tally[kind, end] += 1

            for calls in rounds:
                await asyncio.gather(*map(work, *self._shares(calls, TASKS)))
                between()

    def _shares(self, calls: int, callers: int) -> tuple[list[int], range, list[random.Random]]:
        self._seed += 1
        chances = [random.Random(f"{self._seed}/{caller}") for caller in range(callers)]
        return [calls // callers] * callers, range(callers), chances

    def check(self, received: Counter[str]) -> None:
        """See that every call ended in a known way, and each that the server received in the one way that it chose.

        A request that goes out just as the server closes the kept connection is lost, at most one for each that it closes without
        a word. The server did not receive it, and the call says that the connection broke off.
        """
        calls: Counter[str] = Counter()
        for (kind, _), count in self.tally.items():
            calls[kind] += count
        assert calls.keys() == WEIGHTS.keys()
        assert {end for kind, end in self.tally if kind == "silence"} <= NEVER_ANSWERED
        answered = WEIGHTS.keys() - {"silence"}
        assert sum(calls[kind] - received[kind] for kind in answered) <= sum(received[kind] for kind in LEAVING)
        for kind in answered:
            expected = Counter({ENDS.get(kind, "ok"): received[kind]})
            expected["DisconnectProblem"] += calls[kind] - received[kind]
            assert +expected == Counter({end: count for (other, end), count in self.tally.items() if other == kind}), kind


def _plan(calls: int, caller: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Numbers and kinds of one caller's calls."""
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    for place in range(calls):
        yield f"{caller}-{place}", chance.choices(kinds, weights)[0]


def _limit(kind: str) -> dict[str, Any]:
    return {"timeout": SHORT} if kind == "silence" else {}


def _judge(response: seawall.Response, kind: str, number: str) -> str:
    """Whether it is the answer to this call and to no other."""
    body = number * 20_000 if kind == "large" else number
    return "ok" if response.content == body.encode("ascii") else "another's answer"


def open_files() -> int:
    """How many files this process holds open."""
    return len(os.listdir("/proc/self/fd"))


def resident() -> int:
    """Bytes of memory that this process holds, after a collection of garbage."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
