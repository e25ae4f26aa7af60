"""Proxies for the tests: a tunnel for CONNECT, and SOCKS5."""

import selectors
import socket
import ssl
from contextlib import suppress
from typing import Any

from seawall.testing import Behaviour, SeenCall
from seawall.testing._connection import Connection, ConnectionGone
from seawall.testing._listener import Listener


class Tunnel(Behaviour):
    """Answers CONNECT with a tunnel to where it asks for; a `FaultServer` with it is a proxy."""

    def act(self, connection: Connection, call: SeenCall) -> None:
        host, _, port = call.target.rpartition(":")
        with socket.create_connection((host, int(port))) as origin:
            connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            relay(connection._socket, origin)
        connection.fin()


def relay(near: socket.socket, far: socket.socket) -> None:
    """Carry bytes both ways until one side leaves."""
    with selectors.DefaultSelector() as selector, suppress(OSError):
        selector.register(near, selectors.EVENT_READ, far)
        selector.register(far, selectors.EVENT_READ, near)
        while True:
            for key, _ in selector.select():
                if not _carry(key.fileobj, key.data):
                    return


def _carry(source: Any, target: socket.socket) -> bool:
    """Carry all that is there, also what TLS has read ahead; False at the end."""
    source.settimeout(0)
    try:
        while data := source.recv(65536):
            target.settimeout(None)
            target.sendall(data)
            source.settimeout(0)
        return False
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    finally:
        source.settimeout(None)


class Socks:
    """A SOCKS5 proxy on a loopback port. Use it in a `with` block.

    Args:
        password: What it asks for; None asks for nothing.
        answer: Its answer to the wish to connect: 0 connects, all else refuses.

    Attributes:
        greetings: The user names and passwords that it heard.
        targets: Where it was asked to connect to.
    """

    def __init__(self, password: str | None = None, answer: int = 0) -> None:
        self._password = password
        self._answer = answer
        self.greetings: list[tuple[str, str]] = []
        self.targets: list[str] = []
        self._listener = Listener(self._serve, None)
        self.port = self._listener.port

    def __enter__(self) -> "Socks":
        return self

    def __exit__(self, *details: object) -> None:
        self._listener.close()

    def _serve(self, connection: Connection) -> None:
        methods = self._take(connection, self._take(connection, 2)[1])
        wanted = 2 if self._password is not None else 0
        connection.send(bytes([5, wanted if wanted in methods else 255]))
        if wanted:
            self._greet(connection)
        kind = self._take(connection, 4)[3]
        size = {1: 4, 4: 16}.get(kind) or self._take(connection, 1)[0]
        address = self._take(connection, size)
        host = address.decode() if kind == 3 else socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, address)
        port = int.from_bytes(self._take(connection, 2), "big")
        self.targets.append(f"{host}:{port}")
        connection.send(bytes([5, self._answer, 0, 1, 0, 0, 0, 0, 0, 0]))
        if self._answer == 0:
            with socket.create_connection((host, port)) as origin:
                relay(connection._socket, origin)

    def _greet(self, connection: Connection) -> None:
        user = self._take(connection, self._take(connection, 2)[1])
        password = self._take(connection, self._take(connection, 1)[0])
        self.greetings.append((user.decode(), password.decode()))
        good = password.decode() == self._password
        connection.send(bytes([1, 0 if good else 1]))
        if not good:
            raise ConnectionGone

    @staticmethod
    def _take(connection: Connection, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += connection.receive()
        connection.put_back(data[count:])
        return data[:count]
