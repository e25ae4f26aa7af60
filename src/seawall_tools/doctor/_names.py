"""The check of the name: which addresses it has."""

import socket
import threading
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Any

import msgspec

from seawall.model import Origin

from ._finding import Finding, Stopwatch

__all__ = ["Address", "look_up"]

MAX_ADDRESSES = 16  # looked at; a name with more is a load balancer's, and they are alike
_NETWORK_FAILURES = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL})  # the name server did not answer, or not well


class Address(msgspec.Struct, frozen=True):
    """Where a connection can lead to.

    Attributes:
        family: "IPv4" or "IPv6".
        ip: The address as text.
        number: The family for `socket`.
        socket_address: The address for `socket`.
    """

    family: str
    ip: str
    number: int
    socket_address: Any


def look_up(origin: Origin, timeout: float) -> tuple[list[Address], Finding]:
    """Return the addresses of a host, in the order in which Seawall tries them.

    Args:
        origin: The host and its port.
        timeout: Seconds to wait.
    """
    watch = Stopwatch()
    answers: SimpleQueue[list[Address] | OSError | UnicodeError] = SimpleQueue()
    # A daemon: no system call for names can be given a deadline, and one that hangs must not hold up the end of the process.
    threading.Thread(target=_ask, args=(origin, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        return [], _failed(origin, f"no answer within {timeout:g} s", _silent(origin), watch)
    if isinstance(answer, Exception):
        return [], _failed(origin, str(answer.args[-1]), _remedy(origin, answer), watch)
    return answer, _found(origin, answer, watch)


def _ask(origin: Origin, answers: SimpleQueue[Any]) -> None:
    try:
        found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        answers.put(error)
    else:
        known = {(family, address): None for family, _, _, _, address in found}
        answers.put([_address(family, address) for family, address in list(known)[:MAX_ADDRESSES]])


def _address(number: int, socket_address: Any) -> Address:
    return Address("IPv6" if number == socket.AF_INET6 else "IPv4", str(socket_address[0]), int(number), socket_address)


def _found(origin: Origin, addresses: list[Address], watch: Stopwatch) -> Finding:
    facts = {"host": origin.host, "addresses": [{"family": each.family, "address": each.ip} for each in addresses]}
    if _is_address(origin.host):
        return Finding(check="dns", message=f"{origin.host} is an address; no name was looked up", facts=facts)
    families = [f"{family} {', '.join(ips)}" for family in ("IPv4", "IPv6") if (ips := _ips(addresses, family))]
    return Finding(check="dns", message=f"{origin.host} is {'; '.join(families)}", seconds=watch.seconds, facts=facts)


def _ips(addresses: list[Address], family: str) -> list[str]:
    return [each.ip for each in addresses if each.family == family]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _failed(origin: Origin, reason: str, remedy: str, watch: Stopwatch) -> Finding:
    return Finding(
        check="dns",
        level="fail",
        message=f"{origin.host} has no address: {reason}",
        remedy=remedy,
        seconds=watch.seconds,
        facts={"host": origin.host, "addresses": []},
    )


def _remedy(origin: Origin, error: OSError | UnicodeError) -> str:
    if isinstance(error, OSError) and error.errno in _NETWORK_FAILURES:
        return _silent(origin)
    return f"The name {origin.host} is unknown: look for a typing error, or for the network in which it is known (VPN)."


def _silent(origin: Origin) -> str:
    return f"No name server answers for {origin.host}: look whether this machine is online, and at its DNS settings."
