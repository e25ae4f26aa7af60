"""Making connections: addresses to sockets, and the doors through which httpcore2 asks for them."""

import errno
import socket
import threading
import weakref
from collections.abc import Callable
from typing import Any

import httpcore2

from seawall.chain import drive
from seawall.problems import ConnectProblem, ConnectTimeoutProblem, DisconnectProblem

from ._exchange import Exchange, Fault
from ._names import resolve
from ._stream import BlockingStream, Stream
from ._wire import Wire

__all__ = ["Backend", "BlockingBackend"]

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


async def _dial(host: str, port: int, local_address: str | None, exchange: Exchange) -> Wire:
    """Try the addresses in turn; each gets its share of the time, so that a black hole leaves some for the next."""
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


class Backend(httpcore2.AsyncNetworkBackend):
    """Opens connections; keeps an eye on those that are open."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._wires: weakref.WeakSet[Wire] = weakref.WeakSet()

    @property
    def wires(self) -> list[Wire]:
        """The sockets that are still held by anyone."""
        with self._mutex:
            return list(self._wires)

    def close(self) -> None:
        """Close idle sockets, and wake those whose sockets are in use: they close them."""
        for wire in self.wires:
            user = wire.user
            if user is None:
                wire.close()
            else:
                user.abort(DisconnectProblem)

    def bury(self) -> None:
        """Close all sockets: their event loop is gone, and whoever used them."""
        for wire in self.wires:
            if wire.user is not None:
                wire.user.finish()
            wire.close()

    async def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: str | None = None, socket_options: Any = None
    ) -> Stream:
        """Connect to a host by name or address.

        Raises:
            Fault: It could not be done.
        """
        timeout.connecting()
        return self._stream(await _dial(host.strip("[]"), port, local_address, timeout), timeout)

    async def connect_unix_socket(self, path: str, timeout: Any = None, socket_options: Any = None) -> Stream:
        """Connect to a socket in the file system.

        Raises:
            Fault: It could not be done.
        """
        timeout.connecting()
        return self._stream(await _connect(lambda: socket.socket(socket.AF_UNIX), path, timeout), timeout)

    def _stream(self, wire: Wire, exchange: Exchange) -> Stream:
        with self._mutex:
            self._wires.add(wire)
        return Stream(wire, wire, 0, exchange.greetings, exchange)


class BlockingBackend(httpcore2.NetworkBackend):
    """The face of a `Backend` in the blocking world."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: str | None = None, socket_options: Any = None
    ) -> BlockingStream:
        """See `Backend.connect_tcp`."""
        return BlockingStream(drive(self._backend.connect_tcp(host, port, timeout, local_address)))

    def connect_unix_socket(self, path: str, timeout: Any = None, socket_options: Any = None) -> BlockingStream:
        """See `Backend.connect_unix_socket`."""
        return BlockingStream(drive(self._backend.connect_unix_socket(path, timeout)))
