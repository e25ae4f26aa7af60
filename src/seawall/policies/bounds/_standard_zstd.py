"""zstd (RFC 8878), with the standard library of Python 3.14 and later."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._codings import Member

__all__ = ["ERRORS", "open_member"]

_zstd: Any = import_module("compression.zstd")
ERRORS: tuple[type[Exception], ...] = (_zstd.ZstdError, EOFError)
_WINDOW = 23  # power of two: 8 MiB, the largest window that a server may use (RFC 9659)


def open_member() -> "Member":
    """Begin a frame."""
    member: Member = _zstd.ZstdDecompressor(options={_zstd.DecompressionParameter.window_log_max: _WINDOW})
    return member
