"""What puts requests on the wire."""

from ._mock import MockCall, MockRoute, MockTransport
from .httpx2 import AsyncHttpx2Transport, Httpx2Transport

__all__ = ["AsyncHttpx2Transport", "Httpx2Transport", "MockCall", "MockRoute", "MockTransport"]
