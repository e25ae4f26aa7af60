"""Policy: retries."""

from ._budget import Budgets
from ._decide import Again, Failure, Stop, decide
from ._interceptor import RetryInterceptor
from ._options import Retry, RetryBudget
from ._switch import resume_retries, retries_are_off, suspend_retries

__all__ = [
    "Again",
    "Budgets",
    "Failure",
    "Retry",
    "RetryBudget",
    "RetryInterceptor",
    "Stop",
    "decide",
    "resume_retries",
    "retries_are_off",
    "suspend_retries",
]
