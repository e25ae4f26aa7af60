"""The app's own classes of problems, by the code that each stands for."""

import inspect
from collections.abc import Iterable
from typing import Any

from seawall.model import UsageError

from ._facts import normalise_code
from ._problem import ApiProblem
from ._statuses import StatusProblem

__all__ = ["types_by_code"]


def types_by_code(types: Iterable[Any]) -> dict[str, type[StatusProblem]]:
    """Check classes of problems, and put them by their codes.

    Args:
        types: Subclasses of StatusProblem, each with a class attribute `code`.

    Raises:
        UsageError: One of them cannot be used; the message names it.
    """
    found: dict[str, type[StatusProblem]] = {}
    for kind in types:
        if (fault := _fault(kind)) is not None:
            raise UsageError(f"problem_types: {getattr(kind, '__name__', repr(kind))[:100]} {fault}")
        if kind.code in found:
            raise UsageError(f"problem_types: {found[kind.code].__name__} and {kind.__name__} both stand for {kind.code}")
        found[kind.code] = kind
    return found


def _fault(kind: Any) -> str | None:
    if not isinstance(kind, type) or not issubclass(kind, StatusProblem):
        return "is no subclass of seawall.StatusProblem"
    code = getattr(kind, "code", None)
    if not isinstance(code, str) or normalise_code(code) != code:
        return "has no class attribute `code` in UPPER_SNAKE"
    try:  # a parser must be able to make one, or an error would hide behind a TypeError
        inspect.signature(kind).bind(**dict.fromkeys(inspect.signature(ApiProblem).parameters))
    except TypeError:
        return "has an __init__ of its own that does not take what ApiProblem takes"
    return None
