"""Time for tests: it stands still until someone waits."""

import threading

__all__ = ["FakeClock"]


class FakeClock:
    """A clock that jumps over every wait, in both worlds, so that a test of an hour takes no time.

    Args:
        start: Monotonic seconds to begin with.
        wall: Seconds since 1970 to begin with.
        chance: What `random()` returns, from 0 up to 1.

    Attributes:
        sleeps: Every wait that was jumped over, in seconds.
    """

    def __init__(self, start: float = 1000.0, wall: float = 1_700_000_000.0, chance: float = 0.5) -> None:
        self._mutex = threading.Lock()
        self._now = start
        self._offset = wall - start
        self.chance = chance
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return self._now

    def wall(self) -> float:
        """See `Clock.wall`."""
        return self._now + self._offset

    def random(self) -> float:
        """See `Clock.random`."""
        return self.chance

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._mutex:
            self._now += seconds

    def skip(self, seconds: float) -> bool:
        """Jump over a wait and note it; see `Clock.skip`."""
        self.advance(seconds)
        self.sleeps.append(seconds)
        return True
