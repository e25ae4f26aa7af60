"""What a session can be set to, checked once when it is built."""

import difflib
from collections.abc import Callable, Collection
from typing import Any, TypedDict

import msgspec

from seawall.model import UsageError

from ._windows import RefreshOptions
from .stores import TokenStore

__all__ = ["SessionOptions", "check_options"]


class SessionOptions(TypedDict, total=False):
    """What a session can be set to.

    Attributes:
        store: Where the session lies between two runs; by default in memory alone.
        origins: URLs of the origins that the tokens are for; by default that of the client's base URL.
        allow_http: Whether they may go over plain HTTP to other machines.
        options: How tokens are refreshed.
        user_model: The type that `user` is restored as; by default plain JSON values.
    """

    store: TokenStore
    origins: Collection[str]
    allow_http: bool
    options: RefreshOptions
    user_model: Any


def check_options(given: SessionOptions, clock: object) -> None:
    """Refuse what cannot work, by the option's name.

    Args:
        given: What somebody has set.
        clock: Of the face that they built.

    Raises:
        UsageError: It names the option, and the one that was probably meant.
    """
    for name in given:
        if name not in _KINDS:
            near = difflib.get_close_matches(name, _KINDS, 1)
            raise UsageError(f"unknown option {name!r}{f'; did you mean {near[0]!r}?' if near else ''}")
    for name, value in {**given, "clock": clock}.items():
        fits, kind = _KINDS[name]
        if not fits(value):
            raise UsageError(f"{name}: give {kind}, not a value of type {type(value).__name__}")


def _does(*names: str) -> Callable[[Any], bool]:
    return lambda value: not isinstance(value, type) and all(callable(getattr(value, name, None)) for name in names)


def _are_urls(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, Collection) and all(isinstance(url, str) for url in value))


def _is_model(value: Any) -> bool:
    if callable(getattr(value, "model_validate", None)):
        return True
    try:
        msgspec.inspect.type_info(value)
    except TypeError:
        return False
    except Exception:
        pass  # a name in its annotations that cannot be resolved yet
    return True


_is_store = _does("load", "swap", "try_lease", "watch")
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "store": (lambda value: value is None or _is_store(value), "a token store, for example FileStore(path)"),
    "origins": (_are_urls, "a URL, or several"),
    "allow_http": (lambda value: isinstance(value, bool), "True or False"),
    "options": (lambda value: value is None or isinstance(value, RefreshOptions), "a seawall.auth.RefreshOptions"),
    "user_model": (_is_model, "a type"),
    "clock": (_does("monotonic", "wall", "random"), "a clock, as seawall.testing.FakeClock is"),
}
