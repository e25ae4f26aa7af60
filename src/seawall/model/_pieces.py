"""Iterating over a body in both worlds: one text, two protocols."""

from collections import deque
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from ._parsers import PieceParser, StreamLimitError

if TYPE_CHECKING:
    from ._response import Response

__all__ = ["Pieces", "WholePieces"]

T = TypeVar("T")


class WholePieces:
    """The parser that changes nothing: pieces as the transport gave them."""

    def feed(self, piece: bytes) -> list[bytes]:
        """Return the piece."""
        return [piece]

    def finish(self) -> list[bytes]:
        """Return nothing: no piece is held back."""
        return []


class Pieces(Generic[T]):
    """The items of a body, as an iterator and as an async iterator.

    Args:
        response: Where the bytes come from.
        parser: What cuts them into items.
    """

    def __init__(self, response: "Response", parser: PieceParser[T]) -> None:
        self._response = response
        self._parser = parser
        self._ready: deque[T] = deque()
        self._ended = False

    async def _advance(self) -> bool:
        while not self._ready and not self._ended:
            await self._take()
        return bool(self._ready)

    async def _take(self) -> None:
        response = self._response
        if response.is_streamed:
            piece = await response.next_piece()
            self._ended = not piece
        else:
            piece, self._ended = response.content, True
        too_large: StreamLimitError | None = None
        try:
            if piece:
                self._ready.extend(self._parser.feed(piece))
            if self._ended:
                self._ready.extend(self._parser.finish())
        except StreamLimitError as error:
            too_large = error
        if too_large is not None:
            await response.aclose()
            raise response.decoder.too_large(response, too_large)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        if not self._ready and not self._response.run(self._advance()):
            raise StopIteration
        return self._ready.popleft()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if not await self._advance():
            raise StopAsyncIteration
        return self._ready.popleft()
