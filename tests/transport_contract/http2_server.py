"""A small HTTP/2 server over TLS that misbehaves as told: what `FaultServer` is for HTTP/1.1."""

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError

from seawall.testing import TlsIdentity
from seawall.testing._connection import Connection, ConnectionGone
from seawall.testing._listener import Listener


@dataclass
class Exchange:
    """One stream: what was asked, and ways to answer.

    Args:
        peer: The connection.
        stream: Its number there.
        headers: What came, with the pseudo-fields.
    """

    peer: "Peer"
    stream: int
    headers: dict[str, str]
    body: bytearray = field(default_factory=bytearray)
    complete: bool = False

    @property
    def method(self) -> str:
        return self.headers[":method"]

    @property
    def connection(self) -> int:
        return self.peer.connection.number

    def head(self, status: int, headers: Iterable[tuple[str, str]] = (), *, end: bool = False) -> None:
        """Send a head."""
        self.peer.state.send_headers(self.stream, [(":status", str(status)), *headers], end_stream=end)
        self.peer.flush()

    def data(self, data: bytes, *, end: bool = False) -> None:
        """Send a part of the body as fast as the client's window allows."""
        state = self.peer.state
        for start in range(0, len(data), 16_000):
            piece = data[start : start + 16_000]
            while state.local_flow_control_window(self.stream) < len(piece):
                self.peer.listen()
            state.send_data(self.stream, piece)
            self.peer.flush()
        if end:
            state.end_stream(self.stream)
            self.peer.flush()

    def reply(self, status: int = 200, body: bytes = b"") -> None:
        """Answer whole."""
        self.head(status, end=not body)
        if body:
            self.data(body, end=True)


Step = Callable[[Exchange], Any]


class Peer:
    """One connection.

    Args:
        connection: Its socket.
        server: Whose script it follows.
    """

    def __init__(self, connection: Connection, server: "Http2Server") -> None:
        self.connection = connection
        self.state = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._server = server
        self._exchanges: dict[int, Exchange] = {}

    def serve(self) -> None:
        """Answer until the client leaves."""
        self.state.initiate_connection()
        self.flush()
        while self.connection.is_open:
            self.listen()

    def listen(self) -> None:
        """Take what comes next, and answer what is complete."""
        try:
            events = self.state.receive_data(self.connection.receive())
            self.flush()
            for event in events:
                self._take(event)
        except ProtocolError as error:  # the client broke off what we are about to send
            raise ConnectionGone from error

    def flush(self) -> None:
        """Send what the protocol has ready."""
        data = self.state.data_to_send()
        if data:
            self.connection.send(data)

    def _take(self, event: Event) -> None:
        match event:
            case RequestReceived(stream_id=int(stream), headers=list(headers)):
                exchange = self._exchanges[stream] = Exchange(self, stream, {str(name): str(value) for name, value in headers})
                self._server.see(exchange)
                if exchange.headers[":path"] == "/early":
                    self._server.next_step()(exchange)
            case DataReceived(stream_id=int(stream), data=bytes(data), flow_controlled_length=int(length)):
                self._exchanges[stream].body += data
                self.state.acknowledge_received_data(length, stream)
                self.flush()
            case StreamEnded(stream_id=int(stream)) if self._exchanges[stream].headers[":path"] != "/early":
                self._exchanges[stream].complete = True
                self._server.next_step()(self._exchanges[stream])
            case _:
                pass


class Http2Server:
    """Serves a script on a free loopback port, in a `with` block. Calls to /early are answered before their bodies are read.

    Args:
        identity: Its certificate.
        steps: One for each call; the last goes on for ever.

    Attributes:
        calls: What was asked.
    """

    def __init__(self, identity: TlsIdentity, *steps: Step) -> None:
        self.calls: list[Exchange] = []
        self._steps: Iterator[Step] = iter(steps[:-1])
        self._last = steps[-1]
        self._seen = threading.Semaphore(0)
        context = identity.server_context()
        context.set_alpn_protocols(["h2"])
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._listener = Listener(lambda connection: Peer(connection, self).serve(), context)
        self.url = f"https://127.0.0.1:{self._listener.port}"

    def __enter__(self) -> "Http2Server":
        return self

    def __exit__(self, *details: object) -> None:
        self._listener.close()

    @property
    def connections(self) -> int:
        """How many connections were accepted."""
        return self._listener.accepted

    def see(self, exchange: Exchange) -> None:
        """Note a call."""
        self.calls.append(exchange)
        self._seen.release()

    def next_step(self) -> Step:
        """What to do with the next call."""
        return next(self._steps, self._last)

    def wait_for_calls(self, count: int) -> None:
        """Block until so many more calls were seen."""
        assert all(self._seen.acquire(timeout=10) for _ in range(count)), "too few calls came"

    def wait_until_closed(self) -> None:
        """Block until no connection is open."""
        assert self._listener.wait_until_closed(10), "a connection is still open"
