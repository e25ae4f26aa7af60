"""The clock of real life."""

import random
import time

__all__ = ["SYSTEM_CLOCK", "SystemClock"]


class SystemClock:
    """Time from the operating system, chance from a generator seeded by it."""

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)
    random = staticmethod(random.SystemRandom().random)
    timers = None


SYSTEM_CLOCK = SystemClock()
