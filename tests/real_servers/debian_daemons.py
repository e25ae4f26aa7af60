"""Running the daemons that Debian packages, in the foreground, for as long as the tests of a file need them.

Those that can take over a socket get one that listens already, so that nobody else can have their port, and calls made
before they are ready wait in its queue.
"""

import http.client
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

import seawall
from tests.transport_contract.gear import PATIENCE, wait_for
from tests.worlds import World

HERE = Path(__file__).parent
ADDRESS = "127.0.0.1"
# The shell stays between: it ends the daemon when its own input ends, so that no daemon outlives its test run.
KEEPER = ["sh", "-c", '"$@" & cat; kill $!; wait', "sh"]


class Certificates:
    """An authority, and a certificate of the loopback address for a server.

    Args:
        folder: Where the server finds what it shows.

    Attributes:
        server: File of its key and its certificate.
        authority: File of the authority.
    """

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.server, self.authority = folder / "server.pem", folder / "authority.pem"
        authority.issue_cert(ADDRESS).private_key_and_cert_chain_pem.write_to_path(str(self.server))
        authority.cert_pem.write_to_path(str(self.authority))

    def trust(self) -> ssl.SSLContext:
        """A client's context that trusts the authority and no other."""
        return ssl.create_default_context(cafile=self.authority)


class Sockets:
    """Sockets that listen on free ports, for a daemon to take over. Use it in a `with` block.

    Args:
        names: What they are called.
    """

    def __init__(self, *names: str) -> None:
        self._named = {name: socket.create_server((ADDRESS, 0), backlog=128) for name in names}

    def __enter__(self) -> "Sockets":
        return self

    def __exit__(self, *_details: object) -> None:
        for each in self._named.values():
            each.close()

    @property
    def descriptors(self) -> dict[str, int]:
        """Their numbers."""
        return {name: each.fileno() for name, each in self._named.items()}

    @property
    def ports(self) -> dict[str, int]:
        """Where they listen."""
        return {name: each.getsockname()[1] for name, each in self._named.items()}


def find(command: str) -> str:
    """Return the path of a daemon; where there is none, the test is skipped."""
    found = shutil.which(command) or shutil.which(command, path="/usr/sbin")
    if found is None or sys.platform != "linux":
        pytest.skip(f"{command} of Debian is not here; `make test` installs it for root")
    return found


def write(template: str, folder: Path, **values: object) -> Path:
    """Write the configuration `debian/TEMPLATE` to a folder, with the values that it names as `<name>`."""
    text = (HERE / "debian" / template).read_text()
    for name, value in values.items():
        text = text.replace(f"<{name}>", str(value))
    (folder / template).write_text(text)
    return folder / template


@contextmanager
def running(command: list[str], folder: Path, port: int, descriptors: Mapping[str, int] = {}, **options: Any) -> Iterator[None]:
    """Run a daemon until the block ends.

    Args:
        command: It and its arguments; it stays in the foreground.
        folder: Where it works.
        port: One where it listens without TLS.
        descriptors: Sockets that it takes over.
        options: More for `subprocess.Popen`.
    """
    keeper = [*KEEPER, *command]
    with (
        (folder / "words").open("w+") as words,
        subprocess.Popen(
            keeper, cwd=folder, stdin=subprocess.PIPE, stdout=words, stderr=words, pass_fds=[*descriptors.values()],
            start_new_session=True, **options,
        ),
    ):  # fmt: skip
        try:
            wait_for(lambda: _answers(port))
        except (AssertionError, OSError):
            pytest.fail(f"{command[0]} did not start:\n{words.seek(0) or words.read()}")
        yield


def _answers(port: int) -> bool:
    """Whether a daemon says something to what is no request; it is waited for where its socket listens already."""
    try:
        with socket.create_connection((ADDRESS, port), timeout=PATIENCE) as asking:
            asking.sendall(b"?\r\n\r\n")
            return asking.recv(1) != b""
    except ConnectionRefusedError:
        return False


def client(world: World, url: str, **options: Any) -> Any:
    """Make a client of the default transport; it sends once, so that no retry hides a fault."""
    transport: Any = (seawall.WireTransport if world.is_blocking else seawall.AsyncWireTransport)(**options)
    return world.client(url, transport=transport, retry=False)


def wait_until_tired(url: str, path: str, trust: ssl.SSLContext) -> None:
    """Let a server close a connection twice that was idle later than all before it."""
    parts = urlsplit(url)
    for _ in range(2):
        place = (ADDRESS, parts.port)
        secure = parts.scheme == "https"
        watcher = http.client.HTTPSConnection(*place, context=trust) if secure else http.client.HTTPConnection(*place)
        watcher.request("GET", path)
        watcher.getresponse().read()
        assert watcher.sock.recv(1) == b""
        watcher.close()
