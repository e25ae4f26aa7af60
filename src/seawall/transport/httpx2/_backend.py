"""The doors through which httpcore2 asks for connections."""

from typing import Any

import httpcore2

from seawall.chain import drive

from ..sockets import Dialer, Options, Wire, Wires
from ._stream import BlockingStream, Stream

__all__ = ["Backend", "BlockingBackend"]


class Backend(httpcore2.AsyncNetworkBackend):
    """Opens connections. The exchange that one is opened for comes in place of the timeout.

    Args:
        options: The transport's.
        wires: Keeps an eye on those that are open.
    """

    def __init__(self, options: Options, wires: Wires) -> None:
        self._dialer = Dialer(options, wires)
        self._max_age = options.max_connection_age

    async def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: str | None = None, socket_options: Any = None
    ) -> Stream:
        """Connect to a host by name or address.

        Raises:
            Fault: It could not be done.
        """
        return self._stream(await self._dialer.connect_tcp(host.strip("[]"), port, timeout), timeout)

    async def connect_unix_socket(self, path: str, timeout: Any = None, socket_options: Any = None) -> Stream:
        """Connect to a socket in the file system.

        Raises:
            Fault: It could not be done.
        """
        return self._stream(await self._dialer.connect_path(path, timeout), timeout)

    def _stream(self, wire: Wire, exchange: Any) -> Stream:
        return Stream(wire, wire, 0, exchange.greetings, exchange, max_age=self._max_age)


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
