"""`# noqa`, as flake8 and ruff write it."""

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["is_silenced"]

_NOQA = re.compile(r"#\s*noqa(?!\w)(?::\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)


def is_silenced(code: str, lines: Sequence[str]) -> bool:
    """Whether one of the lines of a finding bears a noqa for its code, or one for all codes.

    Args:
        code: The finding's code.
        lines: The lines on which it stands.
    """
    return any(_silences(codes, code) for line in lines for codes in _noqas(line))


@lru_cache(maxsize=256)
def _noqas(line: str) -> tuple[str | None, ...]:
    """The codes of each noqa on a line; None for one without codes."""
    return tuple(match["codes"] for match in _NOQA.finditer(line))


def _silences(codes: str | None, code: str) -> bool:
    return codes is None or code.startswith(tuple(re.split(r"[,\s]+", codes.upper())))
