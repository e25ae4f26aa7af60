"""The clock of real life."""

import random
import time

__all__ = ["SYSTEM_CLOCK", "SystemClock"]


class SystemClock:
    """Time from the operating system, chance from a generator seeded by it."""

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)
    random = staticmethod(random.SystemRandom().random)

    def skip(self, seconds: float) -> bool:
        """Return False: real time must be waited for."""
        return False


SYSTEM_CLOCK = SystemClock()
