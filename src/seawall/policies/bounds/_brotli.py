"""br (RFC 7932), with the package `brotli`: `pip install seawall[brotli]`."""

from importlib import import_module
from typing import Any

__all__ = ["ERRORS", "Brotli"]

_brotli: Any = import_module("brotli")
if not hasattr(_brotli.Decompressor, "can_accept_more_data"):
    raise ImportError("brotli before 1.2 cannot bound its output, so that a few bytes could fill the memory")
ERRORS: tuple[type[Exception], ...] = (_brotli.error,)


class Brotli:
    """brotli's decompressor by the interface of `Member`."""

    unused_data = b""  # it refuses data beyond its end

    def __init__(self) -> None:
        self._brotli: Any = _brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._brotli.is_finished())

    @property
    def needs_input(self) -> bool:
        return bool(self._brotli.can_accept_more_data())

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece: bytes = self._brotli.process(data, output_buffer_limit=max_length)
        return piece
