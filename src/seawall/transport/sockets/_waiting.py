"""Waiting for a socket, once per world. All else in this folder is one text.

In asyncio a socket stays registered with its loop between waits: to register and to unregister it takes longer than all that a
small call does on the wire. Whatever arrives is read at once, as the loop would report it again and again until then; nobody's
bytes are lost, they lie in the `Wire`.
"""

import asyncio
import math
import os
import select
import weakref
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._wire import Wire

__all__ = ["LoopWatch", "milliseconds", "wait_asyncio", "wait_blocking"]

MAX_SECONDS = 2_000_000.0  # `poll` counts milliseconds in 32 bits


async def wait_blocking(wire: "Wire", reading: bool, writing: bool, seconds: float | None) -> bool:
    """Block this thread until the socket can be read or written; False when the seconds are over first."""
    while not (ready := _poll(wire, reading, writing, seconds)) and seconds is not None and seconds > MAX_SECONDS:
        seconds -= MAX_SECONDS
    return ready


def _poll(wire: "Wire", reading: bool, writing: bool, seconds: float | None) -> bool:
    if not hasattr(select, "poll"):
        wanted = [wire.socket]
        return any(select.select(wanted if reading else [], wanted if writing else [], wanted, seconds))
    poll = wire.look
    if writing:
        poll = select.poll()
        poll.register(wire.socket, (select.POLLIN if reading else 0) | select.POLLOUT)
    return bool(poll.poll(None if seconds is None else milliseconds(seconds)))


def milliseconds(seconds: float) -> int:
    """Return how long `poll` is to wait, at most what it can count."""
    return math.ceil(min(seconds, MAX_SECONDS) * 1000)


def wait_asyncio(wire: "Wire", reading: bool, writing: bool, seconds: float | None) -> Coroutine[Any, Any, bool]:
    """Suspend this task until the socket can be read or written; False when the seconds are over first.

    A socket without transport and protocol, because an idle one must be able to outlive its loop, and a transport drops what
    came before a failed write: the early answer to a long upload.
    """
    loop = asyncio.get_running_loop()
    watch = wire.watch
    if watch is None or watch.loop is not loop:
        watch = wire.watch = LoopWatch(wire, loop)
    return watch.wait(reading, writing, seconds)


class LoopWatch:
    """A socket's place in an event loop. One task waits at a time.

    Its timer is not set anew for each wait: it rings when the first of them would have been over, and is set again for the one
    that is under way by then. Most waits are over long before, and most timers would have been made to be cancelled.

    Args:
        wire: The socket; it is not kept alive by this.
        loop: Runs here and now.
    """

    __slots__ = ("_future", "_number", "_process", "_reading", "_rings", "_timer", "_until", "_wire", "loop")

    def __init__(self, wire: "Wire", loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._wire = weakref.ref(wire)
        self._number = wire.socket.fileno()
        self._process = os.getpid()
        self._reading = False
        self._future: asyncio.Future[bool] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = self._rings = math.inf

    async def wait(self, reading: bool, writing: bool, seconds: float | None) -> bool:
        """See `wait_asyncio`."""
        wire = self._wire()
        if reading and wire is not None and wire.has_arrived:
            return True
        loop = self.loop
        future = self._future = loop.create_future()
        try:
            if reading and not self._reading:
                loop.add_reader(self._number, self._on_readable)
                self._reading = True
            if writing:
                loop.add_writer(self._number, _settle, future, True)
        except NotImplementedError:  # the proactor loop of Windows watches no sockets; closing ours wakes the thread
            self._future = None
            return wire is not None and await loop.run_in_executor(None, _poll, wire, reading, writing, seconds)
        self._until = math.inf if seconds is None else loop.time() + seconds
        if self._until < self._rings:
            self._set_timer()
        try:
            in_time: bool = await future
            return in_time
        finally:
            self._future = None
            if writing:
                loop.remove_writer(self._number)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings = self._until
        self._timer = self.loop.call_at(self._rings, self._on_timer)

    def _on_timer(self) -> None:
        self._timer, self._rings = None, math.inf
        if self._future is None:
            return
        if self.loop.time() >= self._until:
            _settle(self._future, False)
        elif self._until < math.inf:
            self._set_timer()

    def _on_readable(self) -> None:
        wire = self._wire()
        if wire is None or not wire.fill():  # nobody has taken what came before: let the kernel hold the rest
            self._stop_reading()
        if self._future is not None:
            _settle(self._future, True)

    def _stop_reading(self) -> None:
        if self._timer is not None and self._future is None:
            self._timer.cancel()
            self._timer, self._rings = None, math.inf
        if self._reading:
            self._reading = False
            self.loop.remove_reader(self._number)

    def release(self, close: Callable[[], object]) -> None:
        """Take the socket out of the loop, then close it: a number that is used again must not be found there.

        Args:
            close: Closes the socket.
        """
        if self._is_away() or self.loop.is_closed() or os.getpid() != self._process:
            close()  # in the child of a fork, taking it out would take it out of the parent's loop: they share the selector
        elif _running_loop() is self.loop or not self.loop.is_running():
            self._leave(close)
        else:
            self._release_later(close)

    def _is_away(self) -> bool:
        return not self._reading and self._future is None and self._timer is None

    def _leave(self, close: Callable[[], object]) -> None:
        self._stop_reading()
        close()
        if self._future is not None:  # somebody had just taken the connection that was to be closed: it finds it so
            _settle(self._future, True)

    def _release_later(self, close: Callable[[], object]) -> None:
        try:
            self.loop.call_soon_threadsafe(self._leave, close)
        except RuntimeError:  # it was closed just now
            close()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


def _settle(future: "asyncio.Future[bool]", in_time: bool) -> None:
    if not future.done():
        future.set_result(in_time)
