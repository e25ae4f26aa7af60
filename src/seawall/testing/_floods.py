"""Answers without measure: made while they are sent, so that the server itself stays small."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from ._connection import BLOCK, Connection
from ._reply import Behaviour, Reply
from ._seen_call import SeenCall

__all__ = ["Endless", "GzipBomb", "HugeHeaders"]

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Endless(Behaviour):
    """A body that never ends.

    Args:
        chunk: Bytes sent at once.
        chunked: True sends chunks without a last one; False states nothing, so that the body lasts as long as the connection.
    """

    chunk: int = BLOCK
    chunked: bool = True

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send until the peer or the server closes."""
        connection.send(Reply(chunked=self.chunked, framed=self.chunked).head(call))
        piece = b"a" * self.chunk
        if self.chunked:
            piece = b"%x\r\n%b\r\n" % (len(piece), piece)
        while True:
            connection.send(piece)


@dataclass(frozen=True)
class HugeHeaders(Behaviour):
    """A 204 whose header fields are too many or too long.

    Args:
        count: How many fields.
        size: Bytes in the value of each.
    """

    count: int = 1
    size: int = 100 * MEBIBYTE

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send the head, and keep the connection if the peer takes it."""
        connection.stream(self._head())

    def _head(self) -> Iterator[bytes]:
        yield b"HTTP/1.1 204 No Content\r\n"
        for number in range(self.count):
            yield b"X-Huge-%d: " % number
            yield from _repeat(b"a", self.size)
            yield b"\r\n"
        yield b"\r\n"


@dataclass(frozen=True)
class GzipBomb(Behaviour):
    """A gzip body of zeros, a thousandth of what it unpacks to.

    Args:
        size: Bytes after decompression.
    """

    size: int = 512 * MEBIBYTE

    def act(self, connection: Connection, call: SeenCall) -> None:
        """Send the bomb in chunks."""
        connection.send(Reply(chunked=True, headers={"Content-Encoding": "gzip"}).head(call))
        connection.stream(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in self._bomb() if piece)
        connection.send(b"0\r\n\r\n")

    def _bomb(self) -> Iterator[bytes]:
        packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
        for block in _repeat(b"\0", self.size):
            yield packer.compress(block)
        yield packer.flush()


def _repeat(byte: bytes, count: int) -> Iterator[bytes]:
    """A byte so many times, in blocks."""
    block = byte * BLOCK
    for start in range(0, count, BLOCK):
        yield block[: count - start]
