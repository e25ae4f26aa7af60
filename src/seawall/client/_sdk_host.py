"""Whose request it is: httpx2's or httpx's. Neither is imported: whoever hands a request over has its library loaded."""

import sys
from functools import cache
from typing import Any

import msgspec

from seawall.model import UsageError

from ._sdk_bodies import AsyncPieces, BlockingPieces

__all__ = ["Host", "host_of"]

_LIBRARIES = frozenset({"httpx2", "httpx"})


class Host(msgspec.Struct, frozen=True):
    """The library that the transport works in, by what of it is needed: its types, which both name alike.

    Attributes:
        library: The module `httpx2`, or `httpx`.
        blocking: The kind of body that its client for threads reads.
        asynchronous: The kind of body that its client for asyncio reads.
    """

    library: Any
    blocking: type[Any]
    asynchronous: type[Any]


def host_of(request: object) -> Host:
    """Return the library that a request belongs to.

    Raises:
        UsageError: It is of neither.
    """
    for kind in type(request).__mro__:
        root = kind.__module__.partition(".")[0]
        if root in _LIBRARIES:
            return _host(root)
    raise UsageError(f"transport: it sends the requests of httpx2 and of httpx, not a {type(request).__qualname__}")


@cache
def _host(name: str) -> Host:
    library = sys.modules[name]
    blocking = type("SeawallPieces", (BlockingPieces, library.SyncByteStream), {})
    asynchronous = type("AsyncSeawallPieces", (AsyncPieces, library.AsyncByteStream), {})
    return Host(library, blocking, asynchronous)
