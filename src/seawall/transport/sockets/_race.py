"""Connecting to a host of several addresses: attempts overlap, and the first that succeeds is kept (RFC 8305, happy eyeballs).

Laws:
1. Every socket under way serves the exchange, and the newest of them is the one that `Exchange.abort` finds: whoever waits, waits
   for all, so that waking one is enough.
2. Whoever wins, fails or is interrupted, all other sockets are closed before the race is left.
"""

import asyncio
import select
import socket
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, zip_longest
from typing import TypeAlias

from seawall.problems import ConnectProblem

from ._exchange import Exchange, Fault
from ._resolver import Address
from ._waiting import milliseconds
from ._wire import Wire

__all__ = ["Start", "check_connected", "race"]

ATTEMPT_DELAY = 0.25  # seconds until the next address is tried beside the last: what RFC 8305, section 5, recommends
MAX_UNDER_WAY = 8  # sockets of one race: a name server may list any number of addresses, and all may be silent
Start: TypeAlias = Callable[[Address, Exchange], tuple[Wire, bool]]


async def race(addresses: Sequence[Address], start: Start, exchange: Exchange) -> Wire:
    """Connect to one of several addresses.

    The next is tried when the last has failed, or has been silent for 250 ms; sooner where the clocks leave less for each.

    Args:
        addresses: In the order of the system's preference.
        start: Begins to connect, or raises OSError; the second thing it returns is not looked at.
        exchange: Whose clocks limit it.

    Raises:
        Fault: None could be connected to, or a clock ran out; the last failure speaks for all.
    """
    return await _Race(addresses, start, exchange).run()


def check_connected(wire: Wire) -> None:
    """Raise the OSError that an attempt ended with, if it failed."""
    code = wire.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, "")


def _alternating(addresses: Sequence[Address]) -> Iterator[Address]:
    """Sort by turns of the families, the first one's first (RFC 8305, section 4); within a family the order stays."""
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    return (address for address in chain.from_iterable(zip_longest(*families.values())) if address is not None)


class _Race:
    def __init__(self, addresses: Sequence[Address], start: Start, exchange: Exchange) -> None:
        self._left = deque(_alternating(addresses))
        self._start = start
        self._exchange = exchange
        self._under_way: list[Wire] = []
        self._fault = Fault(ConnectProblem)

    async def run(self) -> Wire:
        try:
            while self._begin():
                for wire in await self._ready():
                    if self._has_won(wire):
                        return wire
        finally:
            for wire in self._under_way:
                _abandon(wire)
        raise self._fault

    def _begin(self) -> bool:
        """Try the next address that can be tried at all; False when nothing is under way, and nothing is left."""
        while self._left:
            try:
                wire, _ = self._start(self._left.popleft(), self._exchange)
            except OSError as error:
                self._fault = Fault(ConnectProblem, error)
                continue
            self._under_way.append(wire)
            if len(self._under_way) > MAX_UNDER_WAY:
                _abandon(self._under_way.pop(0))
            break
        return bool(self._under_way)

    async def _ready(self) -> list[Wire]:
        """Wait for an outcome, or until it is the next one's turn."""
        exchange = self._exchange
        exchange.serve(self._under_way[-1])
        exchange.check()
        limit, kind = exchange.limit()
        turn = self._turn()
        seconds = limit if turn is None else turn
        wait = _wait_blocking if exchange.runtime.is_blocking else _wait_asyncio
        ready = await wait(self._under_way, seconds) if seconds is None or seconds > 0 else []
        if exchange.stopped is not None:
            raise Fault(exchange.stopped)
        if not ready and (turn is None or (limit is not None and limit <= 0)):
            raise Fault(kind)
        return ready

    def _turn(self) -> float | None:
        """Seconds until the next attempt: never more than its share of the time, so that a silent address leaves some for it."""
        if not self._left:
            return None
        until = self._exchange.share(len(self._left) + 1)
        return ATTEMPT_DELAY if until is None else min(ATTEMPT_DELAY, until - self._exchange.clocks.now())

    def _has_won(self, wire: Wire) -> bool:
        self._under_way.remove(wire)
        try:
            check_connected(wire)
            self._exchange.serve(wire)
        except OSError as error:
            self._fault = Fault(ConnectProblem, error)
            _abandon(wire)
            return False
        return True


def _abandon(wire: Wire) -> None:
    wire.serve(None)  # first: from here on nobody wakes it, while its number may be another's
    wire.close()


async def _wait_blocking(wires: Sequence[Wire], seconds: float | None) -> list[Wire]:
    """Block this thread until one can be written; return those that can, none when the seconds are over first."""
    return _poll(wires, seconds)


def _poll(wires: Sequence[Wire], seconds: float | None) -> list[Wire]:
    if not hasattr(select, "poll"):
        sockets = [wire.socket for wire in wires]
        _, writable, failed = select.select([], sockets, sockets, seconds)
        return [wire for wire in wires if wire.socket in writable or wire.socket in failed]
    poll = select.poll()
    for wire in wires:
        poll.register(wire.socket, select.POLLOUT)
    ready = {number for number, _ in poll.poll(None if seconds is None else milliseconds(seconds))}
    return [wire for wire in wires if wire.socket.fileno() in ready]


async def _wait_asyncio(wires: Sequence[Wire], seconds: float | None) -> list[Wire]:
    """Suspend this task until one can be written; return those that can, none when the seconds are over first."""
    loop = asyncio.get_running_loop()
    change = asyncio.Event()
    numbers = [wire.socket.fileno() for wire in wires]
    try:
        for number in numbers:
            loop.add_writer(number, change.set)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await change.wait()
    except NotImplementedError:  # the proactor loop of Windows watches no sockets
        return await loop.run_in_executor(None, _poll, wires, seconds)
    finally:
        with suppress(NotImplementedError):
            for number in numbers:
                loop.remove_writer(number)
    return _poll(wires, 0)
