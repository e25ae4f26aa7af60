"""Policy: clocks."""

from ._interceptor import AttemptClock, Deadline
from ._options import Timeout

__all__ = ["AttemptClock", "Deadline", "Timeout"]
