"""HTTP/2 through the httpx2 transport."""

import pytest

from seawall.model import BytesBody, Sent
from seawall.problems import ReadTimeoutProblem
from seawall.testing import FaultServer, Reply
from tests.unit.transport.httpx2_servers import Authority, Http2Server
from tests.unit.transport.network_worlds import World


@pytest.fixture(params=["blocking", "asyncio", "uvloop"])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture
def authority() -> Authority:
    return Authority()


def test_http2_is_spoken(world: World, authority: Authority) -> None:
    """With http2=True a server that offers it is spoken to in HTTP/2, over one connection, bodies included."""
    with Http2Server(authority.server) as server:
        transport = world.transport(verify=authority.client, http2=True)
        url = f"https://127.0.0.1:{server.port}/x"

        async def work() -> None:
            for method, body in (("GET", b""), ("POST", b"abc"), ("POST", b"z" * 100_000)):
                response, content = await world.send(transport, world.request(url, method, body=BytesBody(body)))
                assert (response.http_version, response.headers["x-kind"]) == ("HTTP/2", "two")
                assert content == f"{method} /x ".encode() + body[: 16000 - len(f"{method} /x ")]
            await transport.aclose()

        world.run(work())
        assert server.accepted == 1


def test_http2_keeps_its_clocks(world: World, authority: Authority) -> None:
    """Under HTTP/2 the deadline holds, many calls at once use connections of their own, and a broken one is not used again."""
    with Http2Server(authority.server, mute=True) as server:
        transport = world.transport(verify=authority.client, http2=True, max_connections=2)
        url = f"https://127.0.0.1:{server.port}/"
        for _ in range(3):
            with pytest.raises(ReadTimeoutProblem) as caught:
                world.run(world.send(transport, world.request(url), world.clocks(read=0.1)))
            assert caught.value.sent is Sent.MAYBE
        world.run(transport.aclose())
        assert server.accepted == 3


def test_a_stale_http2_connection_is_noticed(world: World, authority: Authority) -> None:
    """A kept HTTP/2 connection that the peer closed meanwhile is not used: the call goes over another, and is sent once."""
    with Http2Server(authority.server, once=True) as server:
        transport = world.transport(verify=authority.client, http2=True, max_connections=1)
        url = f"https://127.0.0.1:{server.port}/"

        async def work() -> None:
            for _ in range(3):
                response, body = await world.send(transport, world.request(url, "POST", body=BytesBody(b"x")))
                assert (response.connection or "").startswith("new connection")
                assert body == b"POST / x"
                assert server.closed.acquire(timeout=20)
            await transport.aclose()

        world.run(work())
        assert server.accepted == 3


def test_http2_is_only_an_offer(world: World) -> None:
    """A server of HTTP/1.1 is spoken to in HTTP/1.1."""
    with FaultServer(tls=True) as server:
        server.route("GET", "/", Reply(text="one"))
        response, body = world.get(world.transport(server, http2=True), f"{server.url}/")
    assert (response.http_version, body) == ("HTTP/1.1", b"one")
