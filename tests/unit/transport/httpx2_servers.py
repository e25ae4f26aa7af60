"""Small proxies and an HTTP/2 server for the tests of the httpx2 transport."""

import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import h2.config
import h2.connection
import h2.events
import trustme


class Service:
    """Serves each connection in a thread of its own.

    Args:
        handle: What to do with a connection.
        tls: A context to wrap each connection with, or None.
    """

    def __init__(self, handle: Callable[[Any], object], tls: ssl.SSLContext | None = None) -> None:
        self._handle = handle
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else an RST overtakes what was sent before it
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._handle(connection)
        except OSError:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class Authority:
    """An authority, a server's context and a client's."""

    def __init__(self) -> None:
        self.ca = trustme.CA()
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert("127.0.0.1").configure_cert(self.server)
        self.client = ssl.create_default_context(cadata=self.ca.cert_pem.bytes().decode())


class HttpProxy(Service):
    """Tunnels what asks for CONNECT, and answers all else itself with the request line.

    Args:
        tls: A context for an https proxy.
        refusal: An answer to CONNECT other than a tunnel.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, refusal: bytes = b"") -> None:
        self.heads: list[bytes] = []
        self._refusal = refusal
        super().__init__(self._proxy, tls)

    def _proxy(self, connection: Any) -> None:
        while head := _head(connection):
            self.heads.append(head)
            method, target, _ = head.split(b" ", 2)
            if method != b"CONNECT":
                _, _, length = head.lower().partition(b"content-length: ")
                _exactly(connection, int(length.split(b"\r")[0] or 0))
                body = head.partition(b"\r\n")[0]
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            elif self._refusal:
                connection.sendall(self._refusal)
            else:
                host, _, port = target.rpartition(b":")
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _relay(connection, host.decode().strip("[]"), int(port))
                return


class SocksProxy(Service):
    """SOCKS5 (RFC 1928), with a password if asked for (RFC 1929).

    Args:
        password: User name and password, or None.
        reply: The reply code to CONNECT; 0 tunnels.
    """

    def __init__(self, password: tuple[bytes, bytes] | None = None, reply: int = 0) -> None:
        self._password = password
        self._reply = reply
        self.targets: list[tuple[str, int]] = []
        super().__init__(self._proxy)

    def _proxy(self, connection: Any) -> None:
        _, count = _exactly(connection, 2)
        methods = _exactly(connection, count)
        wanted = 0 if self._password is None else 2
        connection.sendall(bytes([5, wanted if wanted in methods else 255]))
        if self._password is not None:
            user = _exactly(connection, _exactly(connection, 2)[1])
            word = _exactly(connection, _exactly(connection, 1)[0])
            connection.sendall(bytes([1, 0 if (user, word) == self._password else 1]))
        kind = _exactly(connection, 4)[3]
        raw = _exactly(connection, 4 if kind == 1 else 16 if kind == 4 else _exactly(connection, 1)[0])
        host = socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, raw) if kind != 3 else raw.decode()
        port = int.from_bytes(_exactly(connection, 2), "big")
        self.targets.append((host, port))
        connection.sendall(bytes([5, self._reply, 0, 1, 0, 0, 0, 0, 0, 0]))
        if not self._reply:
            _relay(connection, host, port)


class Http2Server(Service):
    """Answers every HTTP/2 request with its method, path and body.

    Args:
        tls: A context; ALPN is set here.
        mute: Never answers.
        once: Closes each connection after its first answer.
    """

    def __init__(self, tls: ssl.SSLContext, mute: bool = False, once: bool = False) -> None:
        tls.set_alpn_protocols(["h2"])
        self._mute = mute
        self._once = once
        self.closed = threading.Semaphore(0)
        super().__init__(self._speak, tls)

    def _speak(self, connection: Any) -> None:
        engine = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        engine.initiate_connection()
        connection.sendall(engine.data_to_send())
        texts: dict[int, bytes] = {}
        while data := connection.recv(65536):
            for event in engine.receive_data(data):
                self._react(engine, event, texts)
            connection.sendall(engine.data_to_send())
            if self._once and texts.get(0) == b"answered":
                break
        connection.close()
        self.closed.release()

    def _react(self, engine: h2.connection.H2Connection, event: Any, texts: dict[int, bytes]) -> None:
        if isinstance(event, h2.events.RequestReceived):
            fields = {bytes(name): bytes(value) for name, value in event.headers or ()}
            texts[event.stream_id or 0] = fields[b":method"] + b" " + fields[b":path"] + b" "
        elif isinstance(event, h2.events.DataReceived):
            texts[event.stream_id or 0] += event.data or b""
            engine.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id or 0)
        elif isinstance(event, h2.events.StreamEnded) and not self._mute:
            stream = event.stream_id or 0
            engine.send_headers(stream, [(":status", "200"), ("x-kind", "two")])
            engine.send_data(stream, texts.pop(stream)[:16000], end_stream=True)
            texts[0] = b"answered"


def _head(connection: Any) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return b""
        head += byte
    return head


def _exactly(connection: Any, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise OSError("the peer left")
        data += piece
    return data


def _relay(near: Any, host: str, port: int) -> None:
    with socket.create_connection((host, port)) as far:
        back = threading.Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        far.shutdown(socket.SHUT_RDWR)
        back.join()


def _pump(source: Any, target: Any) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        socket.socket.shutdown(target, socket.SHUT_WR)
    except (OSError, ValueError):
        pass  # one of them is closed already
