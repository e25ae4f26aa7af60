"""What puts requests on the wire."""

from ._choice import NetworkTransport, network_transport
from .httpx2 import AsyncHttpx2Transport, Httpx2Transport
from .mock import MockAnswer, MockCall, MockRoute, MockTransport
from .sockets import Resolver
from .wire import AsyncWireTransport, WireTransport

__all__ = [
    "AsyncHttpx2Transport",
    "AsyncWireTransport",
    "Httpx2Transport",
    "MockAnswer",
    "MockCall",
    "MockRoute",
    "MockTransport",
    "NetworkTransport",
    "Resolver",
    "WireTransport",
    "network_transport",
]
