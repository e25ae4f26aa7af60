"""Cutting a stream of bytes into lines and server-sent events. Pure, bounded, fed in pieces of any size."""

import codecs
import re
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, overload

import msgspec
from typing_extensions import TypeForm

if TYPE_CHECKING:
    from ._response import Response

__all__ = ["LineParser", "PieceParser", "ServerEvent", "ServerEventParser", "StreamLimitError"]

T = TypeVar("T")
MAX_LINE = 1024 * 1024  # characters: a longer "line" is a stream without lines, which would fill memory
_BREAK = re.compile(r"\r\n|\n|\r")


class StreamLimitError(ValueError):
    """A line or an event of a stream is longer than allowed."""


class PieceParser(Protocol[T]):
    """Turns pieces of bytes into items."""

    def feed(self, piece: bytes) -> list[T]:
        """Take the next piece and return the items that are whole now."""
        ...

    def finish(self) -> list[T]:
        """Return what is left when the stream ends."""
        ...


class LineParser:
    """Lines of UTF-8 text without their ends; CRLF, LF and a lone CR end a line, also across pieces.

    Args:
        limit: Longest line in characters.
    """

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parts: list[str] = []
        self._size = 0
        self._after_return = False
        self._limit = limit

    def feed(self, piece: bytes) -> list[str]:
        """Return the lines that end in this piece.

        Raises:
            StreamLimitError: A line is longer than the limit.
        """
        return self._cut(self._decoder.decode(piece))

    def finish(self) -> list[str]:
        """Return the last line if it had no end."""
        lines = self._cut(self._decoder.decode(b"", final=True))
        if self._parts:
            lines.append("".join(self._parts))
            self._parts, self._size = [], 0
        return lines

    def _cut(self, text: str) -> list[str]:
        if self._after_return and text:
            text = text.removeprefix("\n")  # the CR before already ended the line
            self._after_return = False
        if not text:
            return []
        self._after_return = text.endswith("\r")
        lines = _BREAK.split(text)
        rest = lines.pop()
        if lines:
            lines[0] = "".join([*self._parts, lines[0]])
            self._parts, self._size = [], 0
        if rest:
            self._parts.append(rest)
            self._size += len(rest)
        if self._size > self._limit or any(len(line) > self._limit for line in lines):
            raise StreamLimitError(f"a line is longer than {self._limit} characters")
        return lines


class ServerEvent(msgspec.Struct, frozen=True, dict=True):
    """One server-sent event (WHATWG HTML, section 9.2).

    Attributes:
        data: The data lines, joined by line feeds.
        event: Its type, "message" unless the server names one.
        id: The last event id seen, "" without one.
        retry: Seconds to wait before reconnecting, as the server asked; None without.
    """

    data: str
    event: str = "message"
    id: str = ""
    retry: float | None = None
    _response: ClassVar["Response | None"] = None  # set on the event where it has one; no field, and so never compared or shown

    @overload
    def json(self) -> Any: ...
    @overload
    def json(self, into: TypeForm[T]) -> T: ...
    def json(self, into: Any = Any) -> Any:
        """Decode the data as JSON into a type, as `response.json` does.

        Args:
            into: Any type that msgspec or pydantic can decode; for an event made by hand, any that msgspec can.

        Raises:
            DecodeProblem: The data is no JSON or not of that type; for an event made by hand, a plain ValueError.
        """
        if self._response is None:
            return msgspec.json.decode(self.data, type=into)
        return self._response.decoder.decode(self._response, into, self.data.encode())


class ServerEventParser:
    """Server-sent events (WHATWG HTML, section 9.2): comments and unknown fields are skipped, an unfinished event is dropped.

    Args:
        limit: Longest event in characters.
        response: Where the events come from; it decodes their JSON.
    """

    def __init__(self, limit: int = 8 * MAX_LINE, response: "Response | None" = None) -> None:
        self._response = response
        self._lines = LineParser()
        self._limit = limit
        self._first = True
        self._data: list[str] = []
        self._size = 0
        self._event = ""
        self._id = ""
        self._retry: float | None = None

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """Return the events that end in this piece.

        Raises:
            StreamLimitError: A line or an event is longer than allowed.
        """
        return [event for line in self._lines.feed(piece) if (event := self._take(line)) is not None]

    def finish(self) -> list[ServerEvent]:
        """Return the event that the last bytes ended, if any; an unfinished one is dropped."""
        return []

    def _take(self, line: str) -> ServerEvent | None:
        if self._first:
            line = line.removeprefix("\ufeff")
            self._first = False
        if not line:
            return self._dispatch()
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
            self._size += len(value) + 1
            if self._size > self._limit:
                raise StreamLimitError(f"a server-sent event is longer than {self._limit} characters")
        elif field == "event":
            self._event = value
        elif field == "id" and "\0" not in value:
            self._id = value
        elif field == "retry" and value.isascii() and value.isdigit() and len(value) < 12:
            self._retry = int(value) / 1000
        return None

    def _dispatch(self) -> ServerEvent | None:
        data, event = self._data, self._event
        self._data, self._event, self._size = [], "", 0
        if not data:
            return None
        made = ServerEvent("\n".join(data), event or "message", self._id, self._retry)
        if self._response is not None:
            msgspec.structs.force_setattr(made, "_response", self._response)
        return made
