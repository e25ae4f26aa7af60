"""Time for tests: it stands still until someone waits."""

from seawall.model import Timers, UsageError

from ._timers import FakeTimers

__all__ = ["FakeClock"]


class FakeClock:
    """A clock that jumps over pauses, for threads and event loops alike, so that a test of an hour takes no time.

    Pauses end in the order in which they are due, and whoever wakes reads the time at which that was. Time goes on when those
    who woke wait again or have ended. The clock cannot see who is busy with real I/O, nor who will begin a wait soon: a thread
    gets a moment for it, an event loop some rounds. Where a test depends on that, let it use `auto_advance=False`.

    Who waits for something before a deadline (others' work, a free connection) does not pause: the deadline comes when time
    reaches it, by `advance` or by somebody's pause. Waiting for sockets takes real time.

    Args:
        start: Monotonic seconds to begin with.
        wall: Seconds since 1970 to begin with.
        chance: What `random()` returns, from 0 up to 1.
        auto_advance: False lets pauses wait for `advance`, too.
        auto_advance_after: Real seconds without a wait that begins or ends, after which time jumps to whatever is due next,
            deadlines too. Let them be longer than any real I/O of the test; 0 is for tests without any. None: it never does.

    Raises:
        UsageError: The seconds of `auto_advance_after` are negative, or no number.

    Attributes:
        sleeps: Every pause that was jumped over, in seconds, in the order of their ends.
        timers: See `Clock.timers`.
    """

    def __init__(
        self,
        start: float = 1000.0,
        wall: float = 1_700_000_000.0,
        chance: float = 0.5,
        *,
        auto_advance: bool = True,
        auto_advance_after: float | None = None,
    ) -> None:
        if auto_advance_after is not None and not auto_advance_after >= 0:
            raise UsageError(f"auto_advance_after: real seconds of 0 or more, or None; not {auto_advance_after!r}")
        self._offset = wall - start
        self.chance = chance
        self.sleeps: list[float] = []
        self._timers = FakeTimers(start, self.sleeps, auto_advance, auto_advance_after)

    @property
    def timers(self) -> Timers:
        """See `Clock.timers`."""
        return self._timers

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return self._timers.now

    def wall(self) -> float:
        """See `Clock.wall`."""
        return self._timers.now + self._offset

    def random(self) -> float:
        """See `Clock.random`."""
        return self.chance

    def advance(self, seconds: float) -> None:
        """Let time pass, from one wait that is due to the next, each time until those who woke wait again or have ended.

        Called in an event loop it cannot wait for them: they are woken in the order in which they are due, and read the time
        that it has become. `await asyncio.to_thread(clock.advance, seconds)` lets the loop go on, and each reads its own.

        Args:
            seconds: How long.

        Raises:
            UsageError: They are negative, or no number.
        """
        if not seconds >= 0:
            raise UsageError(f"advance: seconds of 0 or more, not {seconds!r}")
        self._timers.advance(seconds)

    def wait_for_waiters(self, count: int, timeout: float = 10.0) -> None:
        """Block until so many threads and tasks wait on this clock, in pauses or for something; time does not jump meanwhile.

        In asyncio: `await asyncio.to_thread(clock.wait_for_waiters, count)`.

        Args:
            count: How many at least.
            timeout: Real seconds to wait at most.

        Raises:
            AssertionError: There were fewer in that time.
        """
        self._timers.wait_for_waiters(count, timeout)
