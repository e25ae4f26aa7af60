"""What the httpx2 transport keeps to itself."""

import asyncio
import logging
import threading
from collections.abc import Iterator

import pytest

from seawall.model import BytesBody, Secret, StreamBody
from seawall.problems import (
    ApiProblem,
)
from seawall.testing import (
    Behaviour,
    FaultServer,
    Hang,
    LostAnswer,
    Raw,
    Reply,
)
from tests.unit.transport.network_worlds import LOOPS, NAMES, World, listen

SOON = 0.05  # seconds: long enough to be a wait, short enough for a test


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.mark.parametrize("behaviour", [LostAnswer(), Raw(b"HTTP/1.1 200 OK\r\nSet-Cookie: c4nary\r\nx"), Hang()])
def test_secrets_stay_hidden(world: World, behaviour: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    """No log line at any level, and no frame of a traceback, shows a header, a query or a cookie."""
    caplog.set_level(logging.DEBUG)
    with FaultServer() as server:
        server.route("GET", "/", Reply(headers={"Set-Cookie": "c4nary"}), behaviour)
        headers = [("Authorization", Secret("Bearer c4nary"))]
        transport, url = world.transport(), f"{server.url}/?api_key=c4nary"
        world.run(world.send(transport, world.request(url, headers=headers)))
        with pytest.raises(ApiProblem) as caught:
            world.get(transport, url, world.clocks(read=SOON), headers=headers)
    problem = caught.value
    assert "c4nary" not in "".join(_locals(problem)) + repr(problem) + repr(problem.__cause__) + (problem.url or "")
    assert ("receive_response_headers" in caplog.text) is (world.family == "httpx2")
    assert "c4nary" not in caplog.text


def test_an_error_of_the_body_shows_no_secret(world: World) -> None:
    """An error that passes through the transport keeps the caller's frames, and none that hold the serialised request."""

    def pieces() -> Iterator[bytes]:
        yield b"c4nary"
        raise ZeroDivisionError

    with FaultServer() as server, pytest.raises(ZeroDivisionError) as caught:
        world.get(world.transport(), f"{server.url}/", method="POST", body=StreamBody(pieces()))
    assert "c4nary" not in "".join(_locals(caught.value))
    assert caught.traceback[-1].name == "pieces"


@pytest.mark.parametrize("name", LOOPS)
def test_a_cancelled_task_shows_no_secret(name: str) -> None:
    """The traceback of a cancelled upload shows neither header nor body."""
    world, begun, over = World(name), threading.Event(), threading.Event()
    port, _ = listen(lambda connection: (connection.recv(1), begun.set(), over.wait()))
    body, headers = BytesBody(b"c4nary" * 10_000_000), [("Authorization", Secret("Bearer c4nary"))]

    async def work() -> None:
        request = world.request(f"http://127.0.0.1:{port}/", "POST", body=body, headers=headers)
        task = asyncio.create_task(world.send(world.transport(), request))
        await asyncio.to_thread(begun.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        assert "c4nary" not in "".join(_locals(caught.value))

    world.run(work())
    over.set()


def _locals(error: BaseException) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        if "seawall/" in trace.tb_frame.f_code.co_filename or "httpcore2" in trace.tb_frame.f_code.co_filename:
            yield repr(trace.tb_frame.f_locals)
        trace = trace.tb_next
