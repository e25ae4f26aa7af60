"""ICU MessageFormat, by the package `icu4py`: `pip install seawall[l10n]`."""

from collections.abc import Callable
from typing import Any

from seawall.model import UsageError

from ._pattern import PatternError

__all__ = ["compiled"]


def compiled(pattern: str, locale: str) -> Callable[[dict[str, Any]], str]:
    """Return what formats a pattern.

    Args:
        pattern: ICU MessageFormat 1.
        locale: The language whose plurals and numbers it takes, as CLDR writes it: "pt_BR".

    Raises:
        PatternError: ICU refuses the pattern.
        UsageError: icu4py is not installed.
    """
    try:
        from icu4py.messageformat import MessageFormat
    except ModuleNotFoundError:
        message = "messages in other languages need the package icu4py: pip install 'seawall[l10n]'"
        raise UsageError(message) from None
    try:
        return MessageFormat(pattern, locale).format
    except ValueError as error:
        raise PatternError(str(error)) from None
