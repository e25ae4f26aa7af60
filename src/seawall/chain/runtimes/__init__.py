"""The two worlds a call can run in."""

from ._asyncio import AsyncioRuntime
from ._blocking import BlockingRuntime
from ._clock import SYSTEM_CLOCK, SystemClock

__all__ = ["SYSTEM_CLOCK", "AsyncioRuntime", "BlockingRuntime", "SystemClock"]
