"""nginx, with what `debian/nginx.conf` answers."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.real_servers.debian_daemons import ADDRESS, Certificates, Sockets, find, running, write


class Nginx(NamedTuple):
    """A running nginx.

    Attributes:
        http: Where it listens.
        https: Where it listens with TLS.
        older: Where it listens with TLS 1.2 only.
        files: The folder that it serves as `/files/`.
        certificates: What it shows.
    """

    http: str
    https: str
    older: str
    files: Path
    certificates: Certificates


@contextmanager
def nginx(folder: Path, back: int = 1, faults: int = 1) -> Iterator[Nginx]:
    """Run nginx.

    Args:
        folder: Where it works.
        back: Port of a server that behaves, which it stands before.
        faults: Port of one that does not.
    """
    command = find("nginx")
    certificates = Certificates(folder)
    (folder / "files").mkdir()
    with Sockets("plain", "secure", "older") as sockets:
        config = write("nginx.conf", folder, back=back, faults=faults, **sockets.ports)
        # With its own name in the environment it takes these sockets over, as if from a binary that it replaces.
        environment = {**os.environ, "NGINX": "".join(f"{number};" for number in sockets.descriptors.values())}
        line = [command, "-p", str(folder), "-e", "stderr", "-c", str(config)]
        ports = sockets.ports
        with running(line, folder, ports["plain"], sockets.descriptors, env=environment):
            plain, secure, older = (f"{ADDRESS}:{port}" for port in ports.values())
            yield Nginx(f"http://{plain}", f"https://{secure}", f"https://{older}", folder / "files", certificates)
