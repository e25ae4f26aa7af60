"""What a call costs with every policy on, beside nine other clients and two bare engines.

    python -m benchmarks.compare [--quick] [--json] [--only CASE]

Each client lives in a process of its own and calls nginx over the loopback. nginx has one core; the clients share another, and
one of them works at a time, in rounds that take turns. `compare/CASE/SUBJECT` is the CPU time of the client's process per call,
the ratio is that divided by Seawall's: how many times faster Seawall is. Under the same id stand `/rate`, calls per second;
`/p50` and `/p99`, the time of single calls, timed in rounds of their own; and `/memory`, the most that the process ever held,
interpreter and imports included. All are medians.

Cases: a GET of 1.2 KB of JSON by 1, 16, 64 and 256 tasks of asyncio and of uvloop, and by 1 and 8 threads; a POST of JSON; TLS;
bodies of 10 and 100 MB, read into memory, and 100 MB sent. Seawall runs all its policies, decodes documents into types, and has
a logging listener that hears everything and, at WARNING, writes nothing of calls that succeed. httpware and azure-core have like
policies; all others do nothing but hand over bytes. `prototype` is a bare engine on httptools with the checks that safety needs,
`protocol` not even that. Before anything is timed, each policy is seen acting.

The goal rows have fixed ids; a peer that is not installed is an error. `make bench` installs all that is needed.
"""

import argparse
import os
import signal
import sys
from types import FrameType

from benchmarks._compare_cases import CASES, GROWTH, Case
from benchmarks._compare_children import Size, check_installed, measure_case
from benchmarks._compare_growth import growth_rows
from benchmarks._compare_rows import print_table, rows_of
from benchmarks._compare_server import Server, find_nginx, serve
from benchmarks._harness import Row, report

__all__ = ["chosen", "compare", "main"]

QUICK = Size(processes=1, rounds=7, seconds=0.08)
FULL = Size(processes=3, rounds=4, seconds=0.2)
LAYERED = ("azure-core", "httpware")


def chosen(*, quick: bool, only: str | None) -> list[Case]:
    """Return the cases to run: with `--quick`, those that goals are set for; else all, or the one that was asked for."""
    return [case for case in (*CASES, GROWTH) if case.taking_part(quick=quick) and only in (None, case.name)]


def compare(cases: list[Case], size: Size, *, quick: bool) -> list[Row]:
    """Run cases against a server of their own; where there are two cores, it gets one and everything else the other."""
    subjects = {name for case in cases for name in case.taking_part(quick=quick)}
    check_installed(subjects)
    find_nginx()
    see_all_acting(subjects)
    cores = sorted(os.sched_getaffinity(0))
    ours, theirs = (cores[0], cores[-1]) if len(cores) > 1 else (None, None)
    try:
        with serve(theirs) as server:
            if ours is not None:
                os.sched_setaffinity(0, {ours})
            return [row for case in cases for row in _rows(case, server, size, quick=quick)]
    finally:
        os.sched_setaffinity(0, cores)


def see_all_acting(subjects: set[str]) -> None:
    """The proof needs the testing kit, which no process that is measured imports."""
    from benchmarks import _compare_proof

    _compare_proof.see_all_acting()
    for name in subjects.intersection(LAYERED):
        _compare_proof.see_retrying(name)


def _rows(case: Case, server: Server, size: Size, *, quick: bool) -> list[Row]:
    if case is GROWTH:
        return growth_rows(server, size)
    return rows_of(case, measure_case(case, server.target(case), size, quick=quick))


def _leave(number: int, frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that the server and the workers are stopped."""
    sys.exit(128 + number)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="the goals alone, under 50 seconds; all takes about 25 minutes")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    names = [case.name for case in (*CASES, GROWTH)]
    parser.add_argument("--only", choices=names, metavar="CASE", help=f"run one case: {', '.join(names)}")
    options = parser.parse_args()
    cases = chosen(quick=options.quick, only=options.only)
    if not cases:
        parser.error(f"{options.only} has no goal: run it without --quick")
    signal.signal(signal.SIGTERM, _leave)
    try:
        rows = compare(cases, QUICK if options.quick else FULL, quick=options.quick)
    except KeyboardInterrupt:
        sys.exit(130)
    if options.json:
        report(rows, as_json=True, title="")
    else:
        print_table(rows)


if __name__ == "__main__":
    main()
