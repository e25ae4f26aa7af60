"""The house rules that no linter knows. Each file holds one kind of rule, as functions from a tree to its violations.

`python -m tools.house` checks this repository; so does `tests/architecture`, which also shows each rule what breaks it.
"""

from ._budgets import over_budget, summary
from ._check import broken_rules
from ._doors import broken_in
from ._exports import definition, exported, exported_twice, origin, public_files, undocumented, untrue_exports
from ._habits import clock_watchers, silent_tests
from ._privacy import indiscretions, loose_pins, project_files
from ._source import SourceFile, Violation, python_files

__all__ = [
    "SourceFile",
    "Violation",
    "broken_in",
    "broken_rules",
    "clock_watchers",
    "definition",
    "exported",
    "exported_twice",
    "indiscretions",
    "loose_pins",
    "origin",
    "over_budget",
    "project_files",
    "public_files",
    "python_files",
    "silent_tests",
    "summary",
    "undocumented",
    "untrue_exports",
]
