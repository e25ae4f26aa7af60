"""Whether a plural says all that its language tells apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache

from babel.core import Locale, UnknownLocaleError

from seawall.l10n import ArbFile, ArbMessage, arguments

from ._finding import Finding, about

__all__ = ["plural_findings"]

_SAMPLES = range(201)  # whole numbers that show every form of every language in daily use
_OTHERS = (1_000_000, 0.1, 0.5, 1.5, 2.5)  # which show the forms of millions and fractions


def plural_findings(file: ArbFile, message: ArbMessage) -> Iterator[Finding]:
    """Forms that the language has and the message lacks, and forms that are never used."""
    for plural in arguments(message.parts):
        forms = _forms(file.locale or "", plural.kind) if plural.kind in ("plural", "selectordinal") else {}
        selectors = {selector for selector, _ in plural.arms}
        if needed := sorted(form for form, numbers in forms.items() if _is_needed(form, numbers, plural.offset, selectors)):
            words = f"{plural.name}: {file.locale} also needs {', '.join(needed)}"
            yield about(file, message, "plural", words, level="warning")
        unused = sorted(word for word in selectors - forms.keys() if not word.startswith("="))
        if forms and unused:
            words = f"{plural.name}: {file.locale} never uses {', '.join(unused)}"
            yield about(file, message, "plural", words, level="warning")


def _is_needed(form: str, numbers: Iterable[int], offset: int, selectors: Set[str]) -> bool:
    return form not in selectors and any(f"={number + offset}" not in selectors for number in numbers)


@cache
def _forms(locale: str, kind: str) -> Mapping[str, Sequence[int]]:
    """The forms of a language, and the samples that take each; empty for a language that CLDR does not know."""
    try:
        known = Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return {}
    form = known.plural_form if kind == "plural" else known.ordinal_form
    forms: dict[str, list[int]] = {"other": []}
    for number in _SAMPLES:
        forms.setdefault(form(number), []).append(number)
    return {form(number): () for number in _OTHERS} | forms
