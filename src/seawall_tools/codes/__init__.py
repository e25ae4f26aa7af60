"""The error contract: read the document, check all that depends on it, generate both sides, compare with what was.

`docs/reference/error-document.md` is the grammar.
"""

from ._checks import check_project
from ._command import app
from ._diff import diff
from ._document import Document, Entry, Param, Retired
from ._finding import Edit, Finding
from ._generate import generated, write_targets
from ._project import Project, find_project
from ._read import parse
from ._sections import DocumentError
from ._settings import Settings

__all__ = [
    "Document",
    "DocumentError",
    "Edit",
    "Entry",
    "Finding",
    "Param",
    "Project",
    "Retired",
    "Settings",
    "app",
    "check_project",
    "diff",
    "find_project",
    "generated",
    "parse",
    "write_targets",
]
