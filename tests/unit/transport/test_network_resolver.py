"""A resolver of the user's own, plain or async, in front of the system's."""

import asyncio
import contextvars
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from seawall import AsyncClient, Client
from seawall.chain import drive
from seawall.model import Cancel, Sent, UsageError
from seawall.problems import ApiProblem, CancelledProblem, ConnectTimeoutProblem, DisconnectProblem, ResolveProblem
from seawall.testing import FaultServer, Reply
from tests.unit.transport.httpx2_servers import HttpProxy
from tests.unit.transport.network_worlds import LOOPS, NAMES, World

SOON = 0.1  # seconds: long enough to be a wait, short enough for a test
SECRET = "t0ken"


@pytest.fixture(params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture(params=LOOPS)
def loops(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as server:
        server.route("GET", "/", lambda call: Reply(text=call.headers["host"]))
        yield server


def fails(world: World, resolver: Any, clocks: Any = None) -> ApiProblem:
    with pytest.raises(ApiProblem) as caught:
        world.get(world.transport(resolver=resolver), "http://service.test/", clocks)
    assert caught.value.sent is Sent.NO
    return caught.value


def test_addresses_may_name_their_ports(world: World, server: FaultServer) -> None:
    """A resolver gets host and port, and returns addresses, or addresses with ports; the Host field stays the URL's."""
    asked: list[tuple[str, int]] = []

    def registry(host: str, port: int) -> list[tuple[str, int]]:
        asked.append((host, port))
        return [("127.0.0.1", server.port)]

    assert world.get(world.transport(resolver=registry), "http://service.test:81/")[1] == b"service.test:81"
    plain = world.transport(resolver=lambda host, port: ("127.0.0.1",))
    assert world.get(plain, f"http://service.test:{server.port}/")[1] == b"service.test:%d" % server.port
    assert asked == [("service.test", 81)]


def test_an_ipv6_address(world: World) -> None:
    """An IPv6 address is given without brackets, as text."""
    peers: list[str] = []

    def serve() -> None:
        connection, peer = listener.accept()
        with connection, listener:
            peers.append(peer[0])
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    transport = world.transport(resolver=lambda host, port: ["::1"])
    assert world.get(transport, f"http://service.test:{listener.getsockname()[1]}/")[0].status == 204
    thread.join()
    assert peers == ["::1"]


def test_none_leaves_a_host_to_the_system(world: World, server: FaultServer) -> None:
    """A resolver that returns None knows nothing of a host, and the system is asked."""
    assert world.get(world.transport(resolver=lambda host, port: None), f"http://localhost:{server.port}/")[0].status == 200


def test_an_address_needs_no_resolver(world: World, server: FaultServer) -> None:
    """A URL with an IP address asks no resolver; behind a proxy it is asked for the proxy's name alone."""
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    assert world.get(world.transport(resolver=resolver), f"{server.url}/")[0].status == 200
    with HttpProxy() as proxy:
        transport = world.transport(resolver=resolver, proxy=f"http://proxy.test:{proxy.port}")
        assert world.get(transport, "http://service.test/")[1].startswith(b"GET http://service.test")
    assert asked == ["proxy.test"]


def test_a_plain_function_runs_beside_the_call(loops: World, server: FaultServer) -> None:
    """A plain function runs in a thread of the resolver, once for all who ask meanwhile, and blocks no loop."""
    threads: list[str] = []
    over = threading.Event()

    def resolver(host: str, port: int) -> list[tuple[str, int]]:
        threads.append(threading.current_thread().name)
        over.wait()
        return [("127.0.0.1", server.port)]

    async def work() -> list[int]:
        transport = loops.transport(resolver=resolver)
        calls = [asyncio.create_task(loops.send(transport, loops.request("http://service.test/"))) for _ in range(5)]
        while not threads:
            await asyncio.sleep(0)  # were the loop blocked, this would never go on
        over.set()
        statuses = [response.status for response, _ in await asyncio.gather(*calls)]
        await transport.aclose()
        return statuses

    assert loops.run(work()) == [200] * 5
    assert threads == ["seawall-resolver"]


def test_two_resolvers_share_no_look_up(server: FaultServer) -> None:
    """Two transports with resolvers of their own ask both, although they ask for the same name at the same time."""
    world, over, asked = World("wire blocking"), threading.Event(), threading.Semaphore(0)

    def make(port: int) -> Callable[[str, int], Any]:
        def resolver(host: str, _: int) -> list[tuple[str, int]]:
            asked.release()
            over.wait()
            return [("127.0.0.1", port)]

        return resolver

    with FaultServer() as other:
        other.route("GET", "/", Reply(text="other"))
        transports = [world.transport(resolver=make(port)) for port in (server.port, other.port)]
        calls = [world.start(world.send(transport, world.request("http://service.test/"))) for transport in transports]
        for _ in calls:
            asked.acquire()
        over.set()
        assert [call.result(20)[1] for call in calls] == [b"service.test", b"other"]


_tenant: contextvars.ContextVar[str] = contextvars.ContextVar("tenant")


def test_an_async_function_runs_in_the_callers_loop(loops: World, server: FaultServer) -> None:
    """An async function is awaited in the caller's own loop, and sees the caller's context."""
    seen: list[Any] = []

    async def resolver(host: str, port: int) -> list[tuple[str, int]]:
        await asyncio.sleep(0)
        seen.append((asyncio.get_running_loop(), _tenant.get()))
        return [("127.0.0.1", server.port)]

    async def work() -> None:
        _tenant.set("blue")
        transport = loops.transport(resolver=resolver)
        assert (await loops.send(transport, loops.request("http://service.test/")))[0].status == 200
        assert seen == [(asyncio.get_running_loop(), "blue")]
        await transport.aclose()

    loops.run(work())


class Silent:
    """Resolvers that never return, and note how they end."""

    def __init__(self, is_async: bool) -> None:
        self.begun = threading.Event()
        self.over = threading.Event()
        self.cancelled = False
        self.resolver: Any = self._ask if is_async else self._block

    def _block(self, host: str, port: int) -> list[str]:
        self.begun.set()
        self.over.wait()
        return ["127.0.0.1"]

    async def _ask(self, host: str, port: int) -> list[str]:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return []


def _silents(name: str) -> list[Silent]:
    return [Silent(False)] + [Silent(True)] * (not name.endswith("blocking"))


@pytest.mark.parametrize("name", NAMES)
def test_the_clock_ends_a_silent_resolver(name: str) -> None:
    """A call whose resolver never returns ends by the connect clock, and nothing was sent."""
    world = World(name)
    for silent in _silents(name):
        assert type(fails(world, silent.resolver, world.clocks(connect=SOON))) is ConnectTimeoutProblem
        silent.over.set()


def test_an_async_resolver_ends_with_its_call(loops: World) -> None:
    """An async function that nobody waits for any more is cancelled."""
    silent = Silent(is_async=True)

    async def work() -> bool:
        transport = loops.transport(resolver=silent.resolver)
        with pytest.raises(ConnectTimeoutProblem):
            await loops.send(transport, loops.request("http://service.test/"), loops.clocks(connect=SOON))
        await asyncio.sleep(0)
        return silent.cancelled

    assert loops.run(work())


@pytest.mark.parametrize("name", NAMES)
def test_a_silent_resolver_is_left_at_once(name: str) -> None:
    """`cancel` and `aclose`, from another thread, end a call whose resolver is silent."""
    for silent in _silents(name):
        cancel = Cancel()
        assert type(_left(name, silent, lambda transport, cancel=cancel: cancel.cancel(), cancel)) is CancelledProblem
    for silent in _silents(name):
        assert type(_left(name, silent, lambda transport: drive(transport.aclose()), None)) is DisconnectProblem


def _left(name: str, silent: Silent, end: Callable[[Any], object], cancel: Cancel | None) -> ApiProblem:
    world = World(name)
    transport = world.transport(resolver=silent.resolver)
    clocks = world.clocks(None, connect=None, read=None, cancel=cancel)
    calling = world.start(world.send(transport, world.request("http://service.test/"), clocks))
    silent.begun.wait()
    end(transport)
    with pytest.raises(ApiProblem) as caught:
        calling.result(20)
    silent.over.set()
    assert caught.value.sent is Sent.NO
    return caught.value


class _Forbidden(Exception):
    """Holds what nobody may see."""

    def __init__(self) -> None:
        super().__init__(SECRET)
        self.errno = 13


@pytest.mark.parametrize(
    "error", [_Forbidden(), SystemExit(SECRET), asyncio.CancelledError(SECRET)], ids=["own", "exit", "cancel"]
)
@pytest.mark.parametrize("name", NAMES)
def test_an_error_of_the_resolver(name: str, error: BaseException) -> None:
    """What a resolver raises is a resolve problem that tells its type, and none of its text."""

    def plain(host: str, port: int) -> list[str]:
        raise error

    async def later(host: str, port: int) -> list[str]:
        raise error

    for resolver in [plain] + [later] * (not name.endswith("blocking") and not isinstance(error, SystemExit)):
        problem = fails(World(name), resolver)
        assert type(problem) is ResolveProblem
        told = "".join(traceback.format_exception(problem)) + f"{problem!r} {problem.detail} {vars(problem)}"
        assert SECRET not in told
        assert type(error).__name__ in str(problem.__cause__) or isinstance(error, asyncio.CancelledError)


@pytest.mark.parametrize("answer", [["service"], ["10.0.0.1", "[::1]"], [("", 80)], [], ()], ids=str)
def test_what_is_no_address(world: World, answer: Any) -> None:
    """A text that is no IP address, and an empty list, are resolve problems that name the resolver."""
    problem = fails(world, lambda host, port: answer)
    assert type(problem) is ResolveProblem
    assert "resolver: " in str(problem.detail)


async def _coroutine() -> list[str]:
    return ["127.0.0.1"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: "127.0.0.1",
        lambda: ("127.0.0.1", 80),
        lambda: [4],
        lambda: [("127.0.0.1", "80")],
        lambda: [("127.0.0.1", 0)],
        lambda: [("127.0.0.1", 65536)],
        lambda: [("127.0.0.1", 80, 0, 0)],
        lambda: [None],
        lambda: iter(["127.0.0.1"]),
        _coroutine,
    ],
    ids=["text", "one place", "number", "port as text", "port 0", "port too high", "four", "none", "iterator", "coroutine"],
)
def test_another_shape_is_the_users_mistake(world: World, make: Callable[[], Any]) -> None:
    """An answer of another shape is a usage error that names the resolver and says what is wanted."""
    with pytest.raises(UsageError, match=r"^resolver: it must return a list of IP addresses"):
        world.get(world.transport(resolver=lambda host, port: make()), "http://service.test/")


class _AsyncCallable:
    async def __call__(self, host: str, port: int) -> None: ...


@pytest.mark.parametrize("resolver", ["127.0.0.1", 3, ["127.0.0.1"], {}])
def test_what_is_no_function_is_refused(world: World, resolver: Any) -> None:
    """A resolver that cannot be called fails when a transport or a client is built, by name."""
    for build in (world.transport, Client, AsyncClient):
        with pytest.raises(UsageError, match=r"^resolver: "):
            build(resolver=resolver)


def test_an_async_function_is_refused_for_threads(world: World) -> None:
    """An async resolver is refused by what `Client` uses, when it is built, and taken by what `AsyncClient` uses."""
    for resolver in (_AsyncCallable(), _AsyncCallable().__call__):
        if world.name == "blocking":
            with pytest.raises(UsageError, match=r"^resolver: an async function needs AsyncClient"):
                world.transport(resolver=resolver)
        else:
            world.transport(resolver=resolver)


def test_clients_hand_it_on(server: FaultServer) -> None:
    """`resolver=` of both clients reaches their transports."""

    def resolver(host: str, port: int) -> list[tuple[str, int]]:
        return [("127.0.0.1", server.port)]

    with Client("http://service.test", resolver=resolver) as api:
        assert api.get("/").text == "service.test"

    async def work() -> str:
        async with AsyncClient("http://service.test", resolver=resolver) as api:
            return (await api.get("/")).text

    assert asyncio.run(work()) == "service.test"
