"""A socket, and TLS over anything like it. Nothing here waits: each method does what can be done now.

TLS runs over memory buffers in both worlds. So there is one text, TLS inside TLS (an https proxy) is no special case, and the
bytes that the kernel took can be counted.
"""

import select
import socket
import ssl
import threading
import weakref
from typing import TYPE_CHECKING, Any, Protocol

from ._waiting import LoopWatch

if TYPE_CHECKING:
    from ._exchange import Exchange

__all__ = ["PIECE", "Pipe", "TlsPipe", "Wire"]

PIECE = 64 * 1024  # bytes read or written at once


class Pipe(Protocol):
    """Something that bytes go through without waiting."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies in the layer that the socket below has brought before."""
        ...

    def receive_now(self, size: int) -> bytes | None:
        """Return what has come, `b""` at the end, None if nothing is there yet."""
        ...

    def receive_into(self, room: memoryview) -> int | None:
        """Put what has come into a buffer and return how many bytes, 0 at the end, None if nothing is there yet."""
        ...

    def send_now(self, data: memoryview) -> int:
        """Return how many of the bytes were taken."""
        ...

    def flush_now(self) -> bool:
        """Return whether all that was taken has gone to the kernel."""
        ...


class Wire:
    """A connected, or connecting, non-blocking socket. It closes itself when nobody holds it any more.

    Args:
        sock: The socket.

    Attributes:
        sent: Bytes that the kernel took.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.socket = sock
        self.sent = 0
        self._user: Exchange | None = None
        self._mutex = threading.Lock()
        self._arrived: bytes | OSError | None = None
        self._look: Any = None
        self._place: list[LoopWatch] = []
        self._close = weakref.finalize(self, _close, sock, self._place)

    @property
    def watch(self) -> LoopWatch | None:
        """Its place in an event loop, or None."""
        return self._place[0] if self._place else None

    @watch.setter
    def watch(self, watch: LoopWatch) -> None:
        self._place[:] = [watch]

    @property
    def has_arrived(self) -> bool:
        """Whether `fill` has read something that nobody has taken."""
        return self._arrived is not None

    def fill(self) -> bool:
        """Read what has come, for whoever asks next; False where the last lot still lies here."""
        if self._arrived is not None:
            return False
        try:
            self._arrived = self.socket.recv(PIECE)
        except BlockingIOError:
            pass
        except OSError as error:
            self._arrived = error
        return True

    @property
    def is_empty(self) -> bool:
        """See `Pipe`."""
        return self._arrived is None

    def receive_now(self, size: int) -> bytes | None:
        """See `Pipe`."""
        arrived = self._arrived
        if arrived is not None:
            return self._taken(arrived, size)
        try:
            return self.socket.recv(size)
        except BlockingIOError:
            return None

    def receive_into(self, room: memoryview) -> int | None:
        """See `Pipe`."""
        arrived = self._arrived
        if arrived is not None:
            piece = self._taken(arrived, len(room))
            room[: len(piece)] = piece
            return len(piece)
        try:
            return self.socket.recv_into(room)
        except BlockingIOError:
            return None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has come, as a look at the socket shows; an event loop that was busy may not know it yet."""
        if self._arrived is not None:
            return False
        if not hasattr(select, "poll"):
            return not select.select([self.socket], (), (), 0)[0]
        return not self.look.poll(0)

    @property
    def look(self) -> Any:
        """Polls the socket for something to read; made once."""
        if self._look is None:
            self._look = select.poll()
            self._look.register(self.socket, select.POLLIN)
        return self._look

    def _taken(self, arrived: bytes | OSError, size: int) -> bytes:
        self._arrived = None
        if isinstance(arrived, OSError):
            raise arrived
        if len(arrived) > size:
            self._arrived = arrived[size:]
        return arrived[:size]

    def send_now(self, data: memoryview) -> int:
        """See `Pipe`."""
        try:
            count = self.socket.send(data)
        except BlockingIOError:
            return 0
        self.sent += count
        return count

    def flush_now(self) -> bool:
        """See `Pipe`."""
        return True

    def serve(self, exchange: "Exchange | None") -> None:
        """Note for whom it works, so that a late `abort` does not hit the next user."""
        with self._mutex:
            self._user = exchange

    def abort(self, exchange: "Exchange") -> None:
        """Wake whoever waits for the socket, from any thread; its user closes it. The number stays taken until then."""
        with self._mutex:
            if self._user is exchange:
                try:
                    self.socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # not connected: polling has been woken all the same, or was not begun

    @property
    def user(self) -> "Exchange | None":
        """The exchange it works for, or None while idle."""
        return self._user

    def close(self) -> None:
        """Close the socket; only its user may, or anyone while it is idle."""
        self._close()


def _close(sock: socket.socket, place: list[LoopWatch]) -> None:
    if place:
        place[0].release(sock.close)
    else:
        sock.close()


class TlsPipe:
    """A TLS layer.

    Args:
        below: What carries it.
        context: Trust and certificates.
        hostname: The name that the peer's certificate must have.
        session: What an earlier connection left, to shorten the handshake.
    """

    def __init__(self, below: Pipe, context: ssl.SSLContext, hostname: str | None, session: ssl.SSLSession | None = None) -> None:
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._pending = b""
        self._ended = False
        self.object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname, session=session)

    @property
    def is_empty(self) -> bool:
        """See `Pipe`."""
        return not (self._ended or self._incoming.pending or self.object.pending()) and self._below.is_empty

    def shake_now(self) -> bool:
        """Carry the handshake on; True when it is done.

        Raises:
            OSError: It failed (`ssl.SSLError`), or the connection did.
        """
        done = False
        while not done:
            try:
                self.object.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                self.flush_now()
                if not self._feed():
                    return False
            except ssl.SSLError:
                self._say_why()
                raise
        return self.flush_now()

    def _say_why(self) -> None:
        try:
            self.flush_now()
        except OSError:
            pass  # the peer does not want to hear it

    def receive_now(self, size: int) -> bytes | None:
        """See `Pipe`. A peer that closes without a TLS farewell has closed; the framing of HTTP shows what is missing."""
        pieces: list[bytes] = []
        while size > 0:
            try:
                piece = self.object.read(size)
            except ssl.SSLWantReadError:
                if pieces:
                    break
                if not self._feed():
                    return None
                continue
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                piece = b""
            if not piece:
                self._ended = True  # a farewell that came behind the last bytes: nothing will tell of it again
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def receive_into(self, room: memoryview) -> int | None:
        """See `Pipe`."""
        while True:
            try:
                return self.object.read(len(room), room)  # type: ignore[return-value]  # an int where a buffer is given
            except ssl.SSLWantReadError:
                if not self._feed():
                    return None
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                self._ended = True
                return 0

    def send_now(self, data: memoryview) -> int:
        """See `Pipe`."""
        if not self.flush_now():
            return 0
        count = self.object.write(data)
        self.flush_now()
        return count

    def flush_now(self) -> bool:
        """See `Pipe`."""
        if self._outgoing.pending:
            self._pending += self._outgoing.read()
        while self._pending:
            count = self._below.send_now(memoryview(self._pending))
            if not count:
                return False
            self._pending = self._pending[count:]
        return self._below.flush_now()

    def _feed(self) -> bool:
        data = self._below.receive_now(PIECE)
        if data is None:
            return False
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        return True
