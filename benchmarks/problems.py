"""CPU time of reading an error response of 1 KB, per dialect.

    python -m benchmarks.problems [--quick] [--json]

`problems/DIALECT` is `seawall.problems.parse`: from the bytes of a response to a problem, headers and all. Beside it stands
`fastapi_rfc9457.parse_problem` on the RFC 9457 body (it reads no other form, and no headers), each in its own way: we make an
exception with a timeline, it makes a pydantic model. Before anything is timed, each body is seen read in its dialect.
"""

import argparse
import sys
from typing import Any

from benchmarks._bodies import BODIES, Body
from benchmarks._harness import Row, Subject, measure, report
from seawall.chain.runtimes import BlockingRuntime
from seawall.model import Call, Request, Response
from seawall.problems import parse

GOAL = 25.0  # microseconds
PEER = "fastapi_rfc9457"
UNREAD = {"html": None, "rfc9457-xml": "rfc9457"}  # whose row is not called by the dialect's name


def response_of(body: Body) -> Response:
    request = Request("POST", "https://api.example/v1/agents", call=Call(BlockingRuntime()))
    return Response(body.status, headers=body.headers, content=body.content, request=request)


def see_all_read() -> None:
    """Refuse to time what is not read."""
    for name, body in BODIES.items():
        problem = parse(response_of(body), now=0.0)
        assert problem is not None
        assert problem.dialect == UNREAD.get(name, name), name
        assert problem.code or problem.dialect in (None, "spring", "rfc9457"), name
        assert not body.content or len(body.content) >= 1000, name


def ours(name: str) -> Subject:
    response = response_of(BODIES[name])

    def run(calls: int) -> None:
        for _ in range(calls):
            parse(response, now=0.0)

    return Subject(name, run)


def peers() -> list[Subject]:
    try:
        from fastapi_rfc9457 import parse_problem  # type: ignore[import-not-found,unused-ignore]
    except ModuleNotFoundError:
        print(f"{PEER} is not installed and left out; `make bench` installs it", file=sys.stderr)
        return []
    content: Any = BODIES["rfc9457"].content

    def run(calls: int) -> None:
        for _ in range(calls):
            parse_problem(content)

    return [Subject(PEER, run)]


def rows_of(*, calls: int, rounds: int) -> list[Row]:
    figures = measure([*map(ours, BODIES), *peers()], calls=calls, rounds=rounds)
    peer = figures.pop(PEER, None)
    rows = [
        Row(f"problems/{name}", "seawall", value, "us", None, None, f"<= {GOAL:g} us", value <= GOAL)
        for name, value in figures.items()
    ]
    if peer is not None:
        rows.append(Row(f"problems/rfc9457/{PEER}", PEER, peer, "us", "seawall", peer / figures["rfc9457"]))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.problems", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, under 50 seconds")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    see_all_read()
    size = {"calls": 2000, "rounds": 9} if options.quick else {"calls": 4000, "rounds": 21}
    report(rows_of(**size), as_json=options.json, title="Reading an error response of 1 KB")


if __name__ == "__main__":
    main()
