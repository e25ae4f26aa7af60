"""HTTP/1.1 and HTTP/2 over httpcore2, the engine of httpx2: see docs/decisions/001-httpcore2-under-the-adapter.md."""

from ._transport import AsyncHttpx2Transport, Httpx2Transport

__all__ = ["AsyncHttpx2Transport", "Httpx2Transport"]
