"""`seawall lint`: finds in an app's code what is known to hurt those who call HTTP APIs. It reads code, and never runs it.

The rules are in `rules/`, one file each. What they know of a file is in `_module.py` and `_names.py`.
"""

from ._check import MAX_BYTES, check_bytes, check_file, check_tree
from ._finding import UNREADABLE, Finding, Hit, Rule
from ._module import Module
from ._run import MAX_FINDINGS, Outcome, lint, lint_text, projects_of
from ._settings import Project, Settings, SettingsError, find_project, read_project
from .rules import RULES

__all__ = [
    "MAX_BYTES",
    "MAX_FINDINGS",
    "RULES",
    "UNREADABLE",
    "Finding",
    "Hit",
    "Module",
    "Outcome",
    "Project",
    "Rule",
    "Settings",
    "SettingsError",
    "check_bytes",
    "check_file",
    "check_tree",
    "find_project",
    "lint",
    "lint_text",
    "projects_of",
    "read_project",
]
