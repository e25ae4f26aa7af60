"""What a session costs: per call, in a storm of refusals, and per call that waits.

    python -m benchmarks.auth [--quick] [--json]

`auth/attach/WORLD` is the CPU time that the stage adds to a chain when the token is good, as it is for nearly all calls;
`auth/attach` is the slower of the two worlds. `auth/storm` is the time from the moment when a thousand calls are refused at once
to the last answer, in asyncio: one refresh and a thousand replays. `auth/waiters` is the memory of a call that waits for a
refresh among ten thousand, all of it: its task, its request, its place in the queue. Before anything is timed, the stage is seen
attaching.
"""

import argparse
import asyncio
import gc
import statistics
import time
import tracemalloc
from typing import Any

import seawall
from benchmarks._harness import Row, Subject, measure, report
from benchmarks.overhead import URL, chain_of
from seawall import MockTransport, NestedCalls, Request, Response, Secret, Tokens
from seawall.auth import AuthInterceptor
from seawall.chain import drive
from seawall.chain.runtimes import BlockingRuntime
from seawall.model import Call, reveal, split_url

GOAL = 1.5  # microseconds
STORM = 1_000
WAITERS = 10_000
OLD = Tokens(access=Secret("old"), refresh=Secret("r1"), expires_in=3600)


async def refresh(tokens: Tokens, api: NestedCalls) -> Tokens:
    bought: Tokens = await api.post("/token", json={"refresh_token": tokens.refresh}, response_model=Tokens)
    return bought


def stage() -> AuthInterceptor:
    """The stage, with somebody signed in."""
    session = seawall.UserSession(refresh, allow_http=True)
    session.sign_in(OLD)
    return AuthInterceptor(session, split_url(URL)[0])


def see_it_acting() -> None:
    """Refuse to time a stage that attaches nothing."""
    sent: list[str] = []

    async def send(request: Request) -> Response:
        sent.append(reveal(request.headers.get("authorization", "")))
        return Response(200, request=request)

    drive(stage()(Request("GET", f"{URL}/agents", call=Call(BlockingRuntime())), send))
    assert sent == ["Bearer old"], "auth"


def subjects(world: str) -> list[Subject]:
    return [chain_of("empty", [], world), chain_of("auth", [stage()], world)]


def attach_rows(*, calls: int, rounds: int) -> list[Row]:
    added: dict[str, float] = {}
    for world in ("blocking", "asyncio"):
        figures = measure(subjects(world), calls=calls, rounds=rounds)
        added[world] = max(0.0, figures["auth"] - figures["empty"])
    worst = max(added.values())
    rows = [Row(f"auth/attach/{world}", "seawall", value, "us") for world, value in added.items()]
    return [*rows, Row("auth/attach", "seawall", worst, "us", goal=f"<= {GOAL:g} us", met=worst <= GOAL)]


class Backend:
    """Holds calls with the old token until all are there, and the refresh until it is let go."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self.refused = self.refreshes = 0
        self.all_there, self.may_refresh = asyncio.Event(), asyncio.Event()
        self.transport = MockTransport()
        self.transport.route("POST", "/v1/token", self._token)
        self.transport.route("GET", "/v1/agents", self._agents)

    async def _token(self, request: Request) -> dict[str, Any]:
        self.refreshes += 1
        await self.may_refresh.wait()
        return {"access_token": "new", "refresh_token": "r2", "expires_in": 3600}

    async def _agents(self, request: Request) -> int:
        if reveal(request.headers["authorization"]) == "Bearer new":
            return 200
        self.refused += 1
        if self.refused == self.calls:
            self.all_there.set()
        await self.all_there.wait()
        return 401

    async def client(self) -> seawall.AsyncClient:
        session = seawall.AsyncUserSession(refresh, allow_http=True)
        await session.sign_in(OLD)
        return seawall.AsyncClient(URL, transport=self.transport, auth=session, timeout=None)


async def storm(calls: int) -> tuple[float, int]:
    """Return the milliseconds from the last refusal to the last answer, and how many refreshes there were."""
    backend = Backend(calls)
    backend.may_refresh.set()
    async with await backend.client() as api:
        tasks = [asyncio.create_task(api.get("/agents")) for _ in range(calls)]
        await backend.all_there.wait()
        begun = time.perf_counter()
        responses = await asyncio.gather(*tasks)
        took = time.perf_counter() - begun
    assert {response.status for response in responses} == {200}, "storm"
    return took * 1000, backend.refreshes


def storm_row(*, calls: int, rounds: int) -> Row:
    figures = [asyncio.run(storm(calls)) for _ in range(rounds)]
    took, refreshes = statistics.median(took for took, _ in figures), max(count for _, count in figures)
    return Row("auth/storm", f"seawall, {refreshes} refresh", took, "ms", goal="refreshes = 1", met=refreshes == 1)


async def waiters(calls: int) -> float:
    """Return the KiB that each waiting call takes."""
    backend = Backend(calls)
    async with await backend.client() as api:
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        tasks = [asyncio.create_task(api.get("/agents")) for _ in range(calls)]
        await backend.all_there.wait()
        while backend.refreshes == 0 or len(asyncio.all_tasks()) > calls + 2:
            await asyncio.sleep(0)
        gc.collect()
        each = (tracemalloc.get_traced_memory()[0] - before) / calls / 1024
        backend.may_refresh.set()
        assert {response.status for response in await asyncio.gather(*tasks)} == {200}, "waiters"
    return each


def waiters_row(calls: int) -> Row:
    tracemalloc.start()
    try:
        each = asyncio.run(waiters(calls))
    finally:
        tracemalloc.stop()
    return Row("auth/waiters", f"seawall, {calls} waiters", each, "KiB each")


def rows_of(*, calls: int, rounds: int, storms: int) -> list[Row]:
    rows = attach_rows(calls=calls, rounds=rounds)
    return [*rows, storm_row(calls=STORM, rounds=storms), waiters_row(WAITERS)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.auth", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, under 20 seconds")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    see_it_acting()
    size = {"calls": 3000, "rounds": 9, "storms": 3} if options.quick else {"calls": 4000, "rounds": 25, "storms": 9}
    report(rows_of(**size), as_json=options.json, title="What a session costs")


if __name__ == "__main__":
    main()
