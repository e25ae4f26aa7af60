"""Methods that cannot be taken for properties."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar, cast

from seawall.model import UsageError

__all__ = ["assertion"]

F = TypeVar("F", bound=Callable[..., Any])


def assertion(method: F) -> F:
    """Make a method refuse to be asked for its truth: `assert route.called_once`, without the call, would hold for ever."""
    return cast("F", _Assertion(method))


class _Assertion:
    def __init__(self, method: Callable[..., Any]) -> None:
        self._method = method
        update_wrapper(cast("Any", self), method)  # for `help`

    def __get__(self, owner: object, kind: type | None = None) -> Any:
        return self if owner is None else _Bound(self._method, owner)


class _Bound:
    def __init__(self, method: Callable[..., Any], owner: object) -> None:
        self._method = method
        self._owner = owner

    def __call__(self, *args: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        return self._method(self._owner, *args, **options)

    def __bool__(self) -> bool:
        raise UsageError(f"{self._method.__name__} is a method: call it, `{self._method.__name__}()`")
