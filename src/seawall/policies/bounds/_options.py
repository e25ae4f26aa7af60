"""How much of a response may be held in memory."""

import msgspec

from seawall.model import UsageError

__all__ = ["DEFAULT_BODY", "DEFAULT_PIECE", "Bounds"]

DEFAULT_BODY = 128 * 1024 * 1024  # bytes: more than any JSON a screen can use, and bearable a few times over
DEFAULT_PIECE = 64 * 1024  # bytes: one TLS record gives 16 KiB, a pipe or a socket buffer usually this much


class Bounds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bounds of a response, in bytes after decompression.

    Attributes:
        body: Biggest body that is read into memory.
        stream: Biggest body that the caller may stream; None leaves it to the caller, who holds one piece at a time.
        piece: Biggest piece that a stream yields.
        decompress: Whether to ask for compressed bodies, and to unpack them.

    Raises:
        UsageError: A bound is no positive integer.
    """

    body: int = DEFAULT_BODY
    stream: int | None = None
    piece: int = DEFAULT_PIECE
    decompress: bool = True

    def __post_init__(self) -> None:
        for name in ("body", "stream", "piece"):
            size = getattr(self, name)
            if (type(size) is not int or size < 1) and not (name == "stream" and size is None):
                raise UsageError(f"bounds: {name} must be a number of bytes of 1 or more, not {size!r}")
        if type(self.decompress) is not bool:
            raise UsageError(f"bounds: decompress must be True or False, not {self.decompress!r}")
