"""Bodies on their way between a host's client and ours, piece by piece: nobody reads ahead, so a slow reader slows the sender."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from seawall.chain import drive
from seawall.model import Body, BodyReader, Response, Runtime, UsageError
from seawall.problems import ApiProblem

__all__ = ["AsyncPieces", "BlockingPieces", "HostBody"]

Translate = Callable[[ApiProblem], Exception]


class HostBody(Body):
    """A request body of the host. It can be begun once: what a file or a generator gave cannot be asked for again.

    Args:
        stream: What the host gave: iterable in the world of its client.
    """

    def __init__(self, stream: Iterable[bytes] | AsyncIterable[bytes]) -> None:
        self._stream = stream
        self._begun = False

    @property
    def replayable(self) -> bool:
        return not self._begun

    def open(self, runtime: Runtime) -> BodyReader:
        if self._begun:
            raise UsageError("content: this body was read before and cannot be sent again")
        return _BlockingReader(self) if runtime.is_blocking else _AsyncReader(self)

    def begin(self) -> Any:
        """Hand out the stream at the moment when its first piece is wanted; until then nothing is lost by trying again."""
        self._begun = True
        return self._stream

    def __repr__(self) -> str:
        return f"HostBody({type(self._stream).__name__})"


class _BlockingReader:
    def __init__(self, body: HostBody) -> None:
        self._body = body
        self._pieces: Iterator[bytes] | None = None

    async def read(self) -> bytes:
        if self._pieces is None:
            self._pieces = iter(self._body.begin())
        return next(filter(None, self._pieces), b"")

    async def aclose(self) -> None:
        """The stream is the host's to close."""


class _AsyncReader:
    def __init__(self, body: HostBody) -> None:
        self._body = body
        self._pieces: AsyncIterator[bytes] | None = None

    async def read(self) -> bytes:
        if self._pieces is None:
            self._pieces = aiter(self._body.begin())
        async for piece in self._pieces:
            if piece:
                return piece
        return b""

    async def aclose(self) -> None:
        """The stream is the host's to close."""


class _Pieces:
    """A response body for the host to read.

    Args:
        response: Ours.
        translate: Makes the host's exception of a problem.
    """

    def __init__(self, response: Response, translate: Translate) -> None:
        self._response = response
        self._translate = translate
        self._whole = None if response.is_streamed else response.content

    async def _next(self) -> bytes:
        if self._whole is not None:
            piece, self._whole = self._whole, b""
            return piece
        try:
            return await self._response.next_piece()
        except ApiProblem as problem:
            failure = self._translate(problem)
        raise failure


class BlockingPieces(_Pieces):
    """For the host's client for threads."""

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = drive(self._next())
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Free the connection; unread bytes are lost."""
        self._response.close()


class AsyncPieces(_Pieces):
    """For the host's client for asyncio."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        piece = await self._next()
        if not piece:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Free the connection; unread bytes are lost."""
        await self._response.aclose()
