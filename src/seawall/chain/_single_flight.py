"""One piece of work for everyone who asks for it at the same time: threads, and tasks of several event loops.

Laws:
1. A mutex guards short sections only and is never held across an await.
2. The leader's work is spawned, so that a cancelled caller does not take it along.
3. Each caller waits in its own world, with its own deadline.
4. An error is shared as a cause; each waiter raises its own exception (one shared exception grew 700 traceback frames).
5. A leader that died without a word, or overran, hands over: the next waiter to notice starts afresh. Not for ever: work
   that kills each of its leaders would be run again without end.
"""

import threading
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from seawall.model import Cancel, Runtime, Waiter

__all__ = ["FlightError", "FlightTimeoutError", "SingleFlight"]

T = TypeVar("T")
MAX_FLIGHTS = 4  # that one caller takes part in


class FlightError(Exception):
    """The shared work failed; `cause` is what it raised, the same object for all waiters."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__("the shared work failed")
        self.cause = cause


class FlightLostError(Exception):
    """Leader after leader died or overran; the cause of a `FlightError`."""


class FlightTimeoutError(Exception):
    """This waiter's deadline passed, or it was cancelled, before the shared work ended."""


class _Flight(Generic[T]):
    """One run of the work: its waiters while it flies, its outcome after."""

    def __init__(self, ends: float) -> None:
        self.ends = ends
        self.waiters: dict[Waiter, None] = {}
        self.landed = False
        self.over = False
        self.result: T | None = None
        self.error: BaseException | None = None


class SingleFlight(Generic[T]):
    """Runs `work` once for all callers that arrive while it runs.

    Args:
        work: What to do, given the leader's runtime. It is not passed to a later flight once one has landed.
        overrun: Seconds after which a flight counts as lost and a waiter starts another.
    """

    def __init__(self, work: Callable[[Runtime], Awaitable[T]], *, overrun: float = 30.0) -> None:
        self._work = work
        self._overrun = overrun
        self._mutex = threading.Lock()
        self._flight: _Flight[T] | None = None

    async def join(
        self,
        runtime: Runtime,
        *,
        deadline: float | None = None,
        cancel: Cancel | None = None,
        work: Callable[[Runtime], Awaitable[T]] | None = None,
    ) -> T:
        """Take part in the flight under way, or lead a new one, and return its result.

        Args:
            runtime: The caller's world.
            deadline: Monotonic time in seconds after which this caller gives up.
            cancel: Ends this caller's wait; the flight goes on.
            work: What to do if this caller leads, in place of the flight's own: where it needs what only a caller has.

        Raises:
            FlightError: The work failed, or was lost too often.
            FlightTimeoutError: The deadline passed or the wait was cancelled.
        """
        _check(runtime, deadline, cancel)  # who has given up starts no work
        lost = 0
        while lost < MAX_FLIGHTS:
            flight, waiter = self._board(runtime, work or self._work)
            until = flight.ends if deadline is None else min(flight.ends, deadline)
            try:
                await waiter.wait(until, cancel)
            finally:
                self._leave(flight, waiter)
            if flight.landed:
                return self._outcome(flight)
            _check(runtime, deadline, cancel)
            if runtime.monotonic() >= flight.ends:  # asked, because timers may ring a little early
                self._write_off(flight)
            lost += flight.over
        raise FlightError(FlightLostError(f"{MAX_FLIGHTS} flights in a row were lost"))

    def _board(self, runtime: Runtime, work: Callable[[Runtime], Awaitable[T]]) -> tuple[_Flight[T], Waiter]:
        waiter = runtime.waiter()
        with self._mutex:
            flight, leads = self._flight, False
            if flight is None:
                flight, leads = _Flight[T](runtime.monotonic() + self._overrun), True
                self._flight = flight
            flight.waiters[waiter] = None
        if leads:
            try:
                runtime.spawn(lambda: self._fly(flight, runtime, work))
            except BaseException:
                self._land(flight, landed=False)  # others may have boarded it meanwhile
                raise
        return flight, waiter

    async def _fly(self, flight: _Flight[T], runtime: Runtime, work: Callable[[Runtime], Awaitable[T]]) -> None:
        landed = False
        try:
            flight.result = await work(runtime)
            landed = True
        except Exception as error:
            flight.error, landed = error, True
        finally:
            self._land(flight, landed=landed)

    def _land(self, flight: _Flight[T], *, landed: bool) -> None:
        with self._mutex:
            flight.landed, flight.over = landed, True
            if self._flight is flight:
                self._flight = None
            waiters, flight.waiters = flight.waiters, {}
        for waiter in waiters:
            waiter.wake()

    def _leave(self, flight: _Flight[T], waiter: Waiter) -> None:
        with self._mutex:
            flight.waiters.pop(waiter, None)

    def _write_off(self, flight: _Flight[T]) -> None:
        with self._mutex:
            flight.over = True
            if self._flight is flight:
                self._flight = None

    @staticmethod
    def _outcome(flight: _Flight[T]) -> T:
        if flight.error is not None:
            raise FlightError(flight.error)
        return flight.result  # type: ignore[return-value]  # landed without error: the result is set, and may itself be None


def _check(runtime: Runtime, deadline: float | None, cancel: Cancel | None) -> None:
    if (cancel is not None and cancel.cancelled) or (deadline is not None and runtime.monotonic() >= deadline):
        raise FlightTimeoutError
