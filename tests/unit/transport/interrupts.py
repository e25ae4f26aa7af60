"""Ctrl+C wherever it can come.

A signal's handler runs where the interpreter looks for one: at the beginning of a function, and after a call of one written in C.
"""

import sys
from collections.abc import Callable, Iterator
from types import FrameType

__all__ = ["every_chance"]


def every_chance(most: int = 10_000) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Yield, one after the other, functions that run some work: the first interrupts it at its first chance, and so on.

    It ends with a function that was not able to interrupt its work any more: that was too short.

    Args:
        most: Chances after which something is wrong.
    """
    for number in range(1, most):
        left = number

        def look(frame: FrameType, event: str, argument: object) -> None:
            nonlocal left
            if event in ("call", "c_return"):
                left -= 1
                if not left:
                    raise KeyboardInterrupt

        def run(work: Callable[[], object]) -> None:
            sys.setprofile(look)
            try:
                work()
            except KeyboardInterrupt:
                pass
            finally:
                sys.setprofile(None)

        yield run
        if left > 0:
            return
    raise AssertionError("the work never ends")
