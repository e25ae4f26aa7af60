"""A switch that turns all retries off while a test runs."""

import inspect
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from seawall.policies.retry import resume_retries, suspend_retries

__all__ = ["RetryOff", "retry_off"]

F = TypeVar("F", bound=Callable[..., Any])


class RetryOff:
    """Turns retries off in a `with` block, or in a function that it decorates; made by `retry_off`."""

    def __init__(self) -> None:
        self._holders: list[object] = []

    def __enter__(self) -> Self:
        holder = object()
        suspend_retries(holder)
        self._holders.append(holder)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        resume_retries(self._holders.pop())

    def __call__(self, function: F) -> F:
        """Decorate a function or a coroutine function: retries are off while it runs."""
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def once_async(*args: Any, **options: Any) -> Any:
                with retry_off():
                    return await function(*args, **options)

            return cast("F", once_async)

        @wraps(function)
        def once(*args: Any, **options: Any) -> Any:
            with retry_off():
                return function(*args, **options)

        return cast("F", once)


def retry_off() -> RetryOff:
    """Turn the retries of all clients off, in all threads and event loops of this process, while a block or a function runs.

    A failure is then raised after the first attempt, and its `stopped` is `StopReason.RETRY_OFF`. Blocks may be nested and may
    overlap: retries are off until the last one ends. A call that waits for its next attempt when a block begins still makes it.

        with seawall.testing.retry_off():
            ...

        @seawall.testing.retry_off()
        def test_the_outage_is_shown(): ...
    """
    return RetryOff()
