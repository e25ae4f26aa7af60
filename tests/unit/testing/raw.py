"""A client that knows nothing of HTTP: bytes out, bytes in, and how the connection ended."""

import socket
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self, TypeVar

from seawall.testing._fault_server import FaultServer

GET = b"GET /x HTTP/1.1\r\nHost: test\r\n\r\n"
POST = b"POST /x HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"

T = TypeVar("T")
Ended = Literal["fin", "reset"]


class RawClient:
    """One connection to a FaultServer.

    Args:
        server: The server; its TLS is used if it has any.
    """

    def __init__(self, server: FaultServer) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self._line = TlsLine(self.socket, server) if server.url.startswith("https") else self.socket
        self._unread = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.socket.close()

    def send(self, *parts: bytes) -> None:
        """Send each part by itself."""
        for part in parts:
            self._line.sendall(part)

    def read_to(self, mark: bytes) -> bytes:
        """Everything up to a mark and the mark itself; what follows is kept."""
        while mark not in self._unread:
            data = self._line.recv(65536)
            assert data, f"the server closed after {self._unread!r}"
            self._unread += data
        before, _, self._unread = self._unread.partition(mark)
        return before + mark

    def read_bytes(self, count: int) -> bytes:
        """So many bytes."""
        while len(self._unread) < count:
            data = self._line.recv(65536)
            assert data, f"the server closed after {self._unread!r}"
            self._unread += data
        data, self._unread = self._unread[:count], self._unread[count:]
        return data

    def read_all(self) -> tuple[bytes, Ended]:
        """Everything up to the end, and how it ended."""
        data, self._unread = self._unread, b""
        try:
            while block := self._line.recv(65536):
                data += block
        except ConnectionResetError:
            return data, "reset"
        return data, "fin"


class TlsLine:
    """TLS over a socket that stays visible: where `SSLSocket` reads to the end of a file, this tells RST from FIN."""

    def __init__(self, plain: socket.socket, server: FaultServer) -> None:
        self._plain = plain
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = server.client_context().wrap_bio(self._incoming, self._outgoing, server_hostname="127.0.0.1")
        self._step(self._tls.do_handshake)

    def sendall(self, data: bytes) -> None:
        """Encrypt and send."""
        self._step(lambda: self._tls.write(data))

    def recv(self, count: int) -> bytes:
        """Receive and decrypt; nothing after a proper close_notify."""
        try:
            return self._step(lambda: self._tls.read(count))
        except ssl.SSLZeroReturnError:
            return b""

    def _step(self, act: Callable[[], T]) -> T:
        while True:
            try:
                result = act()
            except ssl.SSLWantReadError:
                self._speak()
                self._hear(self._plain.recv(65536))
            else:
                self._speak()
                return result

    def _speak(self) -> None:
        if data := self._outgoing.read():  # sending nothing would report an RST, and hide what came before it
            self._plain.sendall(data)

    def _hear(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()


def ask(server: FaultServer, *parts: bytes) -> tuple[bytes, Ended]:
    """Send a request on a new connection, and read to the end of the connection."""
    with RawClient(server) as client:
        client.send(*parts)
        return client.read_all()
