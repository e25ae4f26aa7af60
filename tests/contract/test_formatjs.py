"""The messages of this project's contract read as FormatJS writes them, in each language and with each number that matters."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from seawall import l10n
from seawall.l10n import ArbFile, ArbMessage, ParamType, arguments
from seawall_tools.codes import find_project
from tests.unit.l10n.formatjs import LOCALES, Asked, by_formatjs, installed, without_isolates

OWN = find_project(Path(__file__).parents[2], {}, cache=False)
COUNTS = [0, 1, 2, 3, 5, 11, 21, 100, 1234567]  # each plural word of each of the languages
VALUES: Mapping[ParamType, list[Any]] = {
    ParamType.STRING: ["agent's {session}"],
    ParamType.INTEGER: COUNTS,
    ParamType.NUMBER: [*COUNTS, 2.5],
    ParamType.DATE_TIME: [datetime(2026, 11, 22, 12, 30, tzinfo=UTC)],
}


@pytest.fixture(scope="module")
def packages(request: pytest.FixtureRequest) -> Path:
    """The folder with the package."""
    return installed(request.config)


def files() -> list[ArbFile]:
    """The catalogues, the template first."""
    assert OWN.arb is not None
    found = [l10n.read_arb(path.read_bytes(), path.name) for path in sorted(OWN.arb.glob("*.arb"))]
    return sorted(found, key=lambda file: file.locale != OWN.template)


def asked(file: ArbFile, template: ArbFile) -> Iterator[tuple[str, Asked]]:
    """Each message with each of its branches: its code, then pattern, language and params."""
    for key, message in file.messages.items():
        source = template.messages[key]
        assert source.code is not None
        types = source.types or {}
        for chosen in product(*(values(message, name, kind) for name, kind in types.items())):
            yield source.code, (message.pattern, file.locale or "", dict(zip(types, chosen, strict=True)))


def values(message: ArbMessage, name: str, kind: ParamType) -> list[Any]:
    """What a param is tried with; of a text also the words that the message asks it for."""
    words = {arm for found in arguments(message.parts) if found.name == name for arm, _ in found.arms}
    return VALUES[kind] + (sorted(words) if kind is ParamType.STRING else [])


def test_the_contract_reads_the_same(packages: Path) -> None:
    """Every message of every code in every language is, with all its branches, what intl-messageformat makes of it."""
    assert OWN.arb is not None
    catalogue = l10n.Catalogue.load(OWN.arb)
    template, *others = files()
    questions = [question for file in (template, *others) for question in asked(file, template)]
    assert {code for code, _ in questions} == {entry.code for entry in OWN.document().public}
    assert len({locale for _, (_, locale, _) in questions}) == len(LOCALES)
    ours = [without_isolates(catalogue.message(code, (), params, locale) or "") for code, (_, locale, params) in questions]
    theirs = by_formatjs(packages, [(pattern, locale.replace("_", "-"), params) for _, (pattern, locale, params) in questions])
    assert [found for found in zip(questions, ours, theirs, strict=True) if found[1] != found[2]] == []
