"""The listening socket of a FaultServer and the threads behind it."""

import itertools
import os
import selectors
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from ._connection import Connection, ConnectionGone

__all__ = ["HOST", "Listener"]

HOST = "127.0.0.1"

BACKLOG = 1024

Fate = Literal["serve", "refuse", "ignore"]
"""What becomes of a connection: served, reset at once, or left without a word."""

JOIN_TIMEOUT = 10.0
"""Seconds that `close` gives a behaviour of the test's own to return; those of this package return at once."""


class Listener:
    """Accepts connections on a free port, from its making until `close`, and serves each in a thread of its own.

    Args:
        serve: Called with each connection after its handshake; the connection is closed when it returns, reset when it raises.
        context: The TLS context, or None for plain TCP.
    """

    def __init__(self, serve: Callable[[Connection], None], context: ssl.SSLContext | None) -> None:
        self._serve = serve
        self._context = context
        self._socket = _bound_socket(0)
        self._socket.listen(BACKLOG)
        self.port: int = self._socket.getsockname()[1]
        self._waker, self._wake = socket.socketpair()
        self._closing = threading.Event()
        self._changed = threading.Condition()  # guards all below
        self._threads: dict[Connection, threading.Thread] = {}
        self._failures: list[BaseException] = []
        self._accepted = 0
        self._fates: deque[Fate] = deque()
        self._wants_up = self._is_up = True
        self._acceptor = threading.Thread(target=self._accept_all, name="seawall-fault-server", daemon=True)
        self._acceptor.start()

    @property
    def accepted(self) -> int:
        """How many connections were accepted, with those that were refused."""
        with self._changed:
            return self._accepted

    @property
    def open(self) -> int:
        """How many connections are open now."""
        with self._changed:
            return len(self._threads)

    def expect(self, fate: Fate, count: int) -> None:
        """Say what becomes of so many connections, after those of which that was said before."""
        with self._changed:
            self._fates.extend(itertools.repeat(fate, count))

    def go_down(self) -> None:
        """Refuse all connections from now on, and end those that are open."""
        self._switch(up=False)
        for connection in self._connections():
            connection.interrupt()

    def come_back(self) -> None:
        """Listen again on the same port."""
        self._switch(up=True)

    def _switch(self, up: bool) -> None:
        """Have the accepting thread, which owns the socket, open or close the door, and wait for it."""
        with self._changed:
            if self._closing.is_set():
                return
            self._wants_up = up
            self._wake.send(b"!")
            self._changed.wait_for(lambda: self._is_up is up or not self._acceptor.is_alive(), JOIN_TIMEOUT)

    def wait_until_closed(self, timeout: float) -> bool:
        """Wait until no connection is open; false if one still is after so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._threads, timeout)

    def close(self) -> None:
        """Close all sockets and wait for the threads.

        Raises:
            Exception: What a behaviour or a function of the test raised, the first of them.
            RuntimeError: One of them did not return.
        """
        self._closing.set()
        self._wake.close()
        self._acceptor.join()
        threads = self._connections()
        for connection in threads:
            connection.interrupt()
        for thread in threads.values():
            thread.join(JOIN_TIMEOUT)
        failures, self._failures = self._failures, []
        if failures:
            raise failures[0]
        if any(thread.is_alive() for thread in threads.values()):
            raise RuntimeError(f"a behaviour did not return within {JOIN_TIMEOUT} s after its connection was closed")

    def _connections(self) -> dict[Connection, threading.Thread]:
        with self._changed:
            return dict(self._threads)

    def _accept_all(self) -> None:
        with self._waker, selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._waker, selectors.EVENT_READ)
            while not self._closing.is_set():
                ready = [key.fileobj for key, _ in selector.select()]
                if self._waker in ready:
                    self._waker.recv(1)
                    self._open_or_close(selector)
                elif self._socket in ready:
                    with suppress(OSError):  # the peer may leave before it is welcomed
                        self._welcome(self._socket.accept()[0])
            self._socket.close()

    def _open_or_close(self, selector: selectors.BaseSelector) -> None:
        """Do what `_switch` asks for. A socket that is bound and does not listen refuses connections, and keeps the port."""
        with self._changed:
            if self._wants_up and not self._is_up:
                self._socket.listen(BACKLOG)
                selector.register(self._socket, selectors.EVENT_READ)
            elif self._is_up and not self._wants_up:
                selector.unregister(self._socket)
                self._socket.close()
                self._socket = _bound_socket(self.port)
            self._is_up = self._wants_up
            self._changed.notify_all()

    def _welcome(self, accepted: socket.socket) -> None:
        number, fate = self._count()
        accepted.setblocking(True)
        if fate == "refuse":
            Connection(accepted, number, self._closing).reset()
            return
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is not None and fate == "serve":
            # Wrapped here, so that the socket that `close` interrupts is always the same.
            accepted = self._context.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False)
        connection = Connection(accepted, number, self._closing)
        name = f"seawall-fault-server-{number}"
        thread = threading.Thread(target=self._run, args=(connection, fate), name=name, daemon=True)
        with self._changed:
            self._threads[connection] = thread
        thread.start()

    def _count(self) -> tuple[int, Fate]:
        """The serial number of a new connection, and what becomes of it."""
        with self._changed:
            self._accepted += 1
            return self._accepted, self._fates.popleft() if self._fates else "serve"

    def _run(self, connection: Connection, fate: Fate) -> None:
        try:
            if fate == "ignore":
                connection.wait()
            connection.handshake()
            self._serve(connection)
        except ConnectionGone:
            pass
        except BaseException as error:  # pytest.fail is no Exception
            connection.reset()
            with self._changed:
                self._failures.append(error)
        finally:
            connection.fin()
            with self._changed:
                del self._threads[connection]
                self._changed.notify_all()


def _bound_socket(port: int) -> socket.socket:
    """A socket that has its port, and does not listen yet."""
    bound = socket.socket()
    if os.name == "posix":  # elsewhere it would let others take the port
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((HOST, port))
    bound.setblocking(False)
    return bound
