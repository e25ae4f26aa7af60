"""Which rule looks at what."""

from collections.abc import Iterator
from pathlib import Path

from ._budgets import over_budget
from ._doors import broken_in
from ._exports import exported_twice, public_files, undocumented, untrue_exports
from ._habits import clock_watchers, silent_tests
from ._privacy import indiscretions, loose_pins, project_files
from ._source import Violation, python_files

SOURCE_RULES = (over_budget, broken_in, public_files, untrue_exports, exported_twice, undocumented)
TEST_RULES = (silent_tests, clock_watchers)


def broken_rules(root: Path) -> Iterator[Violation]:
    """Every broken rule of a repository.

    Args:
        root: Its root folder, with `src` and `tests` in it.
    """
    sources, tests = python_files(root / "src"), python_files(root / "tests")
    for source_rule in SOURCE_RULES:
        yield from source_rule(sources)
    for test_rule in TEST_RULES:
        yield from test_rule(tests)
    yield from indiscretions(root, project_files(root))
    yield from loose_pins(root / "constraints.txt")
