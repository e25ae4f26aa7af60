"""What a language lacks, as an ARB file for translators."""

from collections.abc import Iterable, Sequence
from typing import Any

from seawall.l10n import ArbFile, ArbMessage, built_in_files

from ._finding import is_blank

__all__ = ["extract"]


def extract(files: Sequence[ArbFile], template: ArbFile, locale: str, *, with_built_in: bool) -> dict[str, Any]:
    """Return an ARB document with the template's text of each message that a language lacks.

    Args:
        files: The catalogue.
        template: One of them.
        locale: The language, as CLDR writes it.
        with_built_in: Also what Seawall itself says; a catalogue that has these keys speaks in its place.
    """
    there = _keys(files, locale)
    document: dict[str, Any] = {"@@locale": locale} | _entries(template, there)
    if with_built_in:
        own = built_in_files()
        document |= _entries(own[0], there | _keys(own, locale))
    return document


def _keys(files: Iterable[ArbFile], locale: str) -> set[str]:
    here = (file for file in files if file.locale == locale)
    return {key for file in here for key, message in file.messages.items() if not is_blank(message)}


def _entries(source: ArbFile, there: set[str]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for key, message in source.messages.items():
        if key not in there:
            entries |= _entry(message)
    return entries


def _entry(message: ArbMessage) -> dict[str, Any]:
    notes = {name: value for name, value in message.notes.items() if name != "x-code"}  # which the template alone says
    return {message.key: message.pattern} | ({f"@{message.key}": notes} if notes else {})
