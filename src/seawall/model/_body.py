"""Request bodies: each knows its length, its media type, and whether it can be sent again.

A transport calls `open` for each sending and reads pieces until `b""`; bytes go the short way through `data`. Reading is
written once as coroutines: in the blocking world they never suspend.
"""

import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from io import TextIOBase
from pathlib import Path
from stat import S_ISREG
from typing import IO, Any, Protocol, runtime_checkable

from ._errors import UsageError
from ._runtime import Runtime

__all__ = ["EMPTY", "Body", "BodyReader", "BytesBody", "Content", "FileBody", "StreamBody", "make_body"]

PIECE = 256 * 1024  # bytes read from a file at once: big enough that a thread hop per piece costs little
Chunks = Iterable[bytes] | AsyncIterable[bytes]
Content = str | bytes | bytearray | memoryview | Path | IO[bytes] | Chunks | Callable[[], Chunks]


class BodyReader(Protocol):
    """One sending of a body."""

    async def read(self) -> bytes:
        """Return the next piece, `b""` at the end."""
        ...

    async def aclose(self) -> None:
        """Let go of files and iterators; safe to call twice."""
        ...


class Body:
    """A request body.

    Attributes:
        data: The whole body where it is in memory, else None.
        length: Size in bytes, or None when only the end of the stream tells (sent chunked).
        media_type: The value of Content-Type, or None.
        secret: Whether it holds a `Secret`: such a body never crosses to another origin.
    """

    data: bytes | None = None
    length: int | None = None
    media_type: str | None = None
    secret: bool = False

    @property
    def replayable(self) -> bool:
        """Whether the next `open` gives the same bytes as the last."""
        return True

    def open(self, runtime: Runtime) -> BodyReader:
        """Begin a sending. Whoever opens closes the reader.

        Raises:
            UsageError: The body was sent before and cannot be sent again, or does not fit the runtime.
        """
        raise NotImplementedError


class BytesBody(Body):
    """A body in memory.

    Args:
        data: The bytes to send.
        media_type: The value of Content-Type, or None.
        secret: Whether a `Secret` is among the bytes.
    """

    def __init__(self, data: bytes, media_type: str | None = None, *, secret: bool = False) -> None:
        self.data = data
        self.length = len(data)
        self.media_type = media_type
        self.secret = secret

    def open(self, runtime: Runtime) -> BodyReader:
        return _Reader(iter((self.data or b"",)), runtime, inline=True)

    def __repr__(self) -> str:
        return f"BytesBody({self.length} bytes, {self.media_type!r})"


EMPTY = BytesBody(b"")


class FileBody(Body):
    """A file by its path: opened anew for each sending, so that it can be replayed while it is unchanged.

    Args:
        path: The file to send.
        media_type: The value of Content-Type, or None.

    Raises:
        UsageError: There is no such file, or it cannot be read.
    """

    def __init__(self, path: Path, media_type: str | None = None) -> None:
        self._path = path
        self._stamp = self._look()
        self.length = self._stamp[0]
        self.media_type = media_type

    def _look(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
            if not os.access(self._path, os.R_OK):
                raise PermissionError
        except OSError as error:
            reason = type(error).__name__
        else:
            if S_ISREG(found.st_mode):
                return (found.st_size, found.st_mtime_ns, found.st_ino)
            reason = "it is no regular file; open it and give what it reads"
        raise UsageError(f"content: the file {self._path.name!r} cannot be read ({reason})")

    @property
    def replayable(self) -> bool:
        try:
            return self._look() == self._stamp
        except UsageError:
            return False

    def open(self, runtime: Runtime) -> BodyReader:
        if self._look() != self._stamp:  # its length has been promised, and an earlier sending held other bytes
            raise UsageError(f"content: the file {self._path.name!r} was changed while it was to be sent")
        file = self._path.open("rb")
        return _Reader(_pieces(file.read), runtime, closing=file.close)

    def __repr__(self) -> str:
        return f"FileBody({self._path.name!r}, {self.length} bytes)"


def _pieces(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while piece := read(PIECE):
        yield piece


class StreamBody(Body):
    """Pieces from an iterator, an open binary file, or a function that makes them anew for each sending.

    Args:
        source: A function gives a replayable body, a list or a seekable file too; a bare iterator can be sent once.
        media_type: The value of Content-Type, or None.
        length: Size in bytes where it is known; it is then sent as Content-Length.
    """

    def __init__(self, source: Any, media_type: str | None = None, *, length: int | None = None) -> None:
        self._source = source
        self._begun = False
        self.media_type = media_type
        self.length = length
        self._start: int | None = None
        if hasattr(source, "read"):
            self._start = source.tell() if hasattr(source, "seekable") and source.seekable() else None
            if self._start is not None and length is None:
                self.length = source.seek(0, os.SEEK_END) - self._start
                source.seek(self._start)

    @property
    def replayable(self) -> bool:
        return not self._begun or self._start is not None or callable(self._source) or isinstance(self._source, list | tuple)

    def open(self, runtime: Runtime) -> BodyReader:
        if not self.replayable:
            raise UsageError("content: this body was read before and cannot be sent again; pass a function that makes it")
        self._begun = True
        if hasattr(self._source, "read"):
            if self._start is not None:
                self._source.seek(self._start)
            return _Reader(_pieces(self._source.read), runtime)
        pieces: Any = self._source() if callable(self._source) else self._source
        if isinstance(pieces, AsyncIterable):
            if runtime.is_blocking:
                raise UsageError("content: an async iterator needs AsyncClient; give a plain iterator to Client")
            return _AsyncReader(aiter(pieces))
        return _Reader(iter(pieces), runtime)

    def __repr__(self) -> str:
        return f"StreamBody({type(self._source).__name__})"


class _Reader:
    """Reads a plain iterator; in asyncio each step runs in a thread, because a file or a generator may block."""

    def __init__(
        self,
        pieces: Iterator[bytes],
        runtime: Runtime,
        *,
        closing: Callable[[], object] | None = None,
        inline: bool = False,
    ) -> None:
        self._pieces = pieces
        self._inline = inline or runtime.is_blocking
        self._runtime = runtime
        self._closing = closing

    async def read(self) -> bytes:
        if self._inline:
            return self._next()
        return await self._runtime.blocking(self._next)

    def _next(self) -> bytes:
        for piece in self._pieces:
            if piece:
                return _as_bytes(piece)
        return b""

    async def aclose(self) -> None:
        if self._closing is not None:
            self._closing()


class _AsyncReader:
    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    async def read(self) -> bytes:
        async for piece in self._pieces:
            if piece:
                return _as_bytes(piece)
        return b""

    async def aclose(self) -> None:
        return None


def _as_bytes(piece: object) -> bytes:
    if isinstance(piece, bytes | bytearray | memoryview):
        return bytes(piece)
    raise UsageError(f"content: the iterator gave {type(piece).__name__}; a body is made of bytes")


@runtime_checkable
class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def make_body(content: Content, media_type: str | None = None) -> Body:
    """Wrap what a user gave as `content=`.

    Raises:
        UsageError: It is of a kind that cannot be sent.
    """
    if isinstance(content, str):
        return BytesBody(_encode(content), media_type or "text/plain; charset=utf-8")
    if isinstance(content, bytes | bytearray | memoryview):
        return BytesBody(bytes(content), media_type)
    if isinstance(content, Path):
        return FileBody(content, media_type)
    if isinstance(content, TextIOBase):
        raise UsageError("content: the file is open as text; open it with mode 'rb'")
    if not isinstance(content, Mapping) and (isinstance(content, _Readable | Iterable | AsyncIterable) or callable(content)):
        return StreamBody(content, media_type)
    raise UsageError(f"content: cannot send a {type(content).__name__}; give bytes, str, a Path, a file or an iterator of bytes")


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass  # the error holds the text
    raise UsageError("content: the text holds half a character (a lone surrogate), which UTF-8 cannot write")
