"""`seawall doctor`: TLS and its certificates."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from seawall.testing import FaultServer, Reply, TlsIdentity
from tests.commands.certificates import ChainIdentity, Issued
from tests.commands.kit import run


@pytest.fixture(scope="module")
def root() -> Issued:
    """An authority that is trusted where its file is given."""
    return Issued("Acme Root", is_authority=True)


@pytest.fixture(scope="module")
def intermediate(root: Issued) -> Issued:
    """An authority below it."""
    return Issued("Acme Intermediate", root, is_authority=True)


@pytest.fixture
def trusted(root: Issued, tmp_path: Path) -> str:
    """The file of the root."""
    path = tmp_path / "root.pem"
    path.write_bytes(root.pem)
    return str(path)


def examine(identity: TlsIdentity, *words: str, host: str = "127.0.0.1", **variables: Any) -> tuple[int, str, dict[str, Any]]:
    """Look at a server with this identity: the exit code, the verdict, and the checks by name."""
    with FaultServer(tls=identity) as server:
        server.route("HEAD", "/", Reply(200))
        done = run("doctor", f"https://{host}:{server.port}", "--json", *words, **variables)
    document = json.loads(done.out)
    return done.code, document["verdict"], {check["check"]: check for check in reversed(document["checks"])}


def failed(checks: dict[str, Any]) -> list[str]:
    """The names of the checks that failed, in alphabetical order."""
    return sorted(name for name, check in checks.items() if check["level"] == "fail")


def test_a_good_certificate(root: Issued, intermediate: Issued, trusted: str) -> None:
    """A whole chain to a trusted root is well, and told: version, protocol, subjects, issuer, days, host, authority."""
    identity = ChainIdentity(Issued("localhost", intermediate), intermediate)
    code, verdict, checks = examine(identity, "--cacert", trusted)
    assert (code, verdict, failed(checks)) == (0, "All is well.", [])
    assert (checks["tls"]["facts"]["version"], checks["tls"]["facts"]["alpn"]) == ("TLSv1.3", "http/1.1")
    assert checks["chain"]["message"] == "localhost <- Acme Intermediate; issued by Acme Root"
    assert checks["validity"]["facts"]["days_left"] == 90
    assert checks["host"]["facts"] == {"hosts": ["localhost", "127.0.0.1"], "matches": True}
    assert checks["authority"]["message"] == "trusted by root.pem"


def test_the_systems_store_is_asked_by_default(root: Issued, trusted: str) -> None:
    """Without `--cacert` the system decides, here through the variable that names its file."""
    code, _, checks = examine(ChainIdentity(Issued("localhost", root)), SSL_CERT_FILE=trusted)
    assert (code, checks["authority"]["message"]) == (0, "trusted by this system")


def test_an_expired_certificate(root: Issued, trusted: str) -> None:
    """An expired certificate is called expired, its authority is not blamed, and HTTP is asked all the same."""
    code, verdict, checks = examine(ChainIdentity(Issued("localhost", root, days=-3)), "--cacert", trusted)
    assert (code, failed(checks), checks["http"]["level"]) == (1, ["validity"], "ok")
    assert verdict.startswith("The certificate of localhost expired on ")
    assert "asked without verifying the certificate" in checks["http"]["message"]


def test_a_certificate_that_ends_soon(root: Issued, trusted: str) -> None:
    """A certificate that ends within two weeks is a warning."""
    code, verdict, checks = examine(ChainIdentity(Issued("localhost", root, days=13)), "--cacert", trusted)
    assert (code, checks["validity"]["level"], checks["validity"]["facts"]["days_left"]) == (0, "warn", 13)
    assert verdict.startswith("It works. The certificate of localhost ends on ")


def test_a_certificate_of_the_future(root: Issued, trusted: str) -> None:
    """A certificate that is not valid yet points to this machine's clock."""
    _, verdict, checks = examine(ChainIdentity(Issued("localhost", root, begins=2)), "--cacert", trusted)
    assert failed(checks) == ["validity"]
    assert "look whether this machine's clock is right" in verdict


def test_a_certificate_for_another_host(tmp_path: Path) -> None:
    """A certificate for another host names the hosts that it is for, and its authority is not blamed."""
    identity = TlsIdentity(wrong_host=True)
    (tmp_path / "ca.pem").write_bytes(identity.ca_pem)
    code, verdict, checks = examine(identity, "--cacert", str(tmp_path / "ca.pem"))
    assert (code, failed(checks)) == (1, ["host"])
    assert verdict.startswith("The certificate is for elsewhere.example, not for 127.0.0.1")


def test_a_self_signed_certificate(trusted: str) -> None:
    """A self-signed certificate is called so, and the remedy says how to trust it."""
    _, verdict, checks = examine(ChainIdentity(Issued("localhost")), "--cacert", trusted)
    assert (failed(checks), checks["authority"]["facts"]["fault"]) == (["authority"], "self-signed")
    assert verdict.startswith("The certificate of localhost is self-signed")


@pytest.mark.parametrize("depth", ["root", "root sent", "intermediate", "leaf"])
def test_an_unknown_authority(trusted: str, depth: str) -> None:
    """An authority that is not trusted is named, however much of its chain the server sends."""
    other = Issued("Other Root", is_authority=True)
    below = Issued("Other Intermediate", other, is_authority=True, names_its_issuer=True)
    identities = {
        "root": ChainIdentity(Issued("localhost", below), below, other),
        "root sent": ChainIdentity(Issued("localhost", other), other),
        "intermediate": ChainIdentity(Issued("localhost", below, names_its_issuer=True), below),
        "leaf": ChainIdentity(Issued("localhost", other)),
    }
    _, verdict, checks = examine(identities[depth], "--cacert", trusted)
    assert (failed(checks), checks["authority"]["facts"]["fault"]) == (["authority"], "unknown_authority")
    assert verdict.startswith("Other Root, which issued the certificate, is not trusted by root.pem")


@pytest.mark.parametrize("sends", ["nothing", "another"])
def test_a_missing_intermediate(root: Issued, intermediate: Issued, trusted: str, sends: str) -> None:
    """A chain with a gap is the server's fault, and told from an authority that is not trusted."""
    identities = {
        "nothing": ChainIdentity(Issued("localhost", intermediate, names_its_issuer=True)),
        "another": ChainIdentity(Issued("localhost", intermediate), Issued("Stray", root, is_authority=True)),
    }
    _, verdict, checks = examine(identities[sends], "--cacert", trusted)
    assert (failed(checks), checks["authority"]["facts"]["fault"]) == (["authority"], "missing_intermediate")
    assert verdict.startswith("The server does not send the certificate of Acme Intermediate, which issued localhost")


def test_an_intermediate_that_expired(root: Issued, trusted: str) -> None:
    """Where not the server's own certificate has expired but one above it, that one is named."""
    old = Issued("Old Intermediate", root, is_authority=True, days=-1)
    _, verdict, _ = examine(ChainIdentity(Issued("localhost", old), old), "--cacert", trusted)
    assert verdict.startswith("The certificate of Old Intermediate expired on ")


def test_a_server_that_wants_a_certificate(root: Issued, trusted: str, tmp_path: Path) -> None:
    """A server that ends the connection for want of a client's certificate is understood, and the call with one succeeds."""
    client = Issued("client", root)
    (tmp_path / "client.pem").write_bytes(client.pem)
    (tmp_path / "client.key").write_bytes(client.key_pem)
    with FaultServer(tls=ChainIdentity(Issued("localhost", root), asks=root)) as server:
        server.route("GET", "/", Reply(text="in"))
        done = run("doctor", server.url, "--cacert", trusted)
        assert done.text.splitlines()[-1].startswith("The server ends the secure connection as soon as it is used: most likely")
        words = ["--cacert", trusted, "--cert", str(tmp_path / "client.pem"), "--key", str(tmp_path / "client.key")]
        assert run("call", server.url, *words).out == b"in"


def test_all_faults_are_told_at_once() -> None:
    """A certificate that is expired, of an unknown authority and for another host is called all three."""
    with FaultServer(tls=TlsIdentity(expired=True, wrong_host=True)) as server:
        done = run("doctor", server.url)
    assert [line.split()[1] for line in done.text.splitlines() if line.startswith("fail")] == ["validity", "host", "authority"]
    assert done.text.splitlines()[-1].endswith("(2 more faults above)")


@pytest.fixture
def plain_server() -> Iterator[int]:
    """The port of a server that answers everything with plain HTTP, also the greeting of TLS."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                if connection.recv(65536):
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    with closing(listener):
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_server_of_plain_http_at_an_https_address(plain_server: int) -> None:
    """A port that answers TLS with plain HTTP is called so."""
    done = run("doctor", f"https://127.0.0.1:{plain_server}")
    assert done.code == 1
    assert done.text.splitlines()[-1].startswith(f"127.0.0.1 port {plain_server} does not speak TLS: write http://")


def test_a_server_of_https_at_an_http_address() -> None:
    """A port that hangs up on plain HTTP and speaks TLS is called so."""
    with FaultServer(tls=True) as server:
        done = run("doctor", f"http://127.0.0.1:{server.port}")
    assert done.code == 1
    assert done.text.splitlines()[-1] == f"127.0.0.1 port {server.port} speaks TLS: write https:// in place of http://."


@pytest.fixture
def both_server() -> Iterator[int]:
    """The port of a server of TLS that tells plain HTTP, in plain HTTP, that it has come to the wrong place."""
    listener = socket.create_server(("127.0.0.1", 0))
    context = TlsIdentity().server_context()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                if connection.recv(1, socket.MSG_PEEK) == b"\x16":
                    with closing(context.wrap_socket(connection, server_side=True)):
                        continue
                if connection.recv(65536):
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    with closing(listener):
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_server_of_https_that_answers_plain_http_with_400(both_server: int) -> None:
    """A port that says 400 in plain HTTP, as nginx and Go do, and speaks TLS is called so, and not well."""
    done = run("doctor", f"http://127.0.0.1:{both_server}")
    assert done.code == 1
    assert done.text.splitlines()[-1] == f"127.0.0.1 port {both_server} speaks TLS: write https:// in place of http://."


def test_a_bad_request_of_a_plain_server_stays_one(plain_server: int) -> None:
    """A 400 at a port that speaks no TLS is about the request."""
    done = run("doctor", f"http://127.0.0.1:{plain_server}")
    assert done.code == 0
    assert done.text.splitlines()[-1].endswith("with 400 Bad Request: look at what it expects there.")


def test_a_server_that_says_nothing(fault_server: FaultServer) -> None:
    """A port that accepts a connection and says nothing ends with the time limit."""
    done = run("doctor", f"https://127.0.0.1:{fault_server.port}", "--timeout", "0.3")
    assert "accepts connections and then says nothing for 0.3 s" in done.text.splitlines()[-1]
