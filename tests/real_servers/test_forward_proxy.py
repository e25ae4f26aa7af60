"""The default transports through tinyproxy, with and without TLS before it, to nginx, which counts what arrives.

tinyproxy closes the connection after each answer that it forwards, and does not say so. Who sends at that moment cannot know
whether the request was read, so a test that sends more than one says by `Connection: close` that it expects none to be kept.
"""

import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import seawall
from tests.real_servers.debian_daemons import client
from tests.real_servers.debian_haproxy import tls_door
from tests.real_servers.debian_nginx import Nginx, nginx
from tests.real_servers.debian_tinyproxy import PASSWORD, USER, tinyproxy
from tests.real_servers.engine_answers import BIG
from tests.worlds import World

VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"]
CLOSING = {"Connection": "close"}
NOBODY = "127.0.0.1:1"  # where nobody listens


class Way(NamedTuple):
    """A way through a proxy.

    Attributes:
        server: Where it leads.
        scheme: How the proxy is spoken to.
        place: Its address and port.
        trust: What a client trusts, for either end.
    """

    server: Nginx
    scheme: str
    place: str
    trust: ssl.SSLContext

    def url(self, user: str | None = f"{USER}:{PASSWORD}") -> str:
        """The URL of the proxy, for who knows its password or for another."""
        return f"{self.scheme}://{user}@{self.place}" if user else f"{self.scheme}://{self.place}"


class Proxies(NamedTuple):
    """What runs.

    Attributes:
        server: The end of all ways.
        http: The proxy.
        https: TLS before the proxy.
        authority: Who vouches for that.
    """

    server: Nginx
    http: int
    https: int
    authority: Path


@pytest.fixture(scope="module")
def proxies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxies]:
    """nginx, tinyproxy that tunnels to its TLS port, and haproxy before that."""
    make = tmp_path_factory.mktemp
    with (
        nginx(make("nginx")) as server,
        tinyproxy(make("tinyproxy"), allowed=int(server.https.rpartition(":")[2])) as port,
        tls_door(make("haproxy"), port) as (secure, certificates),
    ):
        yield Proxies(server, port, secure, certificates.authority)


@pytest.fixture(params=["http", "https"], ids=["http proxy", "https proxy"])
def way(request: pytest.FixtureRequest, proxies: Proxies) -> Way:
    """The way through tinyproxy, without and with TLS to it."""
    trust = proxies.server.certificates.trust()
    trust.load_verify_locations(proxies.authority)
    return Way(proxies.server, request.param, f"127.0.0.1:{getattr(proxies, request.param)}", trust)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the proxies of whoever runs the tests away."""
    for name in VARIABLES:
        monkeypatch.delenv("/files/body", raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def through(world: World, way: Way, url: str, **options: Any) -> Any:
    """A client that reaches a server by the proxy."""
    return client(world, url, **{"verify": way.trust, "proxy": way.url(), **options})


async def test_a_plain_request_is_forwarded(world: World, way: Way) -> None:
    """nginx sees who forwarded it, and no password of the proxy; each call comes by a connection of its own."""
    async with through(world, way, way.server.http) as api:
        responses = [await api.post("/hello", content=b"x", headers=CLOSING) for _ in range(3)]
    assert [response.content for response in responses] == [b"hello"] * 3
    for response in responses:
        assert re.fullmatch(r"by <1\.1 .*tinyproxy.*> with <>", response.headers["x-proxy"])
    assert len({response.headers["x-connection"] for response in responses}) == 3


async def test_a_tunnel_is_kept(world: World, way: Way) -> None:
    """Ten calls to an https server are ten requests on one connection, which nobody has looked into."""
    async with through(world, way, way.server.https) as api:
        responses = [await api.get("/hello") for _ in range(10)]
    assert len({response.headers["x-connection"] for response in responses}) == 1
    assert [response.headers["x-request"] for response in responses] == [str(number) for number in range(1, 11)]
    assert {response.headers["x-proxy"] for response in responses} == {"by <> with <>"}


async def test_a_tunnel_that_the_server_ends_is_opened_again(world: World, way: Way) -> None:
    """With `keepalive_requests 3`, seven calls come by three tunnels, and none fails."""
    async with through(world, way, way.server.https) as api:
        responses = [await api.post("/thrice", content=b"x") for _ in range(7)]
    assert [response.headers["x-request"] for response in responses] == ["1", "2", "3", "1", "2", "3", "1"]
    assert [response.headers["x-tls"][-1] for response in responses] == [".", ".", ".", "r", "r", "r", "r"]


@pytest.mark.parametrize("place", ["http", "https"], ids=["forwarded", "tunnel"])
async def test_long_bodies_go_both_ways(world: World, way: Way, place: str) -> None:
    """Five megabytes reach the server, also in chunks, and come back whole."""
    async with through(world, way, getattr(way.server, place)) as api:
        await api.put("/files/body", content=BIG, headers=CLOSING)
        assert (await api.get("/files/body", headers=CLOSING)).content == BIG
        await api.put("/files/body", content=iter([BIG, BIG]), headers=CLOSING)
        async with api.stream("GET", "/files/body", headers=CLOSING) as response:
            assert b"".join([piece async for piece in world.pieces(response)]) == BIG + BIG
        head = await api.head("/files/body", headers=CLOSING)
        assert (head.headers["content-length"], head.content) == (str(2 * len(BIG)), b"")


@pytest.mark.parametrize("user", [None, "ada:wrong"], ids=["none", "wrong"])
async def test_the_proxy_wants_its_password(world: World, way: Way, user: str | None) -> None:
    """Without it a tunnel is a proxy problem with nothing sent, and what was to be forwarded is answered by the proxy."""
    async with through(world, way, way.server.https, proxy=way.url(user)) as api:
        with pytest.raises(seawall.ProxyProblem) as caught:
            await api.post("/hello", content=b"x")
    assert caught.value.sent is seawall.Sent.NO
    async with through(world, way, way.server.http, proxy=way.url(user)) as api:
        with pytest.raises(seawall.ClientErrorProblem) as answered:
            await api.post("/hello", content=b"x")
    # What tinyproxy says to a wrong password is the server's word for it, not the proxy's.
    assert answered.value.status == (407 if user is None else 401)


async def test_where_the_proxy_does_not_lead(world: World, way: Way) -> None:
    """A port that it does not tunnel to, and one where nobody listens: nothing was sent, and the next call works."""
    for url in (way.server.older, f"https://{NOBODY}"):
        async with through(world, way, way.server.https) as api:
            with pytest.raises(seawall.ProxyProblem) as caught:
                await api.post(f"{url}/hello", content=b"x")
            assert caught.value.sent is seawall.Sent.NO
            assert (await api.get("/hello")).content == b"hello"
    async with through(world, way, f"http://{NOBODY}") as api:
        with pytest.raises(seawall.ServerErrorProblem) as answered:
            await api.post("/hello", content=b"x")
    assert answered.value.status == 500


async def test_a_stranger_behind_the_proxy_is_not_trusted(world: World, way: Way, proxies: Proxies) -> None:
    """The certificate of the server behind a tunnel counts, whoever vouches for the proxy."""
    trust = ssl.create_default_context(cafile=proxies.authority)
    async with through(world, way, way.server.https, verify=trust) as api:
        with pytest.raises(seawall.CertificateProblem) as caught:
            await api.post("/hello", content=b"x")
    assert caught.value.sent is seawall.Sent.NO


@pytest.mark.parametrize("place", ["http", "https"])
async def test_the_environment_counts_when_asked(world: World, way: Way, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With `trust_env` the proxy of the scheme is used, unless NO_PROXY names the server; without it never."""
    url = getattr(way.server, place)
    monkeypatch.setenv(f"{place.upper()}_PROXY", way.url("ada:wrong"))

    async def reaches(**options: Any) -> bool:
        async with client(world, url, verify=way.trust, **options) as api:
            try:
                return bool((await api.get("/hello")).content == b"hello")
            except (seawall.ProxyProblem, seawall.UnauthorizedProblem):
                return False

    assert await reaches()
    assert not await reaches(trust_env=True)
    monkeypatch.setenv("NO_PROXY", "localhost, 127.0.0.1")
    assert await reaches(trust_env=True)
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv(f"{place.upper()}_PROXY", way.url())
    assert await reaches(trust_env=True)
