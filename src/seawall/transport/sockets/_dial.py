"""Making connections: from addresses to sockets."""

import errno
import socket
from collections.abc import Callable
from typing import Any

from seawall.problems import ConnectProblem, ConnectTimeoutProblem

from ._exchange import Exchange, Fault
from ._names import resolve
from ._wire import Wire

__all__ = ["connect_path", "connect_tcp"]

_UNDER_WAY = frozenset({errno.EINPROGRESS, getattr(errno, "WSAEWOULDBLOCK", errno.EINPROGRESS)})


async def _connect(make: Callable[[], socket.socket], address: Any, exchange: Exchange, until: float | None = None) -> Wire:
    wire = Wire(make())
    try:
        exchange.serve(wire)
        code = wire.socket.connect_ex(address)
        if code in _UNDER_WAY:
            await exchange.ready(wire, writing=True, until=until)
            code = wire.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise OSError(code, "")
    except BaseException as error:
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


async def connect_tcp(host: str, port: int, local_address: str | None, exchange: Exchange) -> Wire:
    """Try the addresses of a host in turn; each gets its share of the time, so that a black hole leaves some for the next.

    Args:
        host: A name or an address, without brackets.
        port: Its port.
        local_address: Address of this machine to connect from, or None.
        exchange: Whose clocks limit it; its connect clock starts.

    Raises:
        Fault: It could not be done.
    """
    exchange.connecting()
    addresses = await resolve(host, port, exchange)
    last = Fault(ConnectProblem)
    for place, (family, kind, protocol, _, address) in enumerate(addresses):
        until = exchange.share(len(addresses) - place)

        def make(family: int = family, kind: int = kind, protocol: int = protocol) -> socket.socket:
            return _tcp_socket(family, kind, protocol, local_address)

        try:
            return await _connect(make, address, exchange, until)
        except Fault as fault:
            if fault.kind not in (ConnectProblem, ConnectTimeoutProblem):
                raise
            last = fault
        except OSError as error:
            last = Fault(ConnectProblem, error)
    raise last


async def connect_path(path: str, exchange: Exchange) -> Wire:
    """Connect to a socket in the file system.

    Raises:
        Fault: It could not be done.
    """
    exchange.connecting()
    return await _connect(lambda: socket.socket(socket.AF_UNIX), path, exchange)
