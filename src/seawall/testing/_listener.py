"""The listening socket of a FaultServer and the threads behind it."""

import selectors
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

from ._connection import Connection, ConnectionGone

__all__ = ["HOST", "Listener"]

HOST = "127.0.0.1"

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
        self._socket = socket.create_server((HOST, 0), backlog=1024)
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self._waker, self._wake = socket.socketpair()
        self._closing = threading.Event()
        self._changed = threading.Condition()  # guards all below
        self._threads: dict[Connection, threading.Thread] = {}
        self._failures: list[BaseException] = []
        self._accepted = 0
        self._to_refuse = 0
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

    def refuse_next(self, count: int) -> None:
        """Reset so many of the next connections as soon as they are accepted."""
        with self._changed:
            self._to_refuse += count

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
        with self._changed:
            threads = dict(self._threads)
        for connection in threads:
            connection.interrupt()
        for thread in threads.values():
            thread.join(JOIN_TIMEOUT)
        failures, self._failures = self._failures, []
        if failures:
            raise failures[0]
        if any(thread.is_alive() for thread in threads.values()):
            raise RuntimeError(f"a behaviour did not return within {JOIN_TIMEOUT} s after its connection was closed")

    def _accept_all(self) -> None:
        with self._socket, self._waker, selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._waker, selectors.EVENT_READ)
            while not self._closing.is_set():
                selector.select()
                with suppress(OSError):  # the peer may leave before it is welcomed
                    self._welcome(self._socket.accept()[0])

    def _welcome(self, accepted: socket.socket) -> None:
        number, refused = self._count()
        accepted.setblocking(True)
        if refused:
            Connection(accepted, number, self._closing).reset()
            return
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is not None:  # wrapped here, so that the socket that `close` interrupts is always the same
            accepted = self._context.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False)
        connection = Connection(accepted, number, self._closing)
        name = f"seawall-fault-server-{number}"
        thread = threading.Thread(target=self._run, args=(connection,), name=name, daemon=True)
        with self._changed:
            self._threads[connection] = thread
        thread.start()

    def _count(self) -> tuple[int, bool]:
        """The serial number of a new connection, and whether to refuse it."""
        with self._changed:
            self._accepted += 1
            refused = self._to_refuse > 0
            self._to_refuse -= refused
            return self._accepted, refused

    def _run(self, connection: Connection) -> None:
        try:
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
