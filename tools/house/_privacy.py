"""Privacy: no text of the project holds a secret, a machine's own path, or where packages come from."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ._source import Violation

# Written with brackets where the pattern would otherwise find itself in this file.
_RULES = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY----[-]",
    "an access token": r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|xox[abprs]-[\w-]{20,}|sk-\w{32,})\b",
    "a package index": r"--(extra-)?index-ur[l]|PIP_(EXTRA_)?INDEX_UR[L]",
    "the host of a package registry": r"pypi\.or[g]/simple|pythonhosted\.or[g]|registry\.npm[j]s",
    "a path of one machine": r"(?<![\w.])/(root|home/\w+|Users/\w+|work|tmp/v)/\w",
    "a password in an address": r"\bhttps?://[^/\s:@\"'{}]+:[^/\s@\"'{}]+@(?!(\w+\.)*(example|test|invalid|localhost)\b)",
}
_PATTERNS = {what: re.compile(pattern) for what, pattern in _RULES.items()}
_BUILT = {"build", "dist", "__pycache__"}
_HIDDEN_AND_OURS = {".ci", ".github"}
_PIN = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+").fullmatch


def indiscretions(root: Path, paths: Iterable[Path]) -> Iterator[Violation]:
    """Lines that tell what only one person or one machine should know."""
    for path in paths:
        for number, line in enumerate(_text(path).splitlines(), 1):
            for what, pattern in _PATTERNS.items():
                if pattern.search(line):
                    yield Violation(path.relative_to(root), number, f"holds {what}")


def loose_pins(constraints: Path) -> Iterator[Violation]:
    """Lines of constraints.txt that are more, or less, than `name==version`."""
    for number, line in enumerate(constraints.read_text(encoding="utf-8").splitlines(), 1):
        if not _PIN(line):
            yield Violation(Path(constraints.name), number, "write name==version and nothing else")


def project_files(root: Path) -> list[Path]:
    """All files that are, or may soon be, committed: what lies in no hidden and no built folder.

    Git is not asked, since an unpacked archive, or a clone owned by another user, has none that answers.
    """
    found: list[Path] = []
    for path in sorted(root.iterdir()):
        if path.is_file():
            found.append(path)
        elif path.name not in _BUILT and (not path.name.startswith(".") or path.name in _HIDDEN_AND_OURS):
            found += project_files(path)
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a picture or the like
