"""What `NO_PROXY` says. There is no standard: these are the forms that curl, Go and requests agree on."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

__all__ = ["NoProxy"]

_PLACE = re.compile(r"(?:\[([^\[\]]+)\]|([^:\[\]]+))(?::([0-9]+))?").fullmatch


class NoProxy:
    """The hosts that are reached straight.

    Args:
        text: Entries between commas or spaces, each of them `*` for all, a name (for all below it, too; a `.` or `*.` before it
            changes nothing), an IP address, with or without brackets, or a network such as `10.0.0.0/8`. A port behind a name
            or an address limits it to that port. What is none of these matches nothing.
    """

    def __init__(self, text: str) -> None:
        self._is_all = False
        self._names: list[tuple[str, int | None]] = []
        self._networks: list[tuple[IPv4Network | IPv6Network, int | None]] = []
        for entry in re.split(r"[,\s]+", text.lower()):
            self._add(entry)

    def _add(self, entry: str) -> None:
        if entry == "*":
            self._is_all = True
        elif (network := _network(entry)) is not None:
            self._networks.append((network, None))
        elif (place := _PLACE(entry)) is not None:
            host, port = place[1] or place[2], None if place[3] is None else int(place[3])
            if (network := _network(host)) is not None:
                self._networks.append((network, port))
            elif place[2] is not None and (name := host.removeprefix("*").strip(".")):
                self._names.append((name, port))

    def covers(self, host: str, port: int) -> bool:
        """Whether a host, in lower case and without brackets, is reached straight."""
        if self._is_all:
            return True
        address = _address(host)
        if address is not None:
            return any(address in network and only in (None, port) for network, only in self._networks)
        dotted = "." + host.rstrip(".")
        return any(dotted.endswith("." + name) and only in (None, port) for name, only in self._names)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
