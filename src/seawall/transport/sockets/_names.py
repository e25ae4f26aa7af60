"""From names to addresses, in threads: no system call for names can be given a deadline.

Laws:
1. One look-up per host and port at a time, for all who ask meanwhile; its result is kept for nobody who asks later.
2. At most `MAX_THREADS` look-ups run; further ones queue, first come, first served.
3. Each caller waits in its own world, under its own clocks. A look-up that nobody waits for any more does not begin.
"""

import os
import socket
import threading
from typing import Any

from seawall.model import Waiter
from seawall.problems import ResolveProblem

from ._exchange import Exchange, Fault

__all__ = ["Address", "resolve"]

MAX_THREADS = 32  # each holds a stack and a query: enough for a slow name server, too few to drown in a silent one
Address = tuple[int, int, int, str, Any]
Name = tuple[str, int]


class _Lookup:
    """One look-up: its waiters until it ends, its outcome after."""

    def __init__(self, name: Name) -> None:
        self.name = name
        self.waiters: dict[Waiter, None] = {}
        self.addresses: list[Address] = []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.addresses = list(socket.getaddrinfo(*self.name, type=socket.SOCK_STREAM))
        except Exception as error:
            self.error = error


class _Resolver:
    """The look-ups of this process, and the threads that do them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: at first, and in the child after a fork, which has none of the threads."""
        self._mutex = threading.Lock()
        self._threads = 0
        self._lookups: dict[Name, _Lookup] = {}
        self._queue: dict[Name, _Lookup] = {}  # those of them that have not begun

    def join(self, name: Name, waiter: Waiter) -> _Lookup:
        """Have a waiter woken at the end of a look-up."""
        with self._mutex:
            lookup = self._lookups.get(name) or self._add(name)
            lookup.waiters[waiter] = None
            return lookup

    def _add(self, name: Name) -> _Lookup:
        if self._threads < MAX_THREADS:
            threading.Thread(target=self._work, name="seawall-resolver", daemon=True).start()
            self._threads += 1
        lookup = self._lookups[name] = self._queue[name] = _Lookup(name)
        return lookup

    def leave(self, lookup: _Lookup, waiter: Waiter) -> None:
        """Forget a waiter, and with the last one a look-up that has not begun."""
        with self._mutex:
            lookup.waiters.pop(waiter, None)
            if not lookup.waiters and self._queue.get(lookup.name) is lookup:
                del self._queue[lookup.name], self._lookups[lookup.name]

    def _work(self) -> None:
        while lookup := self._next():
            lookup.run()
            with self._mutex:
                del self._lookups[lookup.name]
                waiters = list(lookup.waiters)
            for waiter in waiters:
                waiter.wake()

    def _next(self) -> _Lookup | None:
        with self._mutex:
            for name in self._queue:
                return self._queue.pop(name)
            self._threads -= 1
            return None


_resolver = _Resolver()


async def resolve(host: str, port: int, exchange: Exchange) -> list[Address]:
    """Return the addresses of a host.

    Args:
        host: A name or an address.
        port: Goes into the addresses.
        exchange: Whose clocks limit the wait.

    Raises:
        Fault: There are none, or they were not found in time.
    """
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
    except (OSError, UnicodeError):
        pass  # a name, no address
    exchange.check()
    seconds, kind = exchange.limit()
    until = None if seconds is None else exchange.clocks.now() + seconds
    waiter = exchange.runtime.waiter()
    lookup = _resolver.join((host, port), waiter)
    try:
        in_time = await waiter.wait(until, exchange.clocks.cancel)
    finally:
        _resolver.leave(lookup, waiter)
    exchange.check()
    if not in_time:
        raise Fault(kind, detail="the host name was not resolved in time")
    if not lookup.addresses:
        raise Fault(ResolveProblem, lookup.error)
    return lookup.addresses


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_resolver.forget)
