"""CPU time that Seawall adds to a call, over a transport that does nothing.

    python -m benchmarks.overhead [--quick] [--json]

`overhead/all/WORLD` is a whole call: building the request, every policy of a default client with app headers, an idempotency
key, a response model and a small JSON body. `overhead/POLICY/WORLD` is what one policy adds to an empty chain. Beside them
stand other clients over their own transport that does nothing, set up as alike as they can be. Before anything is timed, each
policy is seen acting.
"""

import argparse
import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

import seawall
from benchmarks._harness import Row, Subject, measure, report
from benchmarks._peers import peers
from seawall.chain import drive, link
from seawall.chain.runtimes import AsyncioRuntime, BlockingRuntime
from seawall.model import Call, Clocks, HeaderValue, Request, Response
from seawall.policies import (
    AppHeaders,
    AttemptClock,
    AttemptRecorder,
    Bounds,
    BoundsInterceptor,
    Budgets,
    Deadline,
    DecodeInterceptor,
    Idempotency,
    IdempotencyInterceptor,
    JsonDecoder,
    RedirectInterceptor,
    Redirects,
    Retry,
    RetryInterceptor,
    StatusInterceptor,
    Timeout,
)
from seawall.problems import Parser
from seawall.testing import FakeClock

GOAL = 15.0  # microseconds
URL = "http://api.example/v1"
HEADERS: seawall.Headers[str] = seawall.Headers([("Content-Type", "application/json")])
CONTENT = b'{"id":7,"name":"Ada"}'
USUAL: seawall.Headers[HeaderValue] = seawall.Headers()
APP = seawall.AppInfo("benchmark", "1.0.0", "linux")


class Agent(msgspec.Struct):
    id: int
    name: str


class NoOpTransport:
    async def send(self, request: Request, clocks: Clocks) -> Response:
        return Response(200, headers=HEADERS, content=CONTENT, request=request)

    async def aclose(self) -> None:
        return None


def policies(world: str) -> dict[str, Any]:
    """Every policy of a default client, by its row's name."""
    runtime = BlockingRuntime() if world == "blocking" else AsyncioRuntime()
    return {
        "deadline": Deadline(),
        "headers": AppHeaders(APP, "seawall", usual=USUAL),
        "idempotency": IdempotencyInterceptor(Idempotency()),
        "decode": DecodeInterceptor(JsonDecoder()),
        "retry": RetryInterceptor(Retry(), Budgets(runtime.mutex)),
        "attempts": AttemptRecorder(),
        "attempt_clock": AttemptClock(Timeout()),
        "statuses": StatusInterceptor(Parser()),
        "redirects": RedirectInterceptor(Redirects()),
        "bounds": BoundsInterceptor(Bounds()),
    }


def see_all_acting() -> None:
    """Refuse to time a policy that does nothing."""
    clock = FakeClock()
    mock = seawall.MockTransport()
    moved = seawall.Response(307, headers={"Location": "/v1/agents"})
    mock.route("POST", "/v1/old", seawall.Response(503), moved)
    mock.route("POST", "/v1/agents", seawall.Response(200, headers=HEADERS, content=CONTENT))
    mock.route("GET", "/v1/none", seawall.Response(404, content=b'{"code":"NONE"}'))
    mock.route("GET", "/v1/big", seawall.Response(200, content=b"x" * 200))
    api = seawall.Client(URL, transport=mock, app=APP, clock=clock, bounds=seawall.Bounds(body=100))
    agent = api.post("/old", json={"name": "Ada"}, idempotency_key=True, response_model=Agent)
    assert agent == Agent(7, "Ada"), "decode"
    sent = [call.request for call in mock.calls]
    assert len(clock.sleeps) == 1, "retry"
    assert len(sent) == 3, "redirects"
    assert len({request.headers["Idempotency-Key"] for request in sent}) == 1, "idempotency"
    assert all(request.headers["X-App-Version"] == "1.0.0" for request in sent), "headers"
    attempts = sent[0].call.attempts
    assert [attempt.hops for attempt in attempts] == [0, 1], "attempts"
    for path, kind in (("/none", seawall.NotFoundProblem), ("/big", seawall.TooLargeProblem)):
        assert _raises(lambda path=path: api.get(path), kind), f"statuses and bounds: {path}"
    with seawall.deadline(0):
        assert _raises(lambda: api.get("/none"), seawall.DeadlineProblem), "deadline"
    assert _raises(lambda: api.get("/none", timeout=seawall.Timeout(attempt=0.0)), seawall.AttemptTimeoutProblem), "attempt clock"


def _raises(call: Callable[[], Any], kind: type[BaseException]) -> bool:
    try:
        call()
    except kind:
        return True
    return False


def whole_client(world: str) -> Subject:
    options: Any = {"idempotency_key": True, "response_model": Agent, "json": {"name": "Ada"}}
    if world == "blocking":
        client = seawall.Client(URL, transport=NoOpTransport(), app=APP)

        def run(calls: int) -> None:
            post = client.post
            for _ in range(calls):
                post("/agents", **options)

        return Subject("seawall", run)
    asynchronous = seawall.AsyncClient(URL, transport=NoOpTransport(), app=APP)

    async def main(calls: int) -> None:
        post = asynchronous.post
        for _ in range(calls):
            await post("/agents", **options)

    return Subject("seawall", lambda calls: asyncio.run(main(calls)))


def plain_get(world: str) -> Subject:
    if world == "blocking":
        client = seawall.Client(URL, transport=NoOpTransport(), app=APP)

        def run(calls: int) -> None:
            get = client.get
            for _ in range(calls):
                get("/agents")

        return Subject("seawall get", run)
    asynchronous = seawall.AsyncClient(URL, transport=NoOpTransport(), app=APP)

    async def main(calls: int) -> None:
        get = asynchronous.get
        for _ in range(calls):
            await get("/agents")

    return Subject("seawall get", lambda calls: asyncio.run(main(calls)))


def chain_of(name: str, interceptors: list[Any], world: str) -> Subject:
    """A chain over the transport that does nothing, entered with a fresh call each time."""
    transport = NoOpTransport()

    async def send(request: Request) -> Response:
        return await transport.send(request, request.call.clocks)

    entry = link(interceptors, send)
    runtime = BlockingRuntime() if world == "blocking" else AsyncioRuntime()

    def request() -> Request:
        call = Call(runtime)
        call.attempts.append(_ATTEMPT)
        return Request("GET", f"{URL}/agents", USUAL, call=call)

    if world == "blocking":

        def run(calls: int) -> None:
            for _ in range(calls):
                drive(entry(request()))

        return Subject(name, run)

    async def main(calls: int) -> None:
        for _ in range(calls):
            await entry(request())

    return Subject(name, lambda calls: asyncio.run(main(calls)))


_ATTEMPT = seawall.Attempt(0, "GET", URL)


def rows_of(world: str, *, calls: int, rounds: int) -> list[Row]:
    subjects = [whole_client(world), plain_get(world), *peers(world)]
    figures = measure(subjects, calls=calls, rounds=rounds)
    single = measure(
        [chain_of("empty", [], world), *(chain_of(name, [policy], world) for name, policy in policies(world).items())],
        calls=calls,
        rounds=rounds,
    )
    whole = figures.pop("seawall")
    rows = [Row(f"overhead/all/{world}", "seawall", whole, "us", None, None, f"<= {GOAL:g} us", whole <= GOAL)]
    for name, value in figures.items():
        rows.append(Row(f"overhead/{name.replace(' ', '-')}/{world}", name, value, "us", "seawall", value / whole))
    base = single.pop("empty")
    rows += [Row(f"overhead/{name}/{world}", name, max(0.0, value - base), "us") for name, value in single.items()]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.overhead", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds, under 50 seconds")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    see_all_acting()
    size = {"calls": 3000, "rounds": 9} if options.quick else {"calls": 4000, "rounds": 15}
    rows = [*rows_of("blocking", **size), *rows_of("asyncio", **size)]
    report(rows, as_json=options.json, title="Overhead per call over a transport that does nothing")


if __name__ == "__main__":
    main()
