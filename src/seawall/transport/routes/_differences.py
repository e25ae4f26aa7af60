"""Where what came differs from what was expected."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from seawall.model import UsageError, is_secret_name, json_body

from ._matchers import accepts, is_rule, shown

__all__ = ["NOTHING", "Difference", "json_differences"]

_PLAIN = str | int | float | bool | None
NOTHING = "nothing"


class Difference(msgspec.Struct, frozen=True):
    """One place where a call is not as expected, in words.

    Args:
        where: Which part of the call; in JSON the pointer (RFC 6901) to it.
        expected: What should be there.
        got: What is.
    """

    where: str
    expected: str
    got: str

    def __str__(self) -> str:
        got = "something else" if self.got == self.expected else self.got  # both are redacted
        return f"{self.where}: expected {self.expected}, got {got}"


class _Place(msgspec.Struct, frozen=True):
    """A place in a JSON document.

    Args:
        pointer: Its JSON pointer.
        secret: Whether what stands here must not be shown.
        partial: Whether objects may have more members than expected.
    """

    pointer: str = ""
    secret: bool = False
    partial: bool = False

    def below(self, name: str | int) -> "_Place":
        """The place of a member."""
        escaped = str(name).replace("~", "~0").replace("/", "~1")
        return _Place(f"{self.pointer}/{escaped}", self.secret or is_secret_name(str(name)), self.partial)

    def differs(self, expected: str, got: str) -> Difference:
        """A difference here."""
        return Difference(f"json {self.pointer or '(the whole body)'}", expected, got)

    def shown(self, value: Any) -> str:
        """A value in words."""
        return shown(value, secret=self.secret)


def json_differences(expected: Any, got: Any, *, partial: bool, secret: bool) -> Iterator[Difference]:
    """Every difference between an expected JSON document and what came, from top to bottom.

    Args:
        expected: The document; rules may stand in it, and what the client's `json=` encodes.
        got: The decoded body.
        partial: Whether objects may have more members than expected.
        secret: Whether no value may be shown.
    """
    return _compare(expected, got, _Place(secret=secret, partial=partial))


def _compare(expected: Any, got: Any, place: _Place) -> Iterator[Difference]:
    expected = _plain(expected)
    if isinstance(expected, Mapping) and isinstance(got, dict):
        yield from _compare_objects(expected, got, place)
    elif isinstance(expected, list | tuple) and isinstance(got, list):
        yield from _compare_arrays(expected, got, place)
    elif not accepts(expected, got):
        yield place.differs(place.shown(expected), place.shown(got))


def _compare_objects(expected: Mapping[str, Any], got: dict[str, Any], place: _Place) -> Iterator[Difference]:
    for name, member in expected.items():
        below = place.below(name)
        if name in got:
            yield from _compare(member, got[name], below)
        else:
            yield below.differs(below.shown(member), NOTHING)
    for name in [] if place.partial else [name for name in got if name not in expected]:
        below = place.below(name)
        yield below.differs(NOTHING, below.shown(got[name]))


def _compare_arrays(expected: "list[Any] | tuple[Any, ...]", got: list[Any], place: _Place) -> Iterator[Difference]:
    for index, (member, value) in enumerate(zip(expected, got, strict=False)):
        yield from _compare(member, value, place.below(index))
    if len(expected) != len(got):
        yield place.differs(f"{len(expected)} items", f"{len(got)} items")


def _plain(expected: Any) -> Any:
    """What the client would send for a dataclass, a Struct, a model, a date...; anything else stays."""
    if isinstance(expected, Mapping | list | tuple | _PLAIN) or is_rule(expected):
        return expected
    try:
        return msgspec.json.decode(json_body(expected).data or b"")
    except UsageError:
        return expected
