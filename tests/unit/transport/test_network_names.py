"""Looking names up: one look-up for all who ask for a name, and not many at a time."""

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from seawall.model import Cancel
from seawall.problems import CancelledProblem, DeadlineProblem
from seawall.testing import FaultServer, Reply
from tests.unit.transport.network_worlds import LOOPS, World

SOON = 0.2  # seconds: long enough for all callers to begin to wait, and waited for in full
CALLERS = 300
MOST = 32


class _Names:
    """A name server that is silent until `over` is set, and then knows every name. After a fork it answers at once."""

    def __init__(self) -> None:
        self._real = socket.getaddrinfo
        self._home = os.getpid()
        self._mutex = threading.Lock()
        self.over = threading.Event()
        self.asked: list[str] = []
        self.busy = self.most_busy = 0

    def getaddrinfo(self, host: str, *details: Any, **options: Any) -> Any:
        if not host.endswith(".test") or options.get("flags"):
            return self._real(host, *details, **options)
        if os.getpid() == self._home:
            with self._mutex:
                self.asked.append(host)
                self.busy += 1
                self.most_busy = max(self.busy, self.most_busy)
            self.over.wait()
            with self._mutex:
                self.busy -= 1
        return self._real("127.0.0.1", *details, **options)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Names]:
    names = _Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    yield names
    names.over.set()
    for thread in threading.enumerate():
        if thread.name == "seawall-resolver":
            thread.join()


@pytest.fixture(params=LOOPS)
def loops(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def _ask(world: World, urls: list[str], seconds: float | None, cancel: Cancel | None = None) -> list[Any]:
    """Send one request to each URL at the same time; return bodies and errors."""

    async def work() -> list[Any]:
        transport = world.transport(max_connections=CALLERS)
        clocks = [world.clocks(seconds, cancel=cancel) for _ in urls]
        calls = [world.send(transport, world.request(url), clock) for url, clock in zip(urls, clocks, strict=True)]
        answers = await asyncio.gather(*calls, return_exceptions=True)
        await transport.aclose()
        return [answer if isinstance(answer, BaseException) else answer[1] for answer in answers]

    return world.run(work())


def test_who_asks_for_one_name_shares_one_look_up(loops: World, names: _Names) -> None:
    """Three hundred calls to a host that is not resolved cost one look-up, and each ends by its own deadline."""
    problems = _ask(loops, ["http://shared.test/"] * CALLERS, SOON)
    assert {type(problem) for problem in problems} == {DeadlineProblem}
    assert names.asked == ["shared.test"]


def test_not_many_names_are_looked_up_at_a_time(loops: World, names: _Names) -> None:
    """Further names wait for their turn; whom nobody waits for any more is not looked up at all."""
    cancel = Cancel()

    def give_up() -> None:
        again = threading.Event()
        while names.most_busy < MOST:
            again.wait(0.001)
        cancel.cancel()

    impatient = threading.Thread(target=give_up)
    impatient.start()
    problems = _ask(loops, [f"http://host{number}.test/" for number in range(MOST + 8)], None, cancel)
    impatient.join()
    assert {type(problem) for problem in problems} == {CancelledProblem}
    names.over.set()
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        assert _ask(loops, [f"http://next.test:{server.port}/"], None) == [b"fine"]
    assert (len(names.asked), names.most_busy) == (MOST + 1, MOST)


def test_names_that_queue_are_looked_up_in_the_end(loops: World, names: _Names) -> None:
    """More names than may be looked up at a time are all resolved, each once, and asked for again by the next call."""
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        urls = [f"http://host{number}.test:{server.port}/" for number in range(MOST + 8)]
        opening = threading.Thread(target=lambda: (_wait_until_busy(names), names.over.set()), daemon=True)
        opening.start()
        assert _ask(loops, urls, None) == [b"fine"] * len(urls)
        assert (len(names.asked), names.most_busy) == (MOST + 8, MOST)
        assert _ask(loops, urls[:1], None) == [b"fine"]
    assert len(names.asked) == MOST + 9


def test_one_caller_who_gives_up_leaves_the_look_up_to_the_others(names: _Names) -> None:
    """A cancelled caller goes at once; another, in a world of its own, gets the answer."""
    cancel, world = Cancel(), World("wire blocking")
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        url = f"http://left.test:{server.port}/"
        leaving = world.start(world.send(world.transport(), world.request(url), world.clocks(None, cancel=cancel)))
        _wait_until_busy(names, 1)
        staying = World("asyncio").start(_one(World("asyncio"), url))
        cancel.cancel()
        with pytest.raises(CancelledProblem):
            leaving.result(20)
        names.over.set()
        assert staying.result(20) == b"fine"


async def _one(world: World, url: str) -> bytes:
    transport = world.transport()
    try:
        return (await world.send(transport, world.request(url)))[1]
    finally:
        await transport.aclose()


def test_a_child_looks_up_for_itself(names: _Names) -> None:
    """After a fork nobody waits for a look-up whose thread stayed with the parent."""
    world = World("wire blocking")
    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        url = f"http://forked.test:{server.port}/"
        waiting = world.start(world.send(world.transport(), world.request(url), world.clocks(None)))
        _wait_until_busy(names, 1)
        child = os.fork()
        if child == 0:
            os._exit(0 if world.get(world.transport(), url)[1] == b"fine" else 1)
        _, status = os.waitpid(child, 0)
        names.over.set()
        assert waiting.result(20)[1] == b"fine"
    assert status == 0


def test_a_thread_that_cannot_be_started_fails_one_call(names: _Names, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds no thread for a look-up fails, and the next caller begins anew."""
    world, start = World("wire blocking"), threading.Thread.start
    names.over.set()

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "seawall-resolver":
            raise RuntimeError("can't start new thread")
        start(thread)

    with FaultServer() as server:
        server.route("GET", "/", Reply(text="fine"))
        url = f"http://threads.test:{server.port}/"
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", refuse)
            with pytest.raises(RuntimeError, match="thread"):
                world.get(world.transport(), url)
        assert world.get(world.transport(), url)[1] == b"fine"


def _wait_until_busy(names: _Names, count: int = MOST) -> None:
    again = threading.Event()
    while names.most_busy < count:
        again.wait(0.001)
