"""Which built-in dialects are asked about a body: those that have one of its members for a sign, and those without signs."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ._built_in import BUILT_IN
from ._dialect import Dialect, ErrorBody, Match
from ._signs import NO_MEMBERS

__all__ = ["asked_about"]

Asked = tuple[Callable[[ErrorBody], Match], Dialect]  # its `match`, looked up once, and the dialect
MAX_KEPT = 256  # choices: servers have few forms, and members of other names are not looked at
_SIGNS = frozenset[str]().union(*(dialect.signs for dialect in BUILT_IN))
_NOTHING = (NO_MEMBERS,)


def asked_about(members: dict[str, Any]) -> tuple[Asked, ...]:
    """Return the dialects that may match a body with these members, in their order, each behind its `match`."""
    return _chosen(_SIGNS.intersection(members or _NOTHING))


@lru_cache(maxsize=MAX_KEPT)
def _chosen(names: frozenset[str]) -> tuple[Asked, ...]:
    return tuple((each.match, each) for each in BUILT_IN if not each.signs or not names.isdisjoint(each.signs))
