"""From `Accept-Language` (RFC 9110, section 12.5.4) to one of the languages that are there."""

import re
from collections.abc import Iterable, Iterator

from ._tags import equals, language_tag, lineage, locale_id

__all__ = ["negotiate"]

MAX_HEADER = 4096  # characters that are read of the header
MAX_RANGES = 50  # languages that are read of it
_RANGE = re.compile(r"[ \t]*([A-Za-z0-9*-]{1,100})[ \t]*(?:;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?").fullmatch


def negotiate(accept_language: str, available: Iterable[str]) -> str | None:
    """Return the language that serves best, as a BCP 47 tag: `use_locale` takes it. None where none of them is wanted.

    A language serves who asks for it, for a name that means the same ("pt" is "pt-BR"), or for one whose parent it is by CLDR
    ("pt-MO" is served by "pt-PT", "en-NZ" by "en-001" and "en"). What cannot be read is left out.

    Args:
        accept_language: The header's value.
        available: Names of the languages that are there, the most welcome first: `*` takes that one.

    Raises:
        UsageError: Babel is not installed.
    """
    offered = [locale for name in available if (locale := locale_id(name)) is not None]
    by_name = {name: locale for locale in reversed(offered) for name in equals(locale)} | {each: each for each in offered}
    ranges = sorted(_ranges(accept_language), key=lambda pair: -pair[1])
    refused = {by_name.get(locale_id(tag) or "") for tag, weight in ranges if weight == 0}
    for tag, weight in ranges:
        wanted = offered if tag == "*" else _served(tag, by_name)
        if weight and (found := next((locale for locale in wanted if locale not in refused), None)):
            return language_tag(found)
    return None


def _served(tag: str, by_name: dict[str, str]) -> Iterator[str]:
    locale = locale_id(tag)
    yield from (by_name[name] for name in (lineage(locale) if locale else ()) if name in by_name)


def _ranges(header: str) -> list[tuple[str, float]]:
    items = header[:MAX_HEADER].split(",", MAX_RANGES)[:MAX_RANGES]
    return [(found[1], float(found[2] or 1)) for item in items if (found := _RANGE(item))]
