"""Names of locales, and who stands in for whom.

Inside, a locale is named as CLDR names it, with the script where the region would leave it in doubt: "pt_BR", "zh_Hant_TW".
People, headers and `use_locale` get BCP 47: "pt-BR".
"""

import re
from collections.abc import Iterator

from ._cldr import aliases, is_described, likely_subtags, parent_exceptions

__all__ = ["equals", "language_tag", "lineage", "locale_id", "locale_in_name"]

_MAX_TAG = 100  # characters
_ID = re.compile(r"([a-z]{2,3}|[a-z]{5,8})(?:_([a-z]{4}))?(?:_([a-z]{2}|[0-9]{3}))?((?:_(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)")
_NAMED = re.compile(r"[a-z]{2,3}(?:[_-][A-Za-z0-9]{2,8})*").fullmatch
_EXTENSION = re.compile(r"[_-][a-z0-9][_-].*|[.@].*", re.DOTALL)


def locale_id(tag: str) -> str | None:
    """Return the name of a locale as CLDR writes it, None for what names none.

    Args:
        tag: A BCP 47 tag, a POSIX locale ("de_DE.UTF-8") or a name of CLDR; extensions are left out.
    """
    if len(tag) > _MAX_TAG:
        return None
    found = _ID.fullmatch(_EXTENSION.sub("", tag.lower()).replace("-", "_"))
    if found is None:
        return None
    language, script, region, variants = found.groups()
    language = aliases().get(language, language)
    if "_" in language:
        language, script = language.split("_")[0], script or language.split("_")[1]
    script = script.title() if script else _script_in_doubt(language, region.upper() if region else None)
    return "_".join(part for part in (language, script, region.upper() if region else None) if part) + variants


def language_tag(locale: str) -> str:
    """Return the BCP 47 tag of a locale."""
    return locale.replace("_", "-")


def locale_in_name(stem: str) -> str | None:
    """Return the locale that a file's name ends with: "app_pt_BR", "my_app_de", "de".

    Names of projects look like languages ("app" is one of Vanuatu): those of which CLDR knows more than the name go first.
    """
    words = stem.split("_")
    ends = ["_".join(words[at:]) for at in range(len(words))]
    found = [locale_id(end) if _NAMED(end) else None for end in ends]
    described = (locale for locale in found if locale and is_described(locale.partition("_")[0]))
    return next(described, None) or next(filter(None, found[1:]), None)


def lineage(locale: str) -> Iterator[str]:
    """Yield a locale and its parents, the nearest first, without CLDR's root.

    A script that a language is not usually written in has no parent: who reads Traditional Chinese is not helped with
    Simplified Chinese.
    """
    here: str | None = locale
    while here is not None:
        yield here
        here = _parent(here)


def equals(locale: str) -> set[str]:
    """Return all names that mean this locale: "pt" and "pt_Latn_BR" are "pt_BR". Who says Norwegian means Bokmål."""
    full = _full(locale)
    if full is None:
        return {locale}
    language, script, region = full.split("_")
    names = (language, f"{language}_{script}", f"{language}_{region}", full)
    same = {locale, *(name for name in names if _full(name) == full)}
    return same | {name.replace("nb", "no", 1) for name in same} if language == "nb" else same


def _parent(locale: str) -> str | None:
    if (exception := parent_exceptions().get(locale)) is not None:
        return exception if exception != "root" else None
    language, _, rest = locale.partition("_")
    if not rest or (len(rest) == 4 and rest.isalpha() and rest != _script(language)):
        return None
    return locale.rpartition("_")[0]


def _script(name: str) -> str | None:
    parts = likely_subtags().get(name, "").split("_")
    return parts[1] if len(parts) == 3 else None


def _script_in_doubt(language: str, region: str | None) -> str | None:
    if region is None:
        return None
    usual, here = _script(language), _script(f"{language}_{region}")
    return here if here != usual else None


def _full(locale: str) -> str | None:
    likely = likely_subtags()
    if (known := likely.get(locale)) is not None:
        return known
    parts = locale.split("_")
    usual = likely.get(parts[0], "").split("_")
    if len(usual) != 3 or len(parts) > 3:
        return None
    scripts = [part for part in parts[1:] if len(part) == 4]
    regions = [part for part in parts[1:] if len(part) < 4]
    if len(scripts) + len(regions) != len(parts) - 1:
        return None
    script, region = scripts or [usual[1]], regions or [usual[2]]
    return f"{usual[0]}_{script[0]}_{region[0]}"
