"""A listener on this machine for the one request that a browser is sent back with (RFC 8252, section 7.3).

Laws:
1. Only 127.0.0.1 is listened to, and only a GET of the right path with the right state ends the wait; all else is answered 404.
2. Nothing that came in goes out again: there are two answers, and both are constant.
3. Everything has a bound: connections, the head of a request, the time of each, the time of all.
4. Browsers open connections beside the one that they use, and say nothing on them: nobody waits for those.
"""

import re
import selectors
import socket
from collections.abc import Callable

from seawall.chain import mutex
from seawall.model import Secret

__all__ = ["RedirectListener"]

HOST = "127.0.0.1"
MAX_CONNECTIONS = 16
MAX_HEAD = 16 * 1024  # bytes: a browser may bring the cookies of all that was ever tried out on this address
MAX_SECONDS = 5.0  # of one connection
_REQUEST = re.compile(rb"GET (/[!-~]*) HTTP/1\.[01]\r\n").match
_FIELDS = (
    b"Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
    b"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\n"
    b"Connection: close\r\n"
)


def _page(status: bytes, words: bytes) -> bytes:
    body = b'<!doctype html><html lang="en"><title>Sign-in</title><p>' + words + b"</p></html>\n"
    return b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status, _FIELDS, len(body), body)


_DONE = _page(b"200 OK", b"You can close this window and go back to the app.")
_FOREIGN = _page(b"404 Not Found", b"There is nothing here.")


class _Connection:
    """A browser's connection: what it has said so far, and until when it may go on."""

    def __init__(self, peer: socket.socket, ends: float) -> None:
        peer.setblocking(False)
        self.peer, self.ends = peer, ends
        self._head = bytearray()

    def read(self) -> bytes | None:
        """Take what came; return the head once it is whole, b"" for one that will never be, None while it is coming."""
        try:
            piece = self.peer.recv(MAX_HEAD)
        except OSError:
            return b""
        self._head += piece
        if b"\r\n\r\n" in self._head:
            return bytes(self._head)
        return None if piece and len(self._head) < MAX_HEAD else b""

    def answer(self, page: bytes) -> None:
        """Send a page: it is small enough for a socket that has sent nothing yet to take it at once."""
        try:
            self.peer.send(page)
            self.peer.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the browser has left, and has said what it had to say


class RedirectListener:
    """See the module. It listens from the moment it is made, so that its address can be told before anyone waits.

    Args:
        port: The port, or 0 for a free one.
        path: The path that the browser is sent to.

    Attributes:
        port: The port that it listens on.

    Raises:
        OSError: The port is taken.
    """

    def __init__(self, port: int, path: str) -> None:
        self._path = path.encode()
        self._mutex = mutex()
        self._waits = self._stopped = False
        self._connections: list[_Connection] = []
        self._door = socket.create_server((HOST, port))
        self._door.setblocking(False)
        self._bell, self._hand = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._door, selectors.EVENT_READ)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self.port: int = self._door.getsockname()[1]

    def wait(self, accepts: Callable[[Secret], bool], now: Callable[[], float], ends: float) -> Secret | None:
        """Block until the browser comes, and listen no more; None when it did not come, or `stop` was called.

        Args:
            accepts: Tells from the target of a request, its path and query, whether it is the one.
            now: The monotonic clock.
            ends: When to give up.
        """
        with self._mutex:
            if self._stopped:
                return None
            self._waits = True
        try:
            return self._serve(accepts, now, ends)
        finally:
            with self._mutex:
                self._waits, self._stopped = False, True
                self._close()

    def stop(self) -> None:
        """End the wait, or the possibility of one; safe from any thread, and twice."""
        with self._mutex:
            if not self._stopped:
                self._stopped = True
                if self._waits:
                    self._hand.send(b"!")
                else:
                    self._close()

    def _close(self) -> None:
        self._selector.close()
        for each in (self._door, self._bell, self._hand, *(one.peer for one in self._connections)):
            each.close()

    def _serve(self, accepts: Callable[[Secret], bool], now: Callable[[], float], ends: float) -> Secret | None:
        while (time := now()) < ends:
            for late in [one for one in self._connections if one.ends <= time]:
                self._drop(late)
            soonest = min([ends, *(one.ends for one in self._connections)])
            for key, _ in self._selector.select(soonest - time):
                if key.fileobj is self._bell:
                    return None
                if key.fileobj is self._door:
                    self._accept(now() + MAX_SECONDS)
                elif key.data in self._connections and (found := self._hear(key.data, accepts)) is not None:
                    return found
        return None

    def _accept(self, ends: float) -> None:
        try:
            peer, _ = self._door.accept()
        except OSError:
            return  # it has left again
        if len(self._connections) == MAX_CONNECTIONS:
            self._drop(self._connections[0])
        self._connections.append(_Connection(peer, ends))
        self._selector.register(peer, selectors.EVENT_READ, self._connections[-1])

    def _hear(self, one: _Connection, accepts: Callable[[Secret], bool]) -> Secret | None:
        """Read from a connection; return the target if it brings the request that is waited for."""
        head = one.read()
        if head is None:
            return None
        found = self._target(head, accepts)
        one.answer(_FOREIGN if found is None else _DONE)
        self._drop(one)
        return found

    def _target(self, head: bytes, accepts: Callable[[Secret], bool]) -> Secret | None:
        request = _REQUEST(head)
        if request is None or request[1].partition(b"?")[0] != self._path:
            return None
        target = Secret(request[1].decode())
        return target if accepts(target) else None

    def _drop(self, one: _Connection) -> None:
        self._connections.remove(one)
        self._selector.unregister(one.peer)
        one.peer.close()
