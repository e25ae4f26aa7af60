"""Kept connections, newest first: the one used last is the least likely to have been closed."""

import threading
from collections import deque
from typing import TypeAlias

from ._connection import Connection

__all__ = ["Key", "Pool"]

Key: TypeAlias = tuple[object, ...]  # what a connection is good for


class Pool:
    """The idle connections of one engine. It waits for nothing: how many are in use, the slots decide.

    Args:
        size: Idle connections to keep.
        expiry: Seconds that one is kept idle.
    """

    def __init__(self, size: int, expiry: float) -> None:
        self._mutex = threading.Lock()
        self._size, self._expiry = size, expiry
        self._idle: dict[Key, deque[Connection]] = {}
        self._count = 0
        self._swept = 0.0

    def take(self, key: Key, now: float) -> Connection | None:
        """Return a connection that can be used, or None to make one."""
        while True:
            with self._mutex:
                queue = self._idle.get(key)
                if not queue:
                    return None
                connection = queue.pop()
                self._count -= 1
            if not self._is_old(connection, now) and connection.is_reusable:
                return connection
            connection.close()

    def give(self, key: Key, connection: Connection, now: float) -> None:
        """Keep a connection for the next, and let go of those that nobody wanted for long."""
        connection.rest(now)
        with self._mutex:
            queue = self._idle.get(key)
            if queue is None:
                queue = self._idle[key] = deque()
            queue.append(connection)
            self._count += 1
            gone = self._expired(now) if now - self._swept > self._expiry else []
            if self._count > self._size:
                gone.append(queue.popleft())
                self._count -= 1
        for other in gone:
            other.close()

    def _expired(self, now: float) -> list[Connection]:
        """Take out what nobody wanted for long; looked for once in a while, so that no call pays for the size of the pool."""
        self._swept = now
        gone: list[Connection] = []
        for key, queue in list(self._idle.items()):
            while queue and self._is_old(queue[0], now):
                gone.append(queue.popleft())
            if not queue:
                del self._idle[key]
        self._count -= len(gone)
        return gone

    def _is_old(self, connection: Connection, now: float) -> bool:
        return now - connection.idle_since > self._expiry

    def clear(self) -> list[Connection]:
        """Take out all."""
        with self._mutex:
            idle, self._idle, self._count = self._idle, {}, 0
        return [connection for queue in idle.values() for connection in queue]
