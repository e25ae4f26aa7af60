"""The content codings that can be unpacked here (RFC 9110, section 8.4.1)."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple, Protocol

from ._inflate import GZIP_START, Deflate, Gzip, InflateError

__all__ = ["Coding", "Member", "accept_encoding", "known_codings", "named_codings"]


class Member(Protocol):
    """One compressed stream on its way, by the interface of bz2 and lzma in the standard library."""

    @property
    def eof(self) -> bool:
        """Whether its end was reached."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether all that can be unpacked was returned; False means: call again with `b""`."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What of the last input lies beyond its end."""
        ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Unpack about `max_length` bytes at most."""
        ...


class Coding(NamedTuple):
    """How one coding is unpacked.

    Attributes:
        open: Begins a member.
        errors: What its library raises on data that is not of this coding.
        starts: First bytes by which another member follows; whatever else follows is ignored, as browsers do.
    """

    open: Callable[[], Member]
    errors: tuple[type[Exception], ...]
    starts: frozenset[int] = frozenset()


@cache
def known_codings() -> dict[str, Coding]:
    """Return the codings that can be unpacked with what is installed, in the order in which they are asked for."""
    gzip = Coding(Gzip, (InflateError,), GZIP_START)
    known = {"gzip": gzip, "deflate": Coding(Deflate, (InflateError,))}
    brotli = _brotli()
    if brotli is not None:
        known["br"] = brotli
    zstd = _zstd()
    if zstd is not None:
        known["zstd"] = zstd
    return known | {"x-gzip": gzip}


def _brotli() -> Coding | None:
    try:
        from ._brotli import ERRORS, Brotli
    except ImportError:
        return None
    return Coding(Brotli, ERRORS)


def _zstd() -> Coding | None:
    """The standard library's (Python 3.14 and later), else the package `zstandard`."""
    starts = frozenset({0x28, *range(0x50, 0x60)})  # a frame, or a skippable frame (RFC 8878, section 3.1)
    try:
        from ._standard_zstd import ERRORS, open_member
    except ImportError:
        pass
    else:
        return Coding(open_member, ERRORS, starts)
    try:
        from ._zstandard import ZSTANDARD_ERRORS, Zstandard
    except ImportError:
        return None
    return Coding(Zstandard, ZSTANDARD_ERRORS, starts)


def accept_encoding() -> str:
    """Return the value of Accept-Encoding that asks for all of them."""
    return ", ".join(name for name in known_codings() if not name.startswith("x-"))


def named_codings(content_encoding: str) -> list[str]:
    """Return the codings that a Content-Encoding field names, in the order in which they were applied."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    return [name for name in names if name not in ("", "identity")]
