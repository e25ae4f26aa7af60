"""A response body on its way: what transports give, what its end is called, what its reader needs from above."""

from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec

from ._parsers import StreamLimitError

if TYPE_CHECKING:
    from ._response import Response

__all__ = ["ByteStream", "Completion", "Decoder"]


class ByteStream(Protocol):
    """A response body on its way, as transports give it."""

    async def read(self) -> bytes:
        """Return the next piece, `b""` at the end.

        Raises:
            ApiProblem: The body broke off.
        """
        ...

    async def aclose(self) -> None:
        """Free the connection; unread bytes are lost. Safe to call twice."""
        ...


class Decoder(Protocol):
    """What a response needs from the rooms above it; handed in, so that this room stays at the bottom."""

    def decode(self, response: "Response", into: Any, data: bytes | None = None) -> Any:
        """Return the body, or `data` that was cut out of it as UTF-8, as a value of this type, or raise a `DecodeProblem`."""
        ...

    def too_large(self, response: "Response", error: StreamLimitError) -> Exception:
        """Return the problem to raise when a line or an event of the stream is over its bound."""
        ...


class Completion(msgspec.Struct, frozen=True):
    """How a body ended.

    Attributes:
        outcome: "end" when read to the end, "error" when it broke off, "closed" when the reader stopped before.
        size: Bytes delivered.
        error: What broke it, or None.
    """

    outcome: Literal["end", "error", "closed"]
    size: int
    error: BaseException | None = None
