"""What runs in a process of its own: memory is measured, forks and signals are sent where they harm no other test.

`main` is given a pipe. It tells of each step, and waits for a word where the test has something to look at meanwhile.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvloop

import seawall
from tests.transport_contract.subjects import Subject
from tests.worlds import WORLDS

Task = Callable[..., Any]
MEBIBYTE = 1024 * 1024


def peak() -> int:
    """The most memory that this process has ever held, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


class Seat:
    """A client over a subject in one world.

    Args:
        pipe: Leads to the test.
        subject: The subject's name.
        world: "blocking", "asyncio" or "uvloop".
        url: The server's base URL.
        network: Options of the transport.
        options: Options of the client.
    """

    def __init__(self, pipe: Connection, subject: str, world: str, url: str, network: Any = None, **options: Any) -> None:
        self._pipe = pipe
        self.is_blocking = world == "blocking"
        self._loops = uvloop.new_event_loop if world == "uvloop" else asyncio.new_event_loop
        self._world = WORLDS[0 if self.is_blocking else 1]
        transport = Subject.named(subject).make(self.is_blocking, **(network or {}))
        options.setdefault("retry", False)
        self.api = self._world.client(url, transport=transport, **options)
        self.pieces = self._world.pieces

    def say(self, **facts: Any) -> None:
        """Tell the test something."""
        self._pipe.send(facts)

    def hear(self) -> None:
        """Wait for the test."""
        self._pipe.recv()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Finish a coroutine; in asyncio on an event loop of its own."""
        if self.is_blocking:
            return self._world.run(coroutine)
        with asyncio.Runner(loop_factory=self._loops) as runner:
            return runner.run(coroutine)

    def get(self, path: str, **options: Any) -> str:
        """Make one call."""
        text: str = self.run(self.api.get(path, **options)).text
        return text


def swallow(seat: Seat, path: str) -> None:
    """Read a body into memory, and tell how that ends and what it took."""

    async def work() -> str:
        try:
            response = await seat.api.get(path)
        except seawall.ApiProblem as problem:
            return type(problem).__name__
        return str(len(response.content))

    seat.get("/small")
    before = peak()
    seat.say(outcome=seat.run(work()), grown=peak() - before)


def sip(seat: Seat, path: str, size: int) -> None:
    """Read so many bytes of a stream, leave it, and tell how big its pieces were and what it took."""

    async def work() -> tuple[int, int]:
        done = biggest = 0
        async with seat.api.stream("GET", path) as response:
            async for piece in seat.pieces(response):
                done, biggest = done + len(piece), max(biggest, len(piece))
                if done >= size:
                    break
        seat.say(step="left")
        seat.hear()  # the test sees the socket closed while the client lives
        return done, biggest

    seat.get("/small")
    before = peak()
    done, biggest = seat.run(work())
    seat.say(done=done, biggest=biggest, grown=peak() - before)


def fork(seat: Seat, slots: int, busy: bool) -> None:
    """Make calls before a fork, in its child, and after it in the parent; each tells its process."""
    mine = {"headers": {"X-Process": str(os.getpid())}}
    seat.get("/before", **mine)
    if busy:  # their locks and slots are nobody's in the child
        for _ in range(slots - 1):
            threading.Thread(target=seat.get, args=("/hang",), kwargs=mine, daemon=True).start()
        seat.say(step="busy")
        seat.hear()
    child = os.fork()
    if child:
        seat.get("/parent", **mine)
        seat.say(child=os.waitpid(child, 0)[1])
    else:
        _all_at_once(seat, slots)
    os._exit(0)


def _all_at_once(seat: Seat, slots: int) -> None:
    """Use all slots at the same time."""
    mine = {"headers": {"X-Process": str(os.getpid())}}
    threads = [threading.Thread(target=seat.get, args=("/child",), kwargs=mine) for _ in range(slots)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def interrupted(seat: Seat, path: str) -> None:
    """Make a call that Ctrl-C ends, and then one that works."""
    seat.get("/small")
    seat.say(step="ready")

    async def call() -> None:
        async with seat.api.stream("GET", path, timeout=None) as response:
            async for _ in seat.pieces(response):
                pass

    try:
        seat.run(call())
    except KeyboardInterrupt:
        seat.say(step="interrupted")
        seat.hear()  # the test sees the socket closed
        seat.say(after=seat.get("/small"))


def main(pipe: Connection, task: str, subject: str, world: str, url: str, given: dict[str, Any]) -> None:
    """Do one task; the options are the task's own, with `network` and `cap` for what the client is made of."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's job in the background ignores
    bounds = {"bounds": seawall.Bounds(body=given.pop("cap"))} if "cap" in given else {}
    timeout = seawall.Timeout(total=60, connect=20, read=60)
    seat = Seat(pipe, subject, world, url, given.pop("network", None), timeout=timeout, **bounds)
    tasks: dict[str, Task] = {work.__name__: work for work in (swallow, sip, fork, interrupted)}
    tasks[task](seat, **given)
