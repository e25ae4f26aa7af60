"""Waiting for a refresh: one flight per epoch, and a problem of its own for each who waited."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from seawall.chain import FlightError, FlightTimeoutError, SingleFlight, mutex
from seawall.model import Call, Runtime
from seawall.problems import CancelledProblem, DeadlineProblem

from ._failures import as_problem, refresh_problem
from ._states import Held

__all__ = ["Flights", "waited"]

T = TypeVar("T")
OVERRUN = 5.0  # seconds beyond a refresh's own time after which nobody waits for it any more


class Flights:
    """The refreshes of one machine.

    Args:
        seconds: What a refresh may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds + OVERRUN
        self._mutex = mutex()
        self._flight: tuple[int, SingleFlight[Held]] = (-1, SingleFlight(_no_leader))

    async def join(
        self, epoch: int, call: Call, work: Callable[[Runtime], Awaitable[Held]], seconds: float | None = None
    ) -> Held:
        """Wait for the refresh that is on its way, or lead one, in the time that the call has.

        Args:
            epoch: Of the tokens; a sign-in does not wait for what is on its way for an older one.
            call: Who waits.
            work: The refresh.
            seconds: To wait at most; by default as long as a refresh may take.

        Raises:
            ApiProblem, UsageError: It failed, or it took too long.
        """
        limit = call.runtime.monotonic() + (self._seconds if seconds is None else seconds)
        deadline = limit if call.deadline is None else min(limit, call.deadline)
        flight = self._of(epoch)
        return await waited(flight.join(call.runtime, deadline=deadline, cancel=call.cancel, work=work), call)

    def _of(self, epoch: int) -> SingleFlight[Held]:
        with self._mutex:
            known, flight = self._flight
            if known != epoch:
                flight = SingleFlight(_no_leader, overrun=self._seconds)
                self._flight = (epoch, flight)
        return flight


async def waited(joined: Coroutine[Any, Any, T], call: Call | None) -> T:
    """Wait for a flight; who fails raises a problem of its own, outside the `except`, so that nothing is its context.

    Args:
        joined: The wait.
        call: Whose it is; None where nobody's time is short.
    """
    try:
        return await joined
    except FlightTimeoutError:
        problem = _given_up(call)
    except FlightError as error:
        problem = as_problem(error.cause)
    raise problem


def _given_up(call: Call | None) -> Exception:
    if call is not None and call.cancel is not None and call.cancel.cancelled:
        return CancelledProblem()
    late = DeadlineProblem(detail="the tokens were still being refreshed")
    if call is not None and call.deadline is not None and call.runtime.monotonic() >= call.deadline:
        return late
    return refresh_problem("the refresh did not end in its time (options=RefreshOptions(timeout=...))", late)


async def _no_leader(runtime: Runtime) -> Held:
    raise AssertionError("every caller brings the work itself")
