"""One accepted connection of a FaultServer, with all the ways to end it."""

import math
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Literal, assert_never

__all__ = ["BLOCK", "Connection", "ConnectionGone", "Ending"]

BLOCK = 64 * 1024
"""Bytes read or sent at once, and the most that is buffered for a peer that talks out of turn."""

GLANCE = 0.01
"""Seconds between two looks at whether a peer is still there; the wait itself ends at once."""

Ending = Literal["close", "keep", "reset", "hang"]
"""How a connection goes on: FIN, kept for the next request, RST, or silence until somebody closes."""

_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class ConnectionGone(Exception):
    """The peer or the server closed the connection; it unwinds a behaviour and is never seen by a test."""


class Connection:
    """What a behaviour acts on.

    One thread owns it and calls everything but `interrupt`. Everything that waits raises `ConnectionGone` as soon as the peer
    or the server closes.

    Args:
        sock: The accepted socket; a TLS one before its handshake.
        number: Its serial number, from 1.
        closing: Set when the server closes.
    """

    def __init__(self, sock: socket.socket, number: int, closing: threading.Event) -> None:
        self.number = number
        self.is_open = True
        self._socket = sock
        self._closing = closing
        self._unread = bytearray()

    def handshake(self) -> None:
        """Do the TLS handshake, if there is one to do."""
        if isinstance(self._socket, ssl.SSLSocket):
            try:
                self._socket.do_handshake()
            except OSError as error:
                raise ConnectionGone from error

    def receive(self) -> bytes:
        """The next bytes of the peer, at least one."""
        data = bytes(self._unread) or self._read(timeout=None) or b""
        self._unread.clear()
        return data

    def put_back(self, data: bytes) -> None:
        """Keep bytes that belong to the next read."""
        self._unread[:0] = data

    @property
    def has_unread(self) -> bool:
        """Whether bytes wait to be read that have left the socket already."""
        return bool(self._unread)

    def send(self, *parts: bytes) -> None:
        """Send all parts in one go."""
        try:
            self._socket.sendall(b"".join(parts))
        except OSError as error:
            raise ConnectionGone from error

    def stream(self, parts: Iterable[bytes]) -> None:
        """Send parts, however many, in blocks."""
        block = bytearray()
        for part in parts:
            block += part
            if len(block) >= BLOCK:
                self.send(bytes(block))
                block.clear()
        self.send(bytes(block))

    def wait(self, seconds: float = math.inf, until: threading.Event | None = None) -> None:
        """Wait for a time or an event, whichever comes first."""
        event = until or self._closing
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and not event.wait(min(left, GLANCE)):
            self._look()
        if self._closing.is_set():
            raise ConnectionGone

    def drain(self) -> None:
        """Read and drop until the peer closes."""
        self._unread.clear()
        while True:
            self._read(timeout=None)

    def finish_sending(self) -> None:
        """Send FIN (below TLS a close_notify first), and stay able to read."""
        with suppress(OSError, ValueError):
            if isinstance(self._socket, ssl.SSLSocket):
                self._socket.settimeout(0)  # unwrap sends our close_notify; we do not wait for the peer's
                self._socket.unwrap()
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_WR)

    def fin(self) -> None:
        """Close with FIN. The system sends an RST after it if the peer sent what nobody read."""
        if self.is_open:
            self.finish_sending()
            self._close()

    def reset(self) -> None:
        """Close with RST."""
        if self.is_open:
            with suppress(OSError):
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._close()

    def end(self, ending: Ending) -> None:
        """Go on as the word says."""
        match ending:
            case "close":
                self.fin()
            case "reset":
                self.reset()
            case "hang":
                self.wait()
            case "keep":
                pass
            case _:
                assert_never(ending)

    def interrupt(self) -> None:
        """Wake the owner from any wait on the socket; for other threads."""
        with suppress(OSError):
            # Not SSLSocket.shutdown: that takes the TLS state away from under the owner.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _close(self) -> None:
        self.is_open = False
        self._socket.close()

    def _look(self) -> None:
        """Notice a peer that left; what it says instead is kept, up to a block."""
        if len(self._unread) < BLOCK:
            self._unread += self._read(timeout=0) or b""

    def _read(self, timeout: float | None) -> bytes | None:
        try:
            self._socket.settimeout(timeout)
            data = self._socket.recv(BLOCK)
            self._socket.settimeout(None)
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError):
            self._socket.settimeout(None)
            return None
        except OSError as error:
            raise ConnectionGone from error
        if not data:
            raise ConnectionGone
        return data
