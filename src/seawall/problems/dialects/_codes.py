"""What may be taken for a code where a form does not say which member is one: user data must not be, because codes are logged."""

import re
from typing import Any

__all__ = ["as_identifier", "as_number", "code_in"]

_IDENTIFIER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}").fullmatch
_CODES = ("errorCode", "code", "error_code")


def as_identifier(value: object) -> str | None:
    """Return a text that looks like an identifier, "card_declined" or "NotFound": no words, no address; None for all else."""
    return value if isinstance(value, str) and _IDENTIFIER(value) else None


def as_number(value: object, status: int) -> str | None:
    """Return a service's own number for an error, 21211, as text; None for all else, the status of the answer and 0 with it."""
    return str(value) if type(value) is int and value not in (0, status) and abs(value) < 2**63 else None


def code_in(members: dict[str, Any], status: int) -> str | None:
    """Return the code under one of the usual names, as an identifier or else as the text of a number."""
    given = [members[name] for name in _CODES if name in members]
    for value in given:
        if (text := as_identifier(value)) is not None:
            return text
    for value in given:
        if (number := as_number(value, status)) is not None:
            return number
    return None
