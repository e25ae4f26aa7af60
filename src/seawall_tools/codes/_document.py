"""The error document once it is read: entries with the lines that they stand on."""

from typing import Literal

import msgspec

from ._finding import Finding

__all__ = ["DEFAULT_PATH", "TYPES", "Document", "Entry", "Param", "ParamType", "Retired"]

DEFAULT_PATH = "docs/protocols/common/http-error-codes.md"
ParamType = Literal["string", "integer", "number", "date-time"]
TYPES: tuple[ParamType, ...] = ("string", "integer", "number", "date-time")


class Param(msgspec.Struct, frozen=True):
    """A fact that a problem carries for its message.

    Attributes:
        name: In snake_case, as it stands in the problem document's `params`.
        type: What its value is; a date-time is RFC 3339 text on the wire.
        required: Whether the server must give it.
    """

    name: str
    type: ParamType
    required: bool = True


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One code of the contract.

    Attributes:
        code: In UPPER_SNAKE.
        status: HTTP status, 400 to 599.
        detail: Fixed text for developers, with `{name}` for params.
        key: Key of its message in the catalogues, a Dart identifier.
        description: When it comes, and what helps.
        params: What its message may speak of.
        retryable: Whether the same call may succeed later; None where the document is silent.
        since: The version that brought it.
        deprecated: The version from which it is no longer raised.
        replaced_by: The code that comes in its place.
        internal: Whether it is for services only: apps get neither a class nor a message.
        line: Where its section begins.
        lines: Where each bullet stands, by the bullet's name.
    """

    code: str
    status: int
    detail: str
    key: str
    description: str
    params: tuple[Param, ...] = ()
    retryable: bool | None = None
    since: str | None = None
    deprecated: str | None = None
    replaced_by: str | None = None
    internal: bool = False
    line: int = 1
    lines: dict[str, int] = {}

    def at(self, bullet: str) -> int:
        """Return the line of a bullet, or that of the section."""
        return self.lines.get(bullet, self.line)


class Retired(msgspec.Struct, frozen=True):
    """A code that is gone and never comes back with another meaning.

    Attributes:
        code: In UPPER_SNAKE.
        line: Where it is listed.
    """

    code: str
    line: int


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole error document.

    Attributes:
        path: Its file, as findings name it.
        entries: Its codes, in their order.
        retired: Its retired codes.
        findings: What is wrong with its form; entries that cannot be understood are missing above.
    """

    path: str
    entries: tuple[Entry, ...] = ()
    retired: tuple[Retired, ...] = ()
    findings: tuple[Finding, ...] = ()

    def find(self, code: str) -> Entry | None:
        """Return the entry of a code."""
        return next((entry for entry in self.entries if entry.code == code), None)

    @property
    def public(self) -> tuple[Entry, ...]:
        """The entries that apps get to see."""
        return tuple(entry for entry in self.entries if not entry.internal)
