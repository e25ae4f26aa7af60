"""A crowd before a full pool: first come, first served, whatever becomes of the others; 10,000 tasks, and 300 threads."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import pytest

import seawall
from seawall.chain.runtimes import BlockingRuntime
from tests.worlds import World

PLACES = 4
PATIENCE = 50.0  # seconds without any progress after which a test says so itself
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
End = Callable[[], Awaitable[Any]]


class Counter:
    """A server that answers one request at a time, the first that came, and as long as it may only when all its places are taken.

    So a slot comes free only when the one before it was taken again, and the order of the requests is that of the slots.

    Attributes:
        arrived: The numbers of all requests, in order.
        deserted: How many of them were given up before they were answered.
        lines: The connections that are open.
    """

    def __init__(self) -> None:
        self.arrived: list[int] = []
        self.deserted = 0
        self.lines: set[asyncio.Transport] = set()
        self._waiting: dict[asyncio.Transport, int] = {}
        self._left = 0
        self._loop = asyncio.new_event_loop()
        self._moved = threading.Condition()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._listener = self._do(self._loop.create_server(lambda: _Line(self), "127.0.0.1", 0, backlog=PLACES * 4))
        self.url = f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def take(self, line: asyncio.Transport, number: int) -> None:
        """A request has come."""
        self._waiting[line] = number
        with self._moved:
            self.arrived.append(number)
            self._moved.notify_all()
        self._answer()

    def leave(self, line: asyncio.Transport) -> None:
        """A connection has ended."""
        with self._moved:
            self.deserted += self._waiting.pop(line, None) is not None
            self._moved.notify_all()

    def _answer(self) -> None:
        while self._left and len(self._waiting) >= min(PLACES, self._left):
            line = next(iter(self._waiting))
            del self._waiting[line]
            self._left -= 1
            line.write(ANSWER)

    def open(self, count: int) -> None:
        """Answer so many more."""

        def allow() -> None:
            self._left += count
            self._answer()

        self._loop.call_soon_threadsafe(allow)

    def wait_for(self, count: int, *, deserted: int = 0) -> None:
        """Block until so many requests have come, and so many were given up."""
        with self._moved:
            assert self._moved.wait_for(lambda: len(self.arrived) >= count and self.deserted >= deserted, PATIENCE)

    def close(self) -> None:
        """End all connections, and the thread."""

        def end() -> None:
            self._listener.close()
            for line in self.lines:
                line.abort()
            self._loop.call_soon(self._loop.stop)

        self._loop.call_soon_threadsafe(end)
        self._thread.join(PATIENCE)
        self._loop.close()


class _Line(asyncio.Protocol):
    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._line: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line = transport
        self._counter.lines.add(self._line)

    def data_received(self, data: bytes) -> None:
        self._counter.take(self._line, int(data.split(b" ", 2)[1][1:]))

    def connection_lost(self, error: Exception | None) -> None:
        self._counter.lines.discard(self._line)
        self._counter.leave(self._line)


@pytest.fixture
def counter() -> Iterator[Counter]:
    made = Counter()
    yield made
    made.close()


class Crowd:
    """Callers who queue in the order of their numbers, one behind the other.

    Args:
        world: Where they live.
        api: What they call.
        turnstile: Let go once by each thread that has queued.
    """

    def __init__(self, world: World, api: Any, turnstile: threading.Semaphore) -> None:
        self._world = world
        self._api = api
        self._turnstile = turnstile
        self.ends: dict[int, End] = {}
        self.cancels: dict[int, seawall.Cancel] = {}

    async def come(self, numbers: Iterable[int], *, queue: bool = True, **options: Any) -> None:
        """Start a call for each number, and wait until it stands in the queue."""
        for number in numbers:
            cancel = self.cancels[number] = seawall.Cancel()
            self.ends[number] = await self._world.start(self._call(number, {"cancel": cancel, **options}))
            if queue and self._world.is_blocking:
                assert self._turnstile.acquire(timeout=PATIENCE)

    def _call(self, number: int, options: dict[str, Any]) -> Any:
        return lambda: self._api.get(f"/{number}", **options)

    async def fill(self, counter: Counter, numbers: Iterable[int]) -> None:
        """Take all places, and see that these are all."""
        count = len(counter.arrived) + PLACES
        await self.come(numbers, queue=False)
        await self._world.until(lambda: counter.wait_for(count))

    async def outcomes(self, numbers: Iterable[int]) -> list[Any]:
        """What the calls ended with: a status, or a type of problem and what was sent."""
        return [_told(await self.ends[number]()) for number in numbers]


def _told(outcome: Any) -> Any:
    if isinstance(outcome, seawall.Response):
        return outcome.status
    assert isinstance(outcome, seawall.ApiProblem), repr(outcome)
    return type(outcome), outcome.sent


@pytest.fixture
def turnstile(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Let go whenever a thread is about to queue: a waiter is made under the lock of the queue."""
    passed, waiter = threading.Semaphore(0), BlockingRuntime.waiter

    def noted(runtime: BlockingRuntime) -> Any:
        passed.release()
        return waiter(runtime)

    monkeypatch.setattr(BlockingRuntime, "waiter", noted)
    return passed


def size_of(world: World, tasks: int = 10_000) -> int:
    """How many make a crowd: as many threads as a machine bears."""
    return 300 if world.is_blocking else tasks


def client(world: World, counter: Counter) -> Any:
    return world.client(counter.url, max_connections=PLACES, retry=False, timeout=seawall.Timeout(total=1000.0, read=1000.0))


async def assert_whole(crowd: Crowd, counter: Counter) -> None:
    """The pool serves all its places at once again, and no more."""
    before = len(counter.arrived)
    numbers = range(1_000_000, 1_000_000 + PLACES)
    await crowd.fill(counter, numbers)
    assert sorted(counter.arrived[before:]) == list(numbers)
    counter.open(PLACES)
    assert await crowd.outcomes(numbers) == [200] * PLACES


async def test_a_crowd_is_served_in_the_order_it_came(world: World, counter: Counter, turnstile: threading.Semaphore) -> None:
    """Whoever came first is served first, and who comes while others are served never overtakes those who wait."""
    size = size_of(world)
    early = size * 9 // 10
    async with client(world, counter) as api:
        crowd = Crowd(world, api, turnstile)
        await crowd.fill(counter, range(PLACES))
        await crowd.come(range(PLACES, early))
        counter.open(size)
        await crowd.outcomes([0])
        await crowd.come(range(early, size), queue=False)
        assert await crowd.outcomes(range(1, size)) == [200] * (size - 1)
        assert sorted(counter.arrived[:PLACES]) == list(range(PLACES))
        assert counter.arrived[PLACES:early] == list(range(PLACES, early))
        assert sorted(counter.arrived[early:]) == list(range(early, size))
        if not world.is_blocking:  # the order in which threads come late is theirs
            assert counter.arrived[early:] == list(range(early, size))
        await assert_whole(crowd, counter)


async def test_a_crowd_that_cannot_wait_sends_nothing(world: World, counter: Counter, turnstile: threading.Semaphore) -> None:
    """All whose deadline passes in the queue are told that nothing was sent, nothing was, and the pool is as it was before."""
    size = size_of(world)
    async with client(world, counter) as api:
        crowd = Crowd(world, api, turnstile)
        await crowd.fill(counter, range(PLACES))
        await crowd.come(range(PLACES, size), timeout=0.2)
        waited = await crowd.outcomes(range(PLACES, size))
        assert all(issubclass(kind, TimeoutError) and sent is seawall.Sent.NO for kind, sent in waited)
        counter.open(PLACES)
        assert await crowd.outcomes(range(PLACES)) == [200] * PLACES
        assert len(counter.arrived) == PLACES
        await assert_whole(crowd, counter)


async def test_a_crowd_half_of_which_goes_home(world: World, counter: Counter, turnstile: threading.Semaphore) -> None:
    """Where every second caller is cancelled, in the queue or on the wire, the others are served in their order."""
    size = size_of(world, 2_000)
    done = size // 5
    async with client(world, counter) as api:
        crowd = Crowd(world, api, turnstile)
        await crowd.fill(counter, range(PLACES))
        await crowd.come(range(PLACES, size))
        counter.open(done)
        await world.until(lambda: counter.wait_for(done + PLACES))
        homeward = range(done, size, 2)
        for number in reversed(homeward):  # who gets the places of those on the wire must not be about to leave
            crowd.cancels[number].cancel()
        gone = await crowd.outcomes(homeward)
        on_the_wire = [number for number in range(done, done + PLACES) if number in homeward]
        await world.until(lambda: counter.wait_for(done + PLACES, deserted=len(on_the_wire)))
        counter.open(size - done - len(gone))
        staying = range(done + 1, size, 2)
        assert await crowd.outcomes([*range(done), *staying]) == [200] * (size - len(gone))
        assert set(gone[len(on_the_wire) :]) == {(seawall.CancelledProblem, seawall.Sent.NO)}
        assert set(gone[: len(on_the_wire)]) == {(seawall.CancelledProblem, seawall.Sent.MAYBE)}
        behind = counter.arrived[done + PLACES :]
        expected = [number for number in staying if number not in range(done + PLACES)]
        assert sorted(behind) == expected
        turn = {number: place for place, number in enumerate(expected)}
        assert all(abs(turn[number] - place) < PLACES for place, number in enumerate(behind))
        await assert_whole(crowd, counter)
