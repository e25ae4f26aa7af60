"""The contract of this project itself, on its whole way from the document to the user, in JSON and in XML.

The texts are compared with what the same catalogue says, so they prove that code, params and language arrive. What they say, two
others check who share none of its code: test_formatjs.py beside intl-messageformat, test_round_trip.py by texts of its own.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import seawall
from seawall_tools.codes import Entry, find_project
from tests.contract.contracts import LOCALES
from tests.contract.stage import Made, Stage, made, new_project
from tests.contract.writing import routes
from tests.worlds import World

OWN = find_project(Path(__file__).parents[2], {}, cache=False)
VALUES = {"string": "agent_session", "integer": 21, "number": 2.5, "date-time": datetime(2026, 11, 22, 12, 30, tzinfo=UTC)}


@cache
def entries() -> tuple[Entry, ...]:
    """The codes of the document."""
    return OWN.document().entries


def values(entry: Entry) -> dict[str, Any]:
    return {param.name: VALUES[param.type] for param in entry.params}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory, stage: Stage) -> Iterator[Made]:
    """The document and its catalogues in a project of their own, generated and running."""
    found = new_project(tmp_path_factory.mktemp("own"))
    assert OWN.arb is not None
    shutil.copyfile(OWN.file, found.root / "codes.md")
    shutil.copytree(OWN.arb, found.root / "l10n")
    found.write("routes.py", routes([entry.code for entry in entries()]))
    with made(found) as modules:
        stage.app = modules.build([values(entry) for entry in entries()])
        yield modules


@pytest.mark.parametrize("accept", ["application/problem+json", "application/problem+xml"])
async def test_each_code_speaks_six_languages(world: World, stage: Stage, contract: Made, accept: str) -> None:
    """Each code that is raised comes back as its class, and says in six languages six texts of its own."""
    async with world.client(stage.url, problem_types=contract.client.PROBLEM_TYPES, retry=False) as api:
        for number, entry in enumerate(entries()):
            with pytest.raises(seawall.StatusProblem) as caught:
                await api.get(f"/{number}", headers={"Accept": accept})
            assert type(caught.value) in contract.client.PROBLEM_TYPES
            assert (caught.value.code, caught.value.status) == (entry.code, entry.status)
            texts = [caught.value.user_message(locale) for locale in LOCALES]
            assert texts == [contract.catalogue.message(entry.code, (), values(entry), locale) for locale in LOCALES]
            assert len(set(texts)) == len(LOCALES)


async def test_params_come_back_by_their_types(world: World, stage: Stage, contract: Made) -> None:
    """The params that a server gave are the properties of what a client catches."""
    async with world.client(stage.url, problem_types=contract.client.PROBLEM_TYPES, retry=False) as api:
        for number, entry in enumerate(entries()):
            with pytest.raises(seawall.StatusProblem) as caught:
                await api.get(f"/{number}")
            assert {name: getattr(caught.value, name) for name in values(entry)} == values(entry)
