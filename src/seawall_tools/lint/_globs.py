"""Patterns of paths."""

import re
from functools import lru_cache

__all__ = ["matches"]

_PARTS = re.compile(r"(\*\*/|\*\*|\*|\?)")
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(path: str, pattern: str) -> bool:
    """Whether a path with slashes fits a pattern.

    Args:
        path: From the project's folder.
        pattern: `*` and `?` stay within one name, `**` goes over folders. A pattern without a slash is the name of a file or
            a folder anywhere on the path.
    """
    if "/" not in pattern:
        return any(_compiled(pattern).fullmatch(part) for part in path.split("/"))
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = _PARTS.split(pattern.removeprefix("./"))
    return re.compile("".join(_MEANINGS.get(part) or re.escape(part) for part in parts), re.DOTALL)
