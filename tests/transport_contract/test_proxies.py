"""Requests that go through somebody else."""

import base64
from collections.abc import Iterator

import pytest

from seawall import CertificateProblem, ConnectTimeoutProblem, DisconnectProblem, ProxyProblem, Secret, Sent
from seawall.testing import Behaviour, FaultServer, Garbage, Hang, LostAnswer, Reply, Reset, TlsIdentity
from tests.transport_contract.gear import closed_port
from tests.transport_contract.line import SOON, Bench
from tests.transport_contract.proxies import Socks, Tunnel

USER, PASSWORD = "ada", "s3cret"
CREDENTIALS = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"]
TOKEN = [("Authorization", Secret("Bearer t0ken"))]


def through(proxy: FaultServer) -> str:
    """The URL of a proxy with its credentials."""
    scheme, _, place = proxy.url.partition("://")
    return f"{scheme}://{USER}:{PASSWORD}@{place}"


@pytest.fixture
def origin(identity: TlsIdentity) -> Iterator[FaultServer]:
    """An https server behind the proxy."""
    with FaultServer(tls=identity) as server:
        yield server


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the proxies of whoever runs the tests away."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.row("proxies")
async def test_a_plain_request_names_its_origin_to_the_proxy(bench: Bench, server: FaultServer) -> None:
    """The proxy gets the whole URL, the origin's Host, its own credentials, and one connection for all origins it can serve."""
    proxy = server
    route = proxy.route("*", "*", Reply(text="by proxy"))
    async with bench.line("http://origin.example:8080", proxy=through(proxy)) as line:
        for _ in range(2):
            assert (await line.ask("POST", "/a?b=c", headers=TOKEN, body=b"x")).content == b"by proxy"
    call = route.calls[0]
    assert (call.target, call.headers["host"]) == ("http://origin.example:8080/a?b=c", "origin.example:8080")
    assert (call.headers["proxy-authorization"], call.body) == (CREDENTIALS, b"x")
    assert proxy.connections == 1


@pytest.mark.row("proxies")
async def test_a_tunnel_keeps_secrets_apart(bench: Bench, server: FaultServer, origin: FaultServer) -> None:
    """The proxy sees its own credentials and no token, the origin the token and no proxy credentials; the tunnel is kept."""
    tunnel = server.route("CONNECT", "*", Tunnel())
    route = origin.route("*", "/", Reply(text="end to end"))
    async with bench.line(origin, proxy=through(server)) as line:
        for _ in range(2):
            assert (await line.ask("POST", headers=TOKEN, body=b"x" * 200_000)).content == b"end to end"
    [asked] = tunnel.calls
    assert (asked.target, asked.headers["proxy-authorization"]) == (f"127.0.0.1:{origin.port}", CREDENTIALS)
    assert "authorization" not in asked.headers
    assert [call.headers["authorization"] for call in route.calls] == ["Bearer t0ken"] * 2
    assert all("proxy-authorization" not in call.headers for call in route.calls)
    server.wait_until_closed()


@pytest.mark.row("proxies")
@pytest.mark.parametrize(
    "behaviour",
    [Reply(407), Reply(403, text="no"), Reply(502, close=True), Garbage(), LostAnswer(), Reset("request")],
    ids=["407", "403", "502", "garbage", "closed", "reset"],
)
async def test_a_refused_tunnel(bench: Bench, server: FaultServer, origin: FaultServer, behaviour: Behaviour) -> None:
    """A proxy that does not open the tunnel is a proxy problem, nothing was sent to the origin, and the next call tries again."""
    server.route("CONNECT", "*", behaviour, Tunnel())
    route = origin.route("POST", "/", Reply(text="end to end"))
    async with bench.line(origin, proxy=through(server), max_connections=1) as line:
        problem = await line.fail("POST", headers=TOKEN, body=b"x")
        assert (type(problem), problem.sent, route.calls) == (ProxyProblem, Sent.NO, [])
        assert PASSWORD not in f"{problem!r} {problem.__cause__!r} {problem.detail}"
        assert (await line.ask("POST", body=b"x")).content == b"end to end"


@pytest.mark.row("proxies")
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_proxy_listens(bench: Bench, scheme: str) -> None:
    """A proxy that cannot be reached is a proxy problem, and nothing was sent."""
    async with bench.line(f"{scheme}://origin.example", proxy=f"http://127.0.0.1:{closed_port()}") as line:
        problem = await line.fail("POST", body=b"x")
    assert (type(problem), problem.sent) == (ProxyProblem, Sent.NO)


@pytest.mark.row("proxies")
async def test_a_proxy_that_is_silent(bench: Bench, server: FaultServer, origin: FaultServer) -> None:
    """Waiting for a tunnel counts as connecting."""
    server.route("CONNECT", "*", Hang())
    async with bench.line(origin, proxy=through(server)) as line:
        problem = await line.fail("POST", clocks=line.clocks(connect=SOON), body=b"x")
    assert (type(problem), problem.sent) == (ConnectTimeoutProblem, Sent.NO)
    server.wait_until_closed()


@pytest.mark.row("proxies")
async def test_a_bad_certificate_behind_a_tunnel(bench: Bench, server: FaultServer) -> None:
    """The origin's certificate is checked through the tunnel as without it."""
    server.route("CONNECT", "*", Tunnel())
    with FaultServer(tls=TlsIdentity()) as stranger:
        async with bench.line(stranger, proxy=server.url) as line:
            problem = await line.fail("POST", body=b"x")
        assert stranger.calls == []
    assert (type(problem), problem.sent) == (CertificateProblem, Sent.NO)


@pytest.mark.row("proxies")
async def test_an_answer_lost_in_a_tunnel(bench: Bench, server: FaultServer, origin: FaultServer) -> None:
    """Once the tunnel is open, what breaks is the origin's failure, and the request may have been sent."""
    server.route("CONNECT", "*", Tunnel())
    route = origin.route("POST", "/", LostAnswer())
    async with bench.line(origin, proxy=server.url) as line:
        problem = await line.fail("POST", body=b"x")
    assert (type(problem), problem.sent, len(route.calls)) == (DisconnectProblem, Sent.MAYBE, 1)


@pytest.mark.row("proxies")
@pytest.mark.parametrize("trust", [False, True], ids=["distrusted", "trusted"])
async def test_the_environment_counts_only_if_trusted(
    bench: Bench, server: FaultServer, fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch, trust: bool
) -> None:
    """HTTP_PROXY and HTTPS_PROXY are used with `trust_env`, and else not looked at."""
    server.route("GET", "*", Reply(text="by proxy"))
    fault_server.route("GET", "*", Reply(text="straight"))
    monkeypatch.setenv("http_proxy", through(server))
    async with bench.line(fault_server, trust_env=trust) as line:
        assert (await line.ask()).content == (b"by proxy" if trust else b"straight")
    assert [call.headers["proxy-authorization"] for call in server.calls] == [CREDENTIALS] * trust


@pytest.mark.row("proxies")
@pytest.mark.parametrize("exception", ["127.0.0.1", "*", "other.example,127.0.0.1"])
async def test_no_proxy_is_obeyed(
    bench: Bench, server: FaultServer, fault_server: FaultServer, monkeypatch: pytest.MonkeyPatch, exception: str
) -> None:
    """Hosts of NO_PROXY are reached straight, all others through the proxy."""
    server.route("GET", "*", Reply(text="by proxy"))
    fault_server.route("GET", "/", Reply(text="straight"))
    monkeypatch.setenv("ALL_PROXY", through(server))
    monkeypatch.setenv("NO_PROXY", exception)
    async with bench.line(fault_server, trust_env=True) as line:
        assert (await line.ask()).content == b"straight"
        if exception != "*":
            assert (await line.ask(path="http://origin.example/")).content == b"by proxy"
    assert len(server.calls) == (exception != "*")


@pytest.mark.row("socks")
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
async def test_a_socks_proxy(bench: Bench, server: FaultServer, secure: bool, origin: FaultServer) -> None:
    """A SOCKS5 proxy with a password carries http and https, and only it hears the password."""
    target = origin if secure else server
    route = target.route("POST", "/", Reply(text="end to end"))
    with Socks(PASSWORD) as socks:
        async with bench.line(target, proxy=f"socks5://{USER}:{PASSWORD}@127.0.0.1:{socks.port}") as line:
            for _ in range(2):
                assert (await line.ask("POST", headers=TOKEN, body=b"x")).content == b"end to end"
    assert (socks.greetings, socks.targets) == ([(USER, PASSWORD)], [f"127.0.0.1:{target.port}"])
    assert PASSWORD not in repr([call.headers for call in route.calls])


@pytest.mark.row("socks")
@pytest.mark.parametrize(("password", "answer"), [("other", 0), (PASSWORD, 5), (None, 2)], ids=["password", "refused", "rules"])
async def test_a_socks_proxy_that_refuses(bench: Bench, origin: FaultServer, password: str | None, answer: int) -> None:
    """A SOCKS5 proxy that knows better is a proxy problem, and nothing was sent."""
    with Socks(password, answer) as socks:
        async with bench.line(origin, proxy=f"socks5://{USER}:{PASSWORD}@127.0.0.1:{socks.port}") as line:
            problem = await line.fail("POST", body=b"x")
    assert (type(problem), problem.sent, origin.calls) == (ProxyProblem, Sent.NO, [])
