"""gzip and deflate, with the zlib of the standard library."""

import zlib

__all__ = ["GZIP_START", "Deflate", "Gzip", "InflateError"]

InflateError = zlib.error
GZIP_START = frozenset({0x1F})
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's words for the wrapping, each with the largest window


class _Inflate:
    """zlib's decompressor by the interface of `Member`."""

    def __init__(self, wrapping: int) -> None:
        self._zlib = zlib.decompressobj(wrapping)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)
        self.needs_input = len(piece) < max_length  # zlib stops before the limit only for want of input
        return piece


class Gzip(_Inflate):
    """RFC 1952."""

    def __init__(self) -> None:
        super().__init__(_GZIP)


class Deflate(_Inflate):
    """RFC 1950, or the bare RFC 1951 that some servers send under the same name; the first two bytes tell which."""

    def __init__(self) -> None:
        super().__init__(_ZLIB)
        self._head: bytes | None = b""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if self._head is not None:
            data = self._head + data
            if len(data) < 2:
                self._head = data
                return b""
            self._head = None
            if data[0] & 0x0F != 8 or int.from_bytes(data[:2], "big") % 31:
                self._zlib = zlib.decompressobj(_RAW)
        return super().decompress(data, max_length)
