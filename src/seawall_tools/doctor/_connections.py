"""The check of each address: whether anything accepts connections there."""

import errno
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from seawall.model import Origin

from ._finding import Finding, Level, Stopwatch
from ._names import Address

__all__ = ["connect_all", "open_socket"]

_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


class _Trial(msgspec.Struct, frozen=True):
    address: Address
    error: OSError | None
    seconds: float


def open_socket(address: Address, timeout: float) -> socket.socket:
    """Return a connected socket, whose further operations take as long at most.

    Args:
        address: Where to connect to.
        timeout: Seconds.

    Raises:
        OSError: It could not be done.
    """
    connection = socket.socket(address.number, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect(address.socket_address)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_all(origin: Origin, addresses: Sequence[Address], timeout: float) -> tuple[list[Address], list[Finding]]:
    """Try all addresses at once, and return those that can be connected to, with a finding for each.

    Where one of several is bad, Seawall takes the next: that costs time, and is a warning.

    Args:
        origin: The host and its port.
        addresses: At least one.
        timeout: Seconds for each.
    """
    with ThreadPoolExecutor(len(addresses)) as pool:
        trials = list(pool.map(lambda address: _try(address, timeout), addresses))
    good = [trial.address for trial in trials if trial.error is None]
    return good, [_finding(origin, trial, "warn" if good else "fail", timeout) for trial in trials]


def _try(address: Address, timeout: float) -> _Trial:
    watch = Stopwatch()
    try:
        open_socket(address, timeout).close()
    except OSError as error:
        return _Trial(address, error, watch.seconds)
    return _Trial(address, None, watch.seconds)


def _finding(origin: Origin, trial: _Trial, level: Level, timeout: float) -> Finding:
    address = trial.address
    facts = {"address": address.ip, "family": address.family, "port": origin.port}
    where = f"{address.family} {address.ip} port {origin.port}"
    if trial.error is None:
        return Finding(check="connect", message=where, seconds=trial.seconds, facts=facts)
    reason, remedy = _reason(origin, trial, timeout)
    if level == "warn":
        remedy = (
            f"Connections to {address.ip} fail ({reason}) and take the long way: mend that address, or take it out of the DNS."
        )
    return Finding(check="connect", level=level, message=f"{where}: {reason}", remedy=remedy, seconds=trial.seconds, facts=facts)


def _reason(origin: Origin, trial: _Trial, timeout: float) -> tuple[str, str]:
    error, ip, port = trial.error, trial.address.ip, origin.port
    if isinstance(error, ConnectionRefusedError):
        return "refused", f"Nothing listens at {ip} port {port}: start the server, or correct the port."
    if isinstance(error, TimeoutError):
        return (
            f"no answer within {timeout:g} s",
            f"{ip} does not answer at port {port}: a firewall drops the packets, or the server is down.",
        )
    if error is not None and error.errno in _NO_ROUTE:
        return f"no way to {trial.address.family} addresses like it", f"This machine has no route to {ip}: look at its network."
    name = errno.errorcode.get(error.errno or 0, type(error).__name__) if error is not None else ""
    return name, f"Connecting to {ip} port {port} failed with {name}: look at this machine's network and firewall."
