"""Sockets, for the transports that stand on them: connecting, TLS, clocks, cancelling, and a queue for those who must wait."""

from ._dial import connect_path, connect_tcp
from ._exchange import MAX_HEAD, Exchange, Fault, Wait
from ._fields import check_sendable, framing
from ._options import KEEPALIVE_EXPIRY, MAX_CONNECTIONS, MAX_KEEPALIVE, Certificate, Options, Verify
from ._proxies import Proxies, ProxyAddress
from ._slots import Slots
from ._waiting import wait_asyncio, wait_blocking
from ._wire import PIECE, Pipe, TlsPipe, Wire
from ._wires import Wires

__all__ = [
    "KEEPALIVE_EXPIRY",
    "MAX_CONNECTIONS",
    "MAX_HEAD",
    "MAX_KEEPALIVE",
    "PIECE",
    "Certificate",
    "Exchange",
    "Fault",
    "Options",
    "Pipe",
    "Proxies",
    "ProxyAddress",
    "Slots",
    "TlsPipe",
    "Verify",
    "Wait",
    "Wire",
    "Wires",
    "check_sendable",
    "connect_path",
    "connect_tcp",
    "framing",
    "wait_asyncio",
    "wait_blocking",
]
