"""Running the one code of the house without an event loop.

The blocking runtime never suspends, so a coroutine built on it runs to its end in one step. Generated sync copies and
generator-based flows were tried: the first doubles the code to read, the second is slower.
"""

from collections.abc import Coroutine
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, TypeVar

from seawall.model import UsageError

__all__ = ["drive"]

T = TypeVar("T")


def drive(coroutine: Coroutine[Any, Any, T]) -> T:
    """Finish a coroutine in one step.

    Raises:
        UsageError: It awaits real I/O; the message names the await.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    except (RuntimeError, AttributeError) as error:
        if not _misses_a_loop(error):
            raise
        place = _raising_place(error)
    else:
        place = _awaiting_place(coroutine)
        _abandon(coroutine)
    raise UsageError(
        f"{place} awaits real I/O, which Client cannot run; use AsyncClient, or await only call_next and request.call"
    )


def _misses_a_loop(error: RuntimeError | AttributeError) -> bool:
    if isinstance(error, AttributeError):  # asyncio's locks and events ask None, where a loop should be, for a future
        return error.obj is None and error.name == "create_future"
    return str(error) in ("no running event loop", "no current event loop")


def _abandon(coroutine: Coroutine[Any, Any, object]) -> None:
    with suppress(Exception):  # it may await again or fail while cleaning up; the error about the first await says enough
        coroutine.close()


def _awaiting_place(coroutine: Any) -> str:
    place = "an interceptor"
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        if frame is not None and not _is_inside(frame):
            place = _name(frame.f_code, frame.f_lineno)
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return place


def _raising_place(error: BaseException) -> str:
    trace, place = error.__traceback__, "an interceptor"
    while trace is not None:
        if not _is_inside(trace.tb_frame):
            place = _name(trace.tb_frame.f_code, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _is_inside(frame: FrameType) -> bool:
    """Whether a frame is the event loop's library's own; the user's await is the deepest that is not."""
    return frame.f_globals.get("__name__", "").partition(".")[0] in ("asyncio", "anyio")


def _name(code: CodeType, line: int) -> str:
    return f"{code.co_qualname} ({code.co_filename}:{line})"
