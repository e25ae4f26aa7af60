"""The options of the httpx2 transport: what they do, and how they refuse what cannot be."""

import importlib.util
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seawall.client import AsyncClient, Client
from seawall.model import BytesBody, Sent, UsageError
from seawall.problems import CertificateProblem, DeadlineProblem, ProxyProblem, ReadTimeoutProblem, TlsProblem
from seawall.testing import FaultServer, Hang, Reply
from seawall.transport.httpx2 import AsyncHttpx2Transport, Httpx2Transport
from tests.unit.transport.httpx2_servers import Authority, HttpProxy, Service, SocksProxy
from tests.unit.transport.network_worlds import World, closed_port


@pytest.fixture(params=["blocking", "asyncio", "uvloop"])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"verify": 3}, "verify"),
        ({"verify": "/nowhere/ca.pem"}, "verify"),
        ({"cert": "/nowhere/cert.pem"}, "cert"),
        ({"cert": ()}, "cert"),
        ({"verify": ssl.create_default_context(), "cert": "x"}, "cert"),
        ({"proxy": "ftp://127.0.0.1"}, "proxy"),
        ({"proxy": "http://"}, "proxy"),
        ({"proxy": "http://127.0.0.1:http"}, "proxy"),
        ({"proxy": "http://127.0.0.1", "uds": "/x"}, "uds"),
        ({"proxy": "http://127.0.0.1", "local_address": "127.0.0.1"}, "local_address"),
        ({"max_connections": 0}, "max_connections"),
        ({"max_connections": True}, "max_connections"),
        ({"max_connections": 1.5}, "max_connections"),
        ({"max_keepalive_connections": -1}, "max_keepalive_connections"),
        ({"keepalive_expiry": -1}, "keepalive_expiry"),
        ({"keepalive_expiry": "15"}, "keepalive_expiry"),
        ({"keepalive_expiry": float("nan")}, "keepalive_expiry"),
    ],
)
def test_a_wrong_option_is_named(world: World, options: dict[str, Any], names: str) -> None:
    """An option that cannot be used fails when the transport is built, by its name."""
    with pytest.raises(UsageError, match=f"^{names}: "):
        world.transport(**options)


@pytest.mark.parametrize(
    ("options", "package", "extra"),
    [({"http2": True}, "h2", "http2"), ({"proxy": "socks5://127.0.0.1"}, "socksio", "socks")],
)
def test_a_missing_package_names_its_extra(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], package: str, extra: str
) -> None:
    """An option whose package is not installed says what to install."""
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == package else real(name))
    with pytest.raises(UsageError, match=rf"seawall\[{extra}\]"):
        Httpx2Transport(**options)


def test_trust_is_given_by_a_path(world: World, tmp_path: Path) -> None:
    """A file of certificates is trusted."""
    with FaultServer(tls=True) as server:
        server.route("GET", "/", Reply(text="fine"))
        path = tmp_path / "ca.pem"
        path.write_bytes(server.ca_pem)
        assert world.get(world.transport(verify=path), f"{server.url}/")[1] == b"fine"
        with pytest.raises(CertificateProblem):
            world.get(world.transport(), f"{server.url}/")


def test_trusting_anyone_warns(world: World) -> None:
    """verify=False works, and warns when the transport is built."""
    with FaultServer(tls=True) as server:
        server.route("GET", "/", Reply(text="fine"))
        with pytest.warns(UserWarning, match="verify=False") as warnings:
            transport = world.transport(verify=False)
        assert world.get(transport, f"{server.url}/")[1] == b"fine"
    assert len(warnings) == 1


@pytest.mark.parametrize("build", [Client, AsyncClient, Httpx2Transport, AsyncHttpx2Transport])
def test_the_warning_points_at_who_asked(build: Callable[..., object]) -> None:
    """The warning about verify=False names the line outside Seawall that gave it."""
    with pytest.warns(UserWarning, match="verify=False") as warnings:
        build(verify=False)
    assert [warning.filename for warning in warnings] == [__file__]


def test_a_client_certificate_is_shown(world: World, authority: Authority, tmp_path: Path) -> None:
    """A server that asks for a client's certificate gets it."""
    authority.server.verify_mode = ssl.CERT_REQUIRED
    authority.ca.configure_trust(authority.server)
    identity = authority.ca.issue_cert("client@example.org")
    ca, cert, key = (tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem"))
    ca.write_bytes(authority.ca.cert_pem.bytes())
    cert.write_bytes(b"".join(blob.bytes() for blob in identity.cert_chain_pems))
    key.write_bytes(identity.private_key_pem.bytes())
    with Service(_say_who, authority.server) as server:
        url = f"https://127.0.0.1:{server.port}/"
        assert world.get(world.transport(verify=ca, cert=(cert, key)), url)[1] == b"client"
        with pytest.raises((TlsProblem, ConnectionError)):
            world.get(world.transport(verify=ca), url)


def _say_who(connection: ssl.SSLSocket) -> None:
    connection.recv(65536)
    who = b"client" if connection.getpeercert() else b"nobody"
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n" + who)


def test_a_socket_in_the_file_system(world: World, tmp_path: Path) -> None:
    """uds connects to a path; the host goes into the Host header."""
    path, heads = str(tmp_path / "s"), []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, listener:
            heads.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    thread = threading.Thread(target=serve)
    thread.start()
    assert world.get(world.transport(uds=path), "http://engine.test/info")[1] == b"ok"
    thread.join()
    assert b"Host: engine.test\r\n" in heads[0]


def test_an_address_to_connect_from(world: World) -> None:
    """local_address is where connections come from."""
    peers: list[str] = []

    def handle(connection: socket.socket) -> None:
        peers.append(connection.getpeername()[0])
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with Service(handle) as server:
        assert world.get(world.transport(local_address="127.0.0.2"), f"http://127.0.0.1:{server.port}/")[0].status == 204
    assert peers == ["127.0.0.2"]


@pytest.mark.parametrize("secure_proxy", [False, True], ids=["http proxy", "https proxy"])
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_an_http_proxy(world: World, authority: Authority, secure_proxy: bool, secure: bool) -> None:
    """Plain requests are forwarded, https is tunnelled, also through a proxy with TLS, and its password goes to it alone."""
    with FaultServer(tls=secure) as server, HttpProxy(authority.server if secure_proxy else None) as proxy:
        route = server.route("*", "/", Reply(text="fine"))
        if secure:
            authority.client.load_verify_locations(cadata=server.ca_pem.decode())
        address = f"{'https' if secure_proxy else 'http'}://ada:pass%21@127.0.0.1:{proxy.port}"
        transport = world.transport(verify=authority.client, proxy=address)
        assert "pass" not in repr(vars(transport)) + repr(transport)

        async def work() -> list[bytes]:
            requests = [world.request(f"{server.url}/", "POST", body=BytesBody(b"x" * 200_000)) for _ in range(2)]
            bodies = [(await world.send(transport, request))[1] for request in requests]
            await transport.aclose()
            return bodies

        bodies = world.run(work())
    assert proxy.accepted == 1
    assert b"proxy-authorization: basic ywrhonbhc3mh" in proxy.heads[0].lower()
    if secure:
        assert bodies == [b"fine"] * 2
        assert [len(call.body) for call in route.calls] == [200_000] * 2
        assert "proxy-authorization" not in route.calls[0].headers
        assert proxy.heads[0].startswith(b"CONNECT 127.0.0.1:%d " % server.port)
    else:
        assert bodies == [b"POST http://127.0.0.1:%d/ HTTP/1.1" % server.port] * 2


def test_a_proxy_that_refuses(world: World) -> None:
    """A proxy that answers CONNECT with an error, hangs up or talks nonsense is a proxy problem, and nothing was sent."""
    refusals = [b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", b"220 mail ready\r\n\r\n"]
    for refusal in refusals:
        with HttpProxy(refusal=refusal) as proxy, pytest.raises(ProxyProblem) as caught:
            world.get(world.transport(proxy=f"http://127.0.0.1:{proxy.port}"), "https://api.test/")
        assert caught.value.sent is Sent.NO
    with pytest.raises(ProxyProblem) as caught:
        world.get(world.transport(proxy=f"http://127.0.0.1:{closed_port()}"), "https://api.test/")
    assert caught.value.sent is Sent.NO


def test_a_silent_origin_behind_a_tunnel(world: World) -> None:
    """Behind a tunnel the request's bytes count, those of CONNECT and of TLS do not."""
    with FaultServer(tls=True) as server, HttpProxy() as proxy:
        server.route("GET", "/", Hang())
        transport = world.transport(server, proxy=f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(ReadTimeoutProblem) as caught:
            world.get(transport, f"{server.url}/", world.clocks(read=0.05))
    assert caught.value.sent is Sent.MAYBE


@pytest.mark.parametrize("password", [None, (b"ada", b"pass!")], ids=["open", "password"])
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_socks_proxy(world: World, password: tuple[bytes, bytes] | None, secure: bool) -> None:
    """SOCKS5 works with and without a password, for http and https, and its handshake is not the request."""
    user = "ada:pass%21@" if password else ""
    with FaultServer(tls=secure) as server, SocksProxy(password) as proxy:
        server.route("GET", "/", Reply(text="fine"), Hang())
        transport = world.transport(server, proxy=f"socks5://{user}127.0.0.1:{proxy.port}")
        assert world.run(world.send(transport, world.request(f"{server.url}/")))[1] == b"fine"
        with pytest.raises(DeadlineProblem) as caught:
            world.get(transport, f"{server.url}/", world.clocks(0.2))
    assert caught.value.sent is Sent.MAYBE
    assert proxy.targets[0] == ("127.0.0.1", server.port)


@pytest.mark.parametrize(
    ("password", "reply", "user"),
    [(None, 5, ""), ((b"ada", b"right"), 0, "ada:wrong@"), ((b"ada", b"right"), 0, "")],
    ids=["refused", "wrong password", "no password"],
)
def test_a_socks_proxy_that_refuses(world: World, password: Any, reply: int, user: str) -> None:
    """A SOCKS proxy that says no is a proxy problem, and nothing was sent."""
    with SocksProxy(password, reply) as proxy, pytest.raises(ProxyProblem) as caught:
        world.get(world.transport(proxy=f"socks5://{user}127.0.0.1:{proxy.port}"), "http://api.test/")
    assert caught.value.sent is Sent.NO


def test_a_socks_proxy_that_is_none(world: World) -> None:
    """Something that does not speak SOCKS is a proxy problem, and nothing was sent."""
    mail = Service(lambda connection: (connection.recv(9), connection.sendall(b"220 mail\r\n")))
    with mail, pytest.raises(ProxyProblem) as caught:
        world.get(world.transport(proxy=f"socks5://127.0.0.1:{mail.port}"), "http://api.test/")
    assert caught.value.sent is Sent.NO


def test_the_environment_counts_only_if_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY is read with trust_env alone, and NO_PROXY lists what goes straight."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with FaultServer() as server, HttpProxy() as proxy:
        server.route("GET", "/", Reply(text="straight"))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        assert world.get(world.transport(), f"{server.url}/")[1] == b"straight"
        assert world.get(world.transport(trust_env=True), f"{server.url}/")[1].startswith(b"GET http://")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert world.get(world.transport(trust_env=True), f"{server.url}/")[1] == b"straight"


def test_idle_connections_expire(world: World) -> None:
    """With an expiry of 0 seconds, or no idle ones allowed, each request has a connection of its own."""
    for options in ({"keepalive_expiry": 0.0}, {"max_keepalive_connections": 0}):
        with FaultServer() as server:
            server.route("GET", "/", Reply())
            transport = world.transport(**options)

            async def work(transport: Any = transport, url: str = f"{server.url}/") -> None:
                for _ in range(3):
                    await world.send(transport, world.request(url))
                await transport.aclose()

            world.run(work())
            assert server.connections == 3
