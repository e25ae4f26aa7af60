"""Kept connections, newest first: the one used last is the least likely to have been closed."""

import threading
from typing import TypeAlias

from ._connection import Connection

__all__ = ["Key", "Pool"]

Key: TypeAlias = tuple[object, ...]  # what a connection is good for


class Pool:
    """The idle connections of one engine. It waits for nothing: how many are in use, the slots decide.

    A key is known as long as a connection is kept for it: a caller of many origins must not pay for those of yesterday.

    Args:
        size: Idle connections to keep.
        expiry: Seconds that one is kept idle.
        max_age: Seconds after which one is not used again, however busy; None without limit.
    """

    def __init__(self, size: int, expiry: float, max_age: float | None = None) -> None:
        self._mutex = threading.Lock()
        self._size, self._expiry, self._max_age = size, expiry, max_age
        self._round = expiry if max_age is None else min(expiry, max_age)
        self._idle: dict[Key, list[Connection]] = {}  # the key that was used longest ago comes first
        self._count = 0
        self._swept = 0.0

    def take(self, key: Key, now: float) -> Connection | None:
        """Return a connection that can be used, or None to make one."""
        while True:
            with self._mutex:
                kept = self._idle.pop(key, None)
                if not kept:
                    return None
                connection = kept.pop()
                self._count -= 1
                if kept:
                    self._idle[key] = kept  # behind all others: it is in use
            if not self._is_old(connection, now) and connection.is_reusable:
                return connection
            connection.close()

    def give(self, key: Key, connection: Connection, now: float) -> None:
        """Keep a connection for the next, and let go of those that nobody wanted for long."""
        connection.rest(now)
        with self._mutex:
            kept = self._idle.get(key)
            if kept is None:
                self._idle[key] = [connection]
            else:
                kept.append(connection)
            self._count += 1
            gone = self._sweep(now) if now - self._swept > self._round else []
            if self._count > self._size:
                gone.append(self._oldest())
        for other in gone:
            other.close()

    def _oldest(self) -> Connection:
        """Take out the one to go where there are too many: of the origin whose turn to be used was longest ago."""
        key, kept = next(iter(self._idle.items()))
        connection = kept[0]
        self._count -= 1
        del kept[0]  # no call, where Ctrl+C could come and leave a key without a connection
        if not kept:
            del self._idle[key]
        return connection

    def _sweep(self, now: float) -> list[Connection]:
        """Take out what is old; looked for once in a while, so that no call pays for the size of the pool."""
        self._swept = now
        gone: list[Connection] = []
        for key, kept in list(self._idle.items()):
            fresh: list[Connection] = []
            for connection in kept:
                (gone if self._is_old(connection, now) else fresh).append(connection)
            kept[:] = fresh
            if not fresh:
                del self._idle[key]
        self._count = sum(map(len, self._idle.values()))  # anew: Ctrl+C may have come between a step and its count
        return gone

    def _is_old(self, connection: Connection, now: float) -> bool:
        if now - connection.idle_since > self._expiry:
            return True
        return self._max_age is not None and now - connection.born > self._max_age

    def clear(self) -> list[Connection]:
        """Take out all."""
        with self._mutex:
            idle, self._idle, self._count = self._idle, {}, 0
        return [connection for kept in idle.values() for connection in kept]
