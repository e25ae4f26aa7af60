"""Making connections: from names and paths to sockets."""

import errno
import socket
from collections.abc import Callable
from typing import Any

from seawall.problems import ConnectProblem

from ._exchange import Exchange, Fault
from ._names import resolve
from ._options import Options
from ._race import check_connected, race
from ._resolver import Address
from ._wire import Wire
from ._wires import Wires

__all__ = ["Dialer"]

_UNDER_WAY = frozenset({0, errno.EINPROGRESS, getattr(errno, "WSAEWOULDBLOCK", errno.EINPROGRESS)})


class Dialer:
    """Opens the sockets of one engine.

    Args:
        options: The transport's.
        wires: Keeps an eye on all sockets from the moment they are made.
    """

    def __init__(self, options: Options, wires: Wires) -> None:
        self._local_address = options.local_address
        self._resolver = options.resolver
        self._wires = wires

    async def connect_tcp(self, host: str, port: int, exchange: Exchange) -> Wire:
        """Connect to a host; where it has several addresses, see `race`.

        Args:
            host: A name or an address, without brackets.
            port: Its port.
            exchange: Whose clocks limit it; its connect clock starts.

        Raises:
            Fault: It could not be done.
            UsageError: The user's resolver returned what it must not.
        """
        exchange.connecting()
        with self._wires.dialing(exchange):
            addresses = await resolve(host, port, exchange, self._resolver)
            if len(addresses) > 1:
                return await race(addresses, self._start_tcp, exchange)
            return await self._finish(lambda: self._start_tcp(addresses[0], exchange), exchange)

    async def connect_path(self, path: str, exchange: Exchange) -> Wire:
        """Connect to a socket in the file system.

        Raises:
            Fault: It could not be done.
        """
        exchange.connecting()
        with self._wires.dialing(exchange):
            return await self._finish(lambda: self._start(socket.socket(socket.AF_UNIX), path, exchange), exchange)

    def _start_tcp(self, address: Address, exchange: Exchange) -> tuple[Wire, bool]:
        family, kind, protocol, _, place = address
        return self._start(_tcp_socket(family, kind, protocol, self._local_address), place, exchange)

    def _start(self, sock: socket.socket, place: Any, exchange: Exchange) -> tuple[Wire, bool]:
        """Begin to connect; the second thing returned says whether it is done, as it is at once on some systems."""
        wire = Wire(sock)
        try:
            exchange.serve(wire)
            self._wires.add(wire)
            code = sock.connect_ex(place)
            if code not in _UNDER_WAY:
                raise OSError(code, "")
        except BaseException:
            wire.close()
            raise
        return wire, not code

    @staticmethod
    async def _finish(start: Callable[[], tuple[Wire, bool]], exchange: Exchange) -> Wire:
        wire = None
        try:
            wire, done = start()
            if not done:
                await exchange.ready(wire, writing=True)
                check_connected(wire)
        except BaseException as error:
            if wire is not None:
                wire.close()
            if isinstance(error, OSError):
                raise Fault(ConnectProblem, error) from None
            raise
        return wire


def _tcp_socket(family: int, kind: int, protocol: int, local_address: str | None) -> socket.socket:
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if local_address is not None:
            sock.bind((local_address, 0))
    except BaseException:
        sock.close()
        raise
    return sock
