"""What happens to every call, one folder a policy: options, decision, interceptor."""

from .bounds import Bounds, BoundsInterceptor
from .cookies import CookieInterceptor, CookieJar
from .deadline import AttemptClock, Deadline, Timeout
from .decode import DecodeInterceptor, JsonDecoder
from .events import AttemptRecorder, Emitter
from .headers import AppHeaders
from .hooks import after_response, before_request, on_problem
from .idempotency import Idempotency, IdempotencyInterceptor
from .lifecycle import LifecycleInterceptor
from .redirects import RedirectInterceptor, Redirects
from .retry import Budgets, Retry, RetryBudget, RetryInterceptor, retries_are_off
from .statuses import StatusInterceptor

__all__ = [
    "AppHeaders",
    "AttemptClock",
    "AttemptRecorder",
    "Bounds",
    "BoundsInterceptor",
    "Budgets",
    "CookieInterceptor",
    "CookieJar",
    "Deadline",
    "DecodeInterceptor",
    "Emitter",
    "Idempotency",
    "IdempotencyInterceptor",
    "JsonDecoder",
    "LifecycleInterceptor",
    "RedirectInterceptor",
    "Redirects",
    "Retry",
    "RetryBudget",
    "RetryInterceptor",
    "StatusInterceptor",
    "Timeout",
    "after_response",
    "before_request",
    "on_problem",
    "retries_are_off",
]
