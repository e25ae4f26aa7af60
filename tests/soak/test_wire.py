"""Calls through the engine, by the thousand in the daily tests and by the million here, against a server that breaks its answers.

`SEAWALL_SOAK_CALLS=100000 make soak TESTS="-rP -k million_calls"` makes it shorter, and shows what it saw.
"""

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from tests.soak.wire_callers import ENDS, LOOPS, WEIGHTS, BrokenServer, Callers, open_files, resident

CALLS = int(os.environ.get("SEAWALL_SOAK_CALLS", "1000000"))
WARM_UP = 20  # a part in so many of the calls comes before memory is measured
MAX_GROWTH = 5_000_000  # bytes
WORLDS = ["threads", *LOOPS]


def account(world: str, *rounds: int, between: Callable[[], object] = lambda: None) -> Callers:
    """Make calls, and see that each ended as it had to and that nothing of them is left."""
    for run in LOOPS.values():
        run(asyncio.sleep(0))  # libuv keeps two files of its own from its first loop on
    files, threads = open_files(), threading.active_count()
    with BrokenServer() as server:
        callers = Callers(world, server.url, seed=5)
        callers.run(*rounds, between=between)
        received, mistakes = server.end()
    callers.check(received)
    assert mistakes == 0
    assert sum(callers.tally.values()) == sum(rounds)
    assert open_files() <= files
    assert threading.active_count() <= threads
    return callers


@pytest.mark.parametrize("world", WORLDS)
def test_thousands_of_calls_end_as_they_must(world: str) -> None:
    """Of 3,200 calls each ends in the one way that the server chose, with its own answer, and no file nor thread is left."""
    account(world, 3_200)


@pytest.mark.soak
@pytest.mark.parametrize("world", WORLDS)
def test_a_million_calls_leave_nothing(world: str) -> None:
    """A million calls end as they must, and once warm the process has grown by less than 5 MB."""
    sizes: list[int] = []
    part = CALLS // WARM_UP // 32 * 32
    callers = account(world, *[part] * WARM_UP, between=lambda: sizes.append(resident()))
    print(f"{world}: {sum(callers.tally.values())} calls, KB held: {[size // 1000 for size in sizes]}")
    for (kind, end), count in sorted(callers.tally.items()):
        print(f"  {kind}: {end} {count}")
    assert max(sizes[WARM_UP // 2 :]) - sizes[0] < MAX_GROWTH


def honest() -> tuple[Callers, Counter[str]]:
    """An account in order: ten calls of each kind."""
    callers = Callers("threads", "http://127.0.0.1", seed=1)
    for kind in WEIGHTS:
        callers.tally[kind, "ReadTimeoutProblem" if kind == "silence" else ENDS.get(kind, "ok")] = 10
    return callers, Counter(dict.fromkeys(WEIGHTS, 10))


def test_a_lost_call_is_a_broken_connection() -> None:
    """What the server closed without a word may cost one call each, if the call says so."""
    callers, received = honest()
    callers.check(received)
    callers.tally["ok", "DisconnectProblem"] += 20
    callers.check(received)


@pytest.mark.parametrize(
    ("kind", "end"),
    [("ok", "another's answer"), ("reset", "ok"), ("ok", "ok"), ("busy", "DeadlineProblem"), ("silence", "ok"), ("new", "ok")],
)
def test_the_account_finds_what_is_wrong(kind: str, end: str) -> None:
    """One call that has another's answer, ends as it should not, or was never received is found among the others."""
    callers, received = honest()
    callers.tally[kind, end] += 1
    with pytest.raises(AssertionError):
        callers.check(received)


def test_the_account_finds_calls_that_broke_for_nothing() -> None:
    """More broken calls than the server has left connections behind are found, and so are those that the server received."""
    callers, received = honest()
    callers.tally["ok", "DisconnectProblem"] += 21
    with pytest.raises(AssertionError):
        callers.check(received)
    callers, received = honest()
    callers.tally["ok", "DisconnectProblem"] += 1
    received["ok"] += 1
    with pytest.raises(AssertionError):
        callers.check(received)
