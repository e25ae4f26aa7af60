"""tinyproxy, which forwards http and tunnels https for those who know its password."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.real_servers.debian_daemons import ADDRESS, find, running, write

USER, PASSWORD = "ada", "s3cret"


@contextmanager
def tinyproxy(folder: Path, allowed: int) -> Iterator[int]:
    """Run tinyproxy, and give its port.

    It takes over no socket. Until it listens, its port is held by one that is bound and does not: both say SO_REUSEADDR, so
    that it may bind there all the same, and the system gives the port to nobody else.

    Args:
        folder: Where it works.
        allowed: The port to which it tunnels; to others it does not.
    """
    command = find("tinyproxy")
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((ADDRESS, 0))
        port: int = holder.getsockname()[1]
        config = write("tinyproxy.conf", folder, port=port, password=PASSWORD, allowed=allowed)
        with running([command, "-d", "-c", str(config)], folder, port):
            yield port
