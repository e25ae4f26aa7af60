"""Our messages read as FormatJS writes them: the backend's mail, the app and the web page say the same."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from seawall.l10n import Catalogue, built_in_files
from seawall.l10n._message import Message
from seawall.l10n._pattern import parse_pattern
from tests.unit.l10n.formatjs import LOCALES, Asked, by_formatjs, installed, without_isolates

COUNTS = [0, 1, 2, 3, 5, 11, 21, 100, 1234567]
MOMENT = datetime.fromisoformat("2026-11-05T12:34:56+00:00")
FORMS = "zero{# zero} one{# one} two{# two} few{# few} many{# many} other{# other}"
COUNTING = [
    "{n}",
    "{n, number}",
    "{n, number, integer}",
    f"{{n, plural, {FORMS}}}",
    f"{{n, plural, =0{{none}} {FORMS}}}",
    f"{{n, plural, offset:1 =0{{none}} {FORMS}}}",
    f"{{n, selectordinal, {FORMS}}}",
    "{n, plural, one{it''s '#' #} other{'{'#'}' of {n} and {n, number}}}",
    "{n, plural, other{{g, select, f{her #} other{their #}}}}",
    "{n, plural, offset:-1 =-1{none} =5{five} other{{n, selectordinal, offset:1 other{# #}} #}}",
    "{n, select, 1{one} 100{hundred} other{many}}",
]
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("plain", {}),
    ("it's {name}'s '{name}' #", {"name": "Ada"}),
    ("{a}{b}", {"a": "x", "b": "ы"}),
    ("{g, select, f{She} m{He} other{They}} {g}", {"g": "f"}),
    ("{g, select, f{She} other{They}}", {"g": "unknown"}),
    ("{x, number, percent}", {"x": 0.256}),
    ("{x, number}", {"x": 1234.5678}),
    ("{x, number, ::currency/EUR}", {"x": 1234.5}),
    ("{x, number, ::compact-short}", {"x": 12345}),
    ("{x}", {"x": 2.5}),
    *((f"{{x, number, {style}}}", {"x": 0.125}) for style in ("percent", "::.00", "::currency/EUR")),
    *((f"{{x, number, {style}}}", {"x": 12_500.5}) for style in ("integer", "::compact-short", "::compact-long")),
    ("{x, plural, other{#}} {x, plural, offset:1 other{#}}", {"x": 1.0005}),
    ("{x, select, true{yes} false{no} other{?}}", {"x": True}),
    *((f"{{t, date, {style}}}", {"t": MOMENT}) for style in ("short", "medium", "long", "full", "::yMMMd", "::yMMMMd")),
    *((f"{{t, time, {style}}}", {"t": MOMENT}) for style in ("short", "medium", "long", "full")),
    ("{t, date} {t, time}", {"t": MOMENT}),
]


@pytest.fixture(scope="module")
def packages(request: pytest.FixtureRequest) -> Path:
    """The folder with the package."""
    return installed(request.config)


def by_us(pattern: str, locale: str, params: dict[str, Any]) -> str:
    text = Message(parse_pattern(pattern), locale.replace("-", "_"), {}).text(params)
    assert text is not None
    return without_isolates(text)


def test_groups_of_four_digits_read_the_same(packages: Path) -> None:
    """Languages that write 1234 and 12.345 do so in plurals too."""
    patterns = ("{n, number}", "{n, plural, other{#}}", "{n, plural, offset:1 other{#}}")
    asked: list[Asked] = [
        (pattern, locale, {"n": n}) for pattern in patterns for locale in ("es", "it", "pl", "pt-PT", "bg") for n in (1235, 12345)
    ]
    assert [by_us(*each) for each in asked] == by_formatjs(packages, asked)


def table() -> Iterator[Asked]:
    for locale in LOCALES:
        for pattern in COUNTING:
            yield from ((pattern, locale, {"n": n, "g": "f"}) for n in COUNTS)
        for pattern, params in OTHERS:
            yield pattern, locale, params


def test_a_table_of_patterns_reads_the_same(packages: Path) -> None:
    """Plurals, ordinals, selects, numbers, dates and quotations are equal in all six languages."""
    asked = list(table())
    theirs = by_formatjs(packages, asked)
    ours = [by_us(*each) for each in asked]
    assert [(each, own, text) for each, own, text in zip(asked, ours, theirs, strict=True) if own != text] == []


def test_the_built_in_messages_read_the_same(packages: Path) -> None:
    """Every message of Seawall's own is equal in every language that it has."""
    catalogue = Catalogue.built_in()
    asked = [(message, file.locale or "") for file in built_in_files() for message in file.messages.values()]
    theirs = by_formatjs(packages, [(message.pattern, locale, {}) for message, locale in asked])
    assert [catalogue.message(None, (message.key,), {}, locale) for message, locale in asked] == theirs
    assert len(theirs) > 200
