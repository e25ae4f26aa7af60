"""What a request is called, in responses, problems and log lines."""

import multiprocessing
import random
from typing import Any

import pytest

from seawall_server import current_request_id, current_trace_id
from seawall_server._exchange import Exchange
from seawall_server.asgi import ProblemMiddleware
from tests.unit.seawall_server.kit import AgentForbidden, ask

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


async def failing(scope: Any, receive: Any, send: Any) -> None:
    raise RuntimeError("unforeseen")


def test_a_trace_is_carried_on(caplog: pytest.LogCaptureFixture) -> None:
    """The trace of the request is the trace id of its problem and of its log line, and its name where it has no other."""
    seen = ask(ProblemMiddleware(failing), headers={"traceparent": PARENT})
    assert (seen.document["trace_id"], seen.headers["x-request-id"]) == (TRACE, TRACE)
    (record,) = caplog.records
    assert (record.__dict__["trace_id"], TRACE in record.getMessage()) == (TRACE, True)


def test_a_name_and_a_trace_are_two_things() -> None:
    """Both stand where they belong, for code inside too."""
    known: list[str | None] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        known.extend([current_request_id(), current_trace_id()])
        raise AgentForbidden(resource="agent")

    seen = ask(ProblemMiddleware(app), headers={"traceparent": PARENT, "X-Request-Id": "call-7"})
    assert (seen.document["trace_id"], seen.headers["x-request-id"]) == (TRACE, "call-7")
    assert known == ["call-7", TRACE]
    assert current_trace_id() is None


def test_a_later_version_of_the_field_is_read() -> None:
    """It may have more parts, and the first ones mean the same (W3C Trace Context, section 3.3)."""
    assert Exchange(None, f"01-{TRACE}-00f067aa0ba902b7-01-more").trace_id == TRACE
    assert Exchange(None, f"cc-{TRACE}-00f067aa0ba902b7-01").trace_id == TRACE


@pytest.mark.parametrize(
    "parent",
    [
        "",
        f"{PARENT}-more",
        f"{PARENT}\n",
        f"ff-{TRACE}-00f067aa0ba902b7-01",
        f"01-{TRACE}-00f067aa0ba902b7-01more",
        f"01-{TRACE}-00f067aa0ba902b7-01-{'x' * 201}",
        f"00-{TRACE.upper()}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[1:]}-00f067aa0ba902b7-01",
    ],
)
def test_a_malformed_trace_is_ignored(parent: str) -> None:
    """The request is named as if it had none."""
    exchange = Exchange(None, parent)
    assert exchange.trace_id == exchange.request_id
    assert exchange.trace_id not in parent or not parent
    assert len(exchange.trace_id) == 32


def test_names_do_not_repeat() -> None:
    """Not even where the app seeds its own chance."""
    names = set()
    for _ in range(100):
        random.seed(7)
        names.add(Exchange().request_id)
    assert len(names) == 100
    assert all(len(name) == 32 and int(name, 16) >= 0 for name in names)


def test_a_forked_worker_has_names_of_its_own() -> None:
    """Two workers of one process that was loaded before do not call their requests alike."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)

    def name() -> None:
        there.send(Exchange().request_id)

    workers = [fork.Process(target=name) for _ in range(2)]
    for worker in workers:
        worker.start()
    names = {here.recv() for _ in workers}
    for worker in workers:
        worker.join()
    assert len(names | {Exchange().request_id}) == 3
