"""From names to addresses, in threads: no system call for names can be given a deadline, nor can a plain function of the user's.

Laws:
1. One look-up per resolver, host and port at a time, for all who ask meanwhile; its result is kept for nobody who asks later.
2. At most `MAX_THREADS` look-ups run; further ones queue, first come, first served.
3. Each caller waits in its own world, under its own clocks. A look-up that nobody waits for any more does not begin.
4. An async function of the user's runs in the caller's loop, once for each who asks, and ends with its caller's wait.
"""

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeAlias, cast

from seawall.model import Waiter
from seawall.problems import ResolveProblem

from ._exchange import Exchange, Fault
from ._resolver import Address, Answer, Resolver, addresses_of, is_async, numeric

__all__ = ["resolve"]

MAX_THREADS = 32  # each holds a stack and a query: enough for a slow name server, too few to drown in a silent one
Name: TypeAlias = tuple[int, str, int]


class _Lookup:
    """One look-up: its waiters until it ends, its outcome after."""

    def __init__(self, name: Name, work: Callable[[], Any]) -> None:
        self.name = name
        self.work = work
        self.waiters: dict[Waiter, None] = {}
        self.answer: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.answer = self.work()
        except BaseException as error:  # `sys.exit()` in a user's function would else end the thread, and wake nobody
            self.error = error


class _Lookups:
    """The look-ups of this process, and the threads that do them."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: at first, and in the child after a fork, which has none of the threads."""
        self._mutex = threading.Lock()
        self._threads = 0
        self._lookups: dict[Name, _Lookup] = {}
        self._queue: dict[Name, _Lookup] = {}  # those of them that have not begun

    def join(self, name: Name, work: Callable[[], Any], waiter: Waiter) -> _Lookup:
        """Have a waiter woken at the end of a look-up."""
        with self._mutex:
            lookup = self._lookups.get(name) or self._add(name, work)
            lookup.waiters[waiter] = None
            return lookup

    def _add(self, name: Name, work: Callable[[], Any]) -> _Lookup:
        if self._threads < MAX_THREADS:
            threading.Thread(target=self._work, name="seawall-resolver", daemon=True).start()
            self._threads += 1
        lookup = self._lookups[name] = self._queue[name] = _Lookup(name, work)
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


_lookups = _Lookups()


async def resolve(host: str, port: int, exchange: Exchange, resolver: Resolver | None = None) -> list[Address]:
    """Return the addresses of a host: at least one.

    Args:
        host: A name or an address; what is an address needs no look-up.
        port: Goes into the addresses.
        exchange: Whose clocks limit the wait.
        resolver: The user's, or None for the system's.

    Raises:
        Fault: There are none, or they were not found in time.
        UsageError: The user's resolver returned what it must not.
    """
    known = numeric(host, port)
    if known:
        return known
    exchange.check()
    answer: Answer = None
    if resolver is not None:
        answer = await _ask(resolver, host, port, exchange)
    if answer is not None:
        found, source = addresses_of(answer, port), "resolver: it returned no address"
    else:
        work = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found, source = list(await _in_thread((0, host, port), work, exchange)), ""
    if not found:
        raise Fault(ResolveProblem, detail=source)
    return found


async def _ask(resolver: Resolver, host: str, port: int, exchange: Exchange) -> Answer:
    work = partial(resolver, host, port)
    if is_async(resolver):
        return cast(Answer, await _in_task(work, exchange))
    return cast(Answer, await _in_thread((id(resolver), host, port), work, exchange))


async def _in_thread(name: Name, work: Callable[[], Any], exchange: Exchange) -> Any:
    waiter = exchange.runtime.waiter()
    lookup = _lookups.join(name, work, waiter)
    try:
        await _wait(waiter, exchange)
    finally:
        _lookups.leave(lookup, waiter)
    if lookup.error is not None:
        raise Fault(ResolveProblem, lookup.error)
    return lookup.answer


async def _in_task(work: Callable[[], Any], exchange: Exchange) -> Any:
    waiter = exchange.runtime.waiter()
    task = asyncio.create_task(cast(Coroutine[Any, Any, Any], work()))

    def ended(task: "asyncio.Task[Any]") -> None:
        if not task.cancelled():
            task.exception()  # mark it as seen: nobody may be there any more
        waiter.wake()

    task.add_done_callback(ended)
    try:
        await _wait(waiter, exchange)
    finally:
        task.cancel()
    error = None if task.cancelled() else task.exception()
    if task.cancelled() or error is not None:
        raise Fault(ResolveProblem, error)
    return task.result()


async def _wait(waiter: Waiter, exchange: Exchange) -> None:
    exchange.wake = waiter.wake
    try:
        exchange.check()  # what stopped it before had nobody to wake
        seconds, kind = exchange.limit()
        until = None if seconds is None else exchange.clocks.now() + seconds
        in_time = await waiter.wait(until, exchange.clocks.cancel)
    finally:
        exchange.wake = None
    exchange.check()
    if not in_time:
        raise Fault(kind, detail="the host name was not resolved in time")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_lookups.forget)
