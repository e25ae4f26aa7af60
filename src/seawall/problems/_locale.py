"""The language of the person a call is made for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from seawall.model import UsageError

__all__ = ["current_locale", "use_locale"]

_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,15}").fullmatch
_locale: ContextVar[str | None] = ContextVar("seawall_locale", default=None)


def current_locale() -> str | None:
    """Return the BCP 47 tag set by `use_locale`, or None."""
    return _locale.get()


@contextmanager
def use_locale(tag: str | None) -> Iterator[None]:
    """Speak to people, and ask servers (`Accept-Language`), in this language inside the block.

    Args:
        tag: BCP 47 language tag, for example "pt-BR".

    Raises:
        UsageError: It is no such tag; it would go into a header as it is.
    """
    if tag is not None and not _TAG(str(tag)):
        raise UsageError("locale: a BCP 47 language tag such as 'pt-BR' is needed")
    token = _locale.set(tag)
    try:
        yield
    finally:
        _locale.reset(token)
