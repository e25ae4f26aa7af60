"""A contract's whole way: document, generated modules, a FastAPI app that raises, a socket, the client, the user's language."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import seawall
from seawall_tools.codes._names import class_name
from tests.contract import expected
from tests.contract.contracts import LOCALES, Code
from tests.contract.made_up import contracts
from tests.contract.stage import Stage, made, new_project
from tests.contract.writing import catalogue, document, routes
from tests.worlds import World

EXAMPLES = 10
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # to shrink a contract that fails would take minutes


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where projects are made."""
    return tmp_path_factory.mktemp("contracts")


def test_a_contract_keeps_its_word_in_six_languages(world: World, stage: Stage, root: Path) -> None:
    """Of any document each code comes back as its class, with its params as they were given and the words of its language."""

    @given(contracts())
    @settings(max_examples=EXAMPLES, phases=PHASES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    def follow(codes: list[Code]) -> None:
        found = new_project(root)
        found.write("codes.md", document(codes))
        found.write("routes.py", routes([code.name for code in codes]))
        for locale in LOCALES[1:]:
            found.write(f"l10n/app_{locale.replace('-', '_')}.arb", catalogue(codes, locale))
        with made(found) as modules:
            stage.app = modules.build([code.values for code in codes])
            world.run(see_all(world, stage.url, modules.client, codes))

    follow()


async def see_all(world: World, url: str, client: ModuleType, codes: Sequence[Code]) -> None:
    async with world.client(url, problem_types=client.PROBLEM_TYPES, retry=False) as api:
        for number, code in enumerate(codes):
            see(await problem_of(api, f"/{number}"), code, client)


async def problem_of(api: Any, path: str, **options: Any) -> seawall.StatusProblem:
    with pytest.raises(seawall.StatusProblem) as caught:
        await api.get(path, **options)
    return caught.value


def see(problem: seawall.StatusProblem, code: Code, client: ModuleType) -> None:
    assert (problem.code, problem.status, problem.detail) == (code.name, code.status, expected.detail(code))
    assert client.ErrorCode.of(problem) == ("UNKNOWN" if code.internal else code.name)
    assert hasattr(client, class_name(code.name)) is not code.internal
    if not code.internal:
        assert type(problem) is getattr(client, class_name(code.name))
        assert code.retryable in (None, problem.retryable)
        own = [name for name in code.types if name in vars(type(problem))]
        assert {name: getattr(problem, name) for name in own} == {
            name: expected.value(code.values.get(name), code.types[name]) for name in own
        }
    assert {locale: problem.user_message(locale) for locale in LOCALES} == {
        locale: expected.message(code, locale) for locale in LOCALES
    }
