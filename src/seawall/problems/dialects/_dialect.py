"""What a dialect is: a form in which servers tell of errors."""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Protocol

import msgspec

from .._challenges import Challenge
from .._facts import Facts

__all__ = ["Dialect", "ErrorBody", "Match"]


class Match(IntEnum):
    """How surely a body is written in a dialect; the surest one reads it, whatever the order in which they are asked."""

    NO = 0
    GUESS = 1  # a usual name or two
    RESEMBLES = 2  # some of its members are there, and they are others' as well
    LIKELY = 3  # its shape, without a member that it alone has
    SURE = 4  # members that it alone has, or a media type under which relatives come, too
    DECLARED = 5  # a media type or a header that it alone has


class ErrorBody(msgspec.Struct, frozen=True):
    """An error response as dialects see it.

    Attributes:
        status: HTTP status.
        header: Returns a header field by name (any case), or None.
        media_type: Of the body, in lower case and without parameters; "" without one.
        document: The decoded body: a JSON value, for XML an object with the root's name as its only member, None for others.
        members: The document if it is an object, else an empty one.
        url: Where it came from, redacted; "" where that is not known.
        challenges: What its `WWW-Authenticate` asks for.
    """

    status: int
    header: Callable[[str], str | None]
    media_type: str
    document: Any
    members: dict[str, Any]
    url: str
    challenges: tuple[Challenge, ...] = ()


class Dialect(Protocol):
    """A form of error bodies. Give your own to a client: `Client(dialects=[...])`; it wins over an equally sure built-in one.

    Neither method may trust the body: members may be missing, or of any type. A dialect that raises is logged and passed over.
    """

    @property
    def name(self) -> str:
        """What `problem.dialect` will say, in lower case."""
        ...

    def match(self, body: ErrorBody, /) -> Match:
        """Tell how surely a body is written in this form. Called for every error response, so it should look at little."""
        ...

    def read(self, body: ErrorBody, /) -> Facts:
        """Return what a body says that `match` was surest of."""
        ...
