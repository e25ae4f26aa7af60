"""Misuse: an error in the calling code, never a state of the network; and how to tell of an error without its words."""

import traceback

__all__ = ["UsageError", "name_and_place"]


class UsageError(TypeError):
    """Seawall was called in a way that cannot work.

    The message names the option, method or interceptor at fault and says what to do instead. It is no `ApiProblem`:
    code that shows network problems to people must not swallow programming mistakes.
    """


def name_and_place(error: BaseException) -> str:
    """Return an error's type, and the file and line that raised it: its words may quote what was on the wire."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}{place}"
