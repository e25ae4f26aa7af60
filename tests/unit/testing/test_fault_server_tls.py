"""The FaultServer with TLS."""

import socket
import ssl
import sys
import threading
from collections.abc import Iterator

import pytest

from seawall.testing._behaviours import CloseAfter, Hang, LostAnswer
from seawall.testing._breakage import Reset, Truncate
from seawall.testing._fault_server import FaultServer
from seawall.testing._floods import Endless
from seawall.testing._reply import Behaviour, Reply
from seawall.testing._tls import TlsIdentity
from tests.unit.testing.raw import GET, POST, Ended, RawClient, ask

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"


@pytest.fixture(scope="module")
def identity() -> TlsIdentity:
    """A good certificate."""
    return TlsIdentity()


@pytest.fixture
def server(identity: TlsIdentity) -> Iterator[FaultServer]:
    """A server with that certificate."""
    with FaultServer(tls=identity) as server:
        yield server


def shake(server: FaultServer, context: ssl.SSLContext, host: str = "127.0.0.1") -> None:
    """Do a handshake and leave."""
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=host),
    ):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_certificate_covers_the_loopback_names(server: FaultServer, identity: TlsIdentity, host: str) -> None:
    """The server's own context trusts its certificate under both names, and the URL says https."""
    assert server.url == f"https://127.0.0.1:{server.port}"
    assert server.ca_pem == identity.ca_pem
    shake(server, server.client_context(), host)
    server.wait_until_closed()


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"expired": True}, "certificate has expired"), ({"wrong_host": True}, "IP address mismatch")],
)
def test_a_bad_certificate_is_refused_for_its_reason(options: dict[str, bool], reason: str) -> None:
    """A client refuses the certificate for exactly the fault that was asked for, and the server survives that."""
    with FaultServer(tls=TlsIdentity(**options)) as server:
        with pytest.raises(ssl.SSLCertVerificationError, match=reason):
            shake(server, server.client_context())
        server.wait_until_closed()
        assert server.connections == 1


def test_nobody_else_trusts_the_authority(server: FaultServer) -> None:
    """A client with the usual trust refuses the certificate."""
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        shake(server, ssl.create_default_context())


def test_calls_come_through_tls(server: FaultServer) -> None:
    """Two calls on one TLS connection are answered and seen."""
    route = server.route("POST", "/x", Reply(text="1."), Reply(text="2."))
    with RawClient(server) as client:
        client.send(POST)
        client.read_to(b"1.")
        client.send(POST)
        client.read_to(b"2.")
    assert [call.body for call in route.calls] == [b"hello", b"hello"]


@pytest.mark.parametrize(
    ("behaviour", "data", "ended"),
    [
        (LostAnswer(), b"", "fin"),
        (Reset(), b"", "reset"),
        (Reset("body", Reply(body=b"abcd")), HEAD + b"ab", "reset"),
        (Truncate(Reply(body=b"abcd")), HEAD + b"ab", "fin"),
        (CloseAfter(Reply(body=b"abcd")), HEAD + b"abcd", "fin"),
    ],
)
def test_a_connection_ends_below_tls_as_it_is_told(server: FaultServer, behaviour: Behaviour, data: bytes, ended: Ended) -> None:
    """FIN and RST arrive below TLS as they do without it."""
    server.route("POST", "/x", behaviour)
    assert ask(server, POST) == (data, ended)


def test_waiting_ends_when_the_tls_peer_leaves(server: FaultServer) -> None:
    """A behaviour that waits notices through TLS that its peer has gone."""
    route = server.route("GET", "/x", Hang())
    with RawClient(server) as client:
        client.send(GET)
        route.wait_for_calls(1)
    server.wait_until_closed()


def test_closing_ends_every_tls_connection(identity: TlsIdentity) -> None:
    """Close wakes connections in the handshake, idle, held back, and sending to nobody who reads."""
    before = set(threading.enumerate())
    with FaultServer(tls=identity) as server:
        route = server.route("GET", "/x", Hang(), Endless())
        silent = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        with silent, RawClient(server) as hanging, RawClient(server) as flooded, RawClient(server):
            hanging.send(GET)
            flooded.send(GET)
            route.wait_for_calls(2)
            server.close()
            assert set(threading.enumerate()) <= before


def test_without_trustme_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where trustme is missing, the error says which extra brings it."""
    monkeypatch.setitem(sys.modules, "trustme", None)
    with pytest.raises(ModuleNotFoundError, match=r"seawall\[testing\]"):
        FaultServer(tls=True)


def test_a_plain_server_has_no_authority() -> None:
    """A server without TLS says so when its authority is asked for."""
    with pytest.raises(RuntimeError, match="tls=True"):
        _ = FaultServer().ca_pem
