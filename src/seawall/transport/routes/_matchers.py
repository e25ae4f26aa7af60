"""What an expected value may be besides itself, and how both are shown."""

import re
import reprlib
from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import islice
from typing import Any

from seawall.model import REDACTED, Secret, is_secret_name

__all__ = ["accepts", "as_text", "fits", "is_rule", "shown"]

MAX_MEMBERS = 12
MAX_DEPTH = 6
_repr = reprlib.Repr()
_repr.maxstring = _repr.maxother = 200
_repr.maxdict = _repr.maxlist = MAX_MEMBERS
_repr.maxlevel = MAX_DEPTH


def is_rule(expected: object) -> bool:
    """Whether an expected value is a rule (a compiled regex, a type, a predicate) and not a value."""
    return isinstance(expected, re.Pattern) or callable(expected)


def accepts(expected: Any, got: Any) -> bool:
    """Whether a value is what is expected: equal to it, or as the rule says. JSON's `true` is no 1."""
    if isinstance(expected, re.Pattern):
        return _finds(expected, got)
    if isinstance(expected, type):
        kinds = (int, float) if expected is float else expected
        return isinstance(got, kinds) and (expected is bool or not isinstance(got, bool))
    if callable(expected):
        return bool(expected(got))
    if isinstance(expected, int | float) and isinstance(expected, bool) is not isinstance(got, bool):
        return False
    return bool(expected == got)  # also of objects whose equality is a rule, such as `unittest.mock.ANY`


def _finds(pattern: "re.Pattern[Any]", got: Any) -> bool:
    if isinstance(pattern.pattern, bytes):
        return isinstance(got, bytes) and pattern.search(got) is not None
    text = got.decode("utf-8", "replace") if isinstance(got, bytes) else got
    return isinstance(text, str) and pattern.search(text) is not None


def fits(expected: Any, values: Sequence[str]) -> bool:
    """Whether the values of one field are what is expected: None wants no value, a list wants just these."""
    wanted = [] if expected is None else expected if isinstance(expected, list | tuple) else [expected]
    return len(wanted) == len(values) and all(accepts(as_text(one), value) for one, value in zip(wanted, values, strict=True))


def as_text(value: Any) -> Any:
    """A value as it stands in a query, a form or a header, the way the client writes it; rules stay rules."""
    if isinstance(value, Enum):
        return as_text(value.value)
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def shown(value: Any, *, secret: bool = False) -> str:
    """A value or a rule in words: bounded, its secrets redacted."""
    if secret or isinstance(value, Secret):
        return REDACTED
    if isinstance(value, re.Pattern):
        return f"something matching {_repr.repr(value.pattern)}"
    if isinstance(value, type):
        return f"any {value.__name__}"
    if callable(value):
        return f"what {getattr(value, '__name__', type(value).__name__)} accepts"
    return _repr.repr(_redacted(value, MAX_DEPTH))


def _redacted(value: Any, depth: int) -> Any:
    """A copy as deep and as wide as it is shown."""
    if isinstance(value, Secret):
        return REDACTED
    if isinstance(value, Mapping) and depth:
        members = islice(value.items(), MAX_MEMBERS + 1)
        return {name: REDACTED if is_secret_name(str(name)) else _redacted(member, depth - 1) for name, member in members}
    if isinstance(value, list | tuple) and depth:
        return [_redacted(member, depth - 1) for member in value[: MAX_MEMBERS + 1]]
    return value
