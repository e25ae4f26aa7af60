"""haproxy, with what `debian/haproxy.cfg` does, and as nothing but the end of TLS."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.real_servers.debian_daemons import ADDRESS, Certificates, Sockets, find, running, write


class Haproxy(NamedTuple):
    """A running haproxy.

    Attributes:
        http: Where it listens.
        https: Where it listens with TLS.
        hasty_http: Where it soon closes what nobody uses.
        hasty_https: The same with TLS.
        certificates: What it shows.
    """

    http: str
    https: str
    hasty_http: str
    hasty_https: str
    certificates: Certificates


@contextmanager
def haproxy(folder: Path, **ports: int) -> Iterator[Haproxy]:
    """Run haproxy.

    Args:
        folder: Where it works.
        ports: Of the servers behind it, by the names that the configuration has for them.
    """
    certificates = Certificates(folder)
    names = ["plain", "secure", "hasty_plain", "hasty_secure"]
    with _started("haproxy.cfg", folder, names, ports) as (plain, secure, hasty_plain, hasty_secure):
        yield Haproxy(f"http://{plain}", f"https://{secure}", f"http://{hasty_plain}", f"https://{hasty_secure}", certificates)


@contextmanager
def tls_door(folder: Path, behind: int) -> Iterator[tuple[int, Certificates]]:
    """Put TLS before a server that has none, and give its port and what it shows.

    Args:
        folder: Where haproxy works.
        behind: The server's port.
    """
    certificates = Certificates(folder)
    with _started("door.cfg", folder, ["plain", "secure"], {"behind": behind}) as (_, secure):
        yield int(secure.rpartition(":")[2]), certificates


@contextmanager
def _started(template: str, folder: Path, names: list[str], ports: dict[str, int]) -> Iterator[list[str]]:
    """Run haproxy on sockets of these names, the first of them without TLS, and give where they listen."""
    command = find("haproxy")
    with Sockets(*names) as sockets:
        config = write(template, folder, **ports, **sockets.descriptors)
        with running([command, "-db", "-f", str(config)], folder, sockets.ports[names[0]], sockets.descriptors):
            yield [f"{ADDRESS}:{port}" for port in sockets.ports.values()]
