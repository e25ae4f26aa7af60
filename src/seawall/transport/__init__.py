"""What puts requests on the wire."""

from .httpx2 import AsyncHttpx2Transport, Httpx2Transport
from .mock import MockAnswer, MockCall, MockRoute, MockTransport

__all__ = ["AsyncHttpx2Transport", "Httpx2Transport", "MockAnswer", "MockCall", "MockRoute", "MockTransport"]
