"""Whether a call costs the same when there are more of them, and when the pool is bigger."""

import statistics

from benchmarks._compare_cases import GROWTH
from benchmarks._compare_children import Size, in_turns, started, tell
from benchmarks._compare_server import Server
from benchmarks._harness import Row

__all__ = ["growth_rows"]

MOST = 1.2  # where growth is linear the ratio is 1, and noise moves it
TIMES = 4
NARROW, WIDE = 16, 1000  # max_connections
IDLE = 500  # connections that the wide pool holds while it is measured


def growth_rows(server: Server, size: Size) -> list[Row]:
    """Measure a narrow pool, four times as many calls on it, and a wide pool full of idle connections, in turns."""
    narrow, wide = (server.target(GROWTH, pool=pool) for pool in (NARROW, WIDE))
    costs: dict[str, list[float]] = {"once": [], "more": [], "wide": []}
    with started("seawall", GROWTH.world, narrow) as thin, started("seawall", GROWTH.world, wide) as thick:
        calls = thin.pace(GROWTH.concurrency, size.seconds)
        rounds = size.processes * size.rounds
        for number in range(rounds):
            for name in in_turns(tuple(costs), number):
                child = thick if name == "wide" else thin
                if name == "wide":
                    thick.ask("batch", concurrency=IDLE, calls=IDLE)
                told = {"concurrency": GROWTH.concurrency, "calls": calls * (TIMES if name == "more" else 1)}
                costs[name].append(child.ask("batch", **told)["cpu"])
            tell(f"growth: round {number + 1} of {rounds}")
    tell("")
    once, more, full = (statistics.median(costs[name]) for name in ("once", "more", "wide"))
    return [
        _row("calls", f"seawall, {calls * TIMES} calls", more, once, f"{calls} calls"),
        _row("pool", f"seawall, a pool of {WIDE} with {IDLE} idle", full, once, f"a pool of {NARROW}"),
    ]


def _row(name: str, subject: str, cost: float, base: float, ratio_to: str) -> Row:
    ratio = cost / base
    return Row(f"compare/growth/{name}", subject, cost, "us", ratio_to, ratio, f"<= {MOST:g}", ratio <= MOST)
