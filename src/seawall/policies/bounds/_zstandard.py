"""zstd (RFC 8878), with the package `zstandard`: `pip install seawall[zstd]`."""

from importlib import import_module
from typing import Any

__all__ = ["ZSTANDARD_ERRORS", "Zstandard"]

_zstandard: Any = import_module("zstandard")
ZSTANDARD_ERRORS: tuple[type[Exception], ...] = (_zstandard.ZstdError,)
_WINDOW = 8 * 1024 * 1024  # bytes: the largest window that a server may use (RFC 9659)
_SIP = 128  # bytes given at once: the package cannot bound its output, but four bytes of input make 128 KiB at most


class Zstandard:
    """zstandard's decompressor by the interface of `Member`; a step may yield 4 MiB, whatever the limit says."""

    def __init__(self) -> None:
        self._zstd: Any = _zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        self._rest = b""

    @property
    def eof(self) -> bool:
        return bool(self._zstd.eof)

    @property
    def needs_input(self) -> bool:
        return not self._rest

    @property
    def unused_data(self) -> bytes:
        unused: bytes = self._zstd.unused_data
        return unused + self._rest

    def decompress(self, data: bytes, max_length: int) -> bytes:
        pieces: list[bytes] = []
        size = at = 0
        data = self._rest + data
        while at < len(data) and size < max_length and not self._zstd.eof:
            pieces.append(self._zstd.decompress(data[at : at + _SIP]))
            size += len(pieces[-1])
            at += _SIP
        self._rest = data[at:]
        return b"".join(pieces)
