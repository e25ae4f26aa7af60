"""CLDR's tables of languages, by the package `babel`: `pip install seawall[l10n]`."""

from collections.abc import Mapping
from typing import Any

from seawall.model import UsageError

__all__ = ["aliases", "is_described", "likely_subtags", "parent_exceptions"]


def likely_subtags() -> Mapping[str, str]:
    """What a locale leaves unsaid: "pt" is "pt_Latn_BR"."""
    return _table("likely_subtags")


def parent_exceptions() -> Mapping[str, str]:
    """Parents that are not found by cutting: that of "pt_MO" is "pt_PT"."""
    return _table("parent_exceptions")


def aliases() -> Mapping[str, str]:
    """Languages' names of today: "iw" is "he"."""
    return _table("language_aliases")


def is_described(language: str) -> bool:
    """Whether CLDR knows more than the name: how its speakers write numbers and dates."""
    return bool(_babel().localedata.exists(language))


def _table(name: str) -> Mapping[str, str]:
    table: Mapping[str, str] = _babel().core.get_global(name)
    return table


def _babel() -> Any:
    try:
        import babel.core
        import babel.localedata
    except ModuleNotFoundError:
        raise UsageError("choosing a language needs the package babel: pip install 'seawall[l10n]'") from None
    return babel
