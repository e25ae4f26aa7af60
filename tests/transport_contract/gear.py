"""Small things that the contract tests share: ports of all kinds, and ways to look without touching."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

PATIENCE = 20.0  # seconds until a test gives up on something that should have happened


def wait_for(condition: Callable[[], object]) -> None:
    """Block until a condition holds; for what can only be looked at.

    Raises:
        AssertionError: It does not come to hold.
    """
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.005)):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("what the test waits for does not happen")


def open_sockets() -> int:
    """How many sockets this process holds."""
    found = 0
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found += os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
    return found


def dialling(port: int) -> int:
    """How many connections to a loopback port are still waiting to be made."""
    with open("/proc/self/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == "02" for row in rows)


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def full_port() -> Iterator[int]:
    """A port whose queue is full, so that no further connection is made."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


class Sink:
    """A listener that takes connections and notes what comes, whatever it is. Use it in a `with` block.

    Args:
        answer: Sent when something has come, before the connection is closed; by default it says nothing.
        reads: False never reads, so that who sends much gets stuck.

    Attributes:
        port: Where it listens.
        received: What came, connection by connection.
        talkers: How many connections have sent something.
    """

    def __init__(self, answer: bytes = b"", *, reads: bool = True) -> None:
        self._answer = answer
        self._reads = reads
        self._over = threading.Event()
        self.received: list[bytearray] = []
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    @property
    def talkers(self) -> int:
        return sum(bool(data) for data in self.received)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                data = bytearray()
                self.received.append(data)
                self._open.append(connection)
                self._threads.append(threading.Thread(target=self._take, args=(connection, data), daemon=True))
                self._threads[-1].start()

    def _take(self, connection: socket.socket, data: bytearray) -> None:
        with connection, suppress(OSError):
            if not self._reads:
                self._over.wait()
            while piece := connection.recv(65536):
                data += piece
                if self._answer:
                    connection.sendall(self._answer)
                    break

    def __enter__(self) -> "Sink":
        return self

    def __exit__(self, *details: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
