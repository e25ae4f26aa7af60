"""HTTP/1.1 by an engine of Seawall's own, with httptools as its parser: see docs/decisions/005-our-own-wire.md."""

from ._transport import AsyncWireTransport, WireTransport

__all__ = ["AsyncWireTransport", "WireTransport"]
