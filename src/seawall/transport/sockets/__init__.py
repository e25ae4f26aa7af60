"""Sockets, for the transports that stand on them: connecting, TLS, clocks, cancelling, and a queue for those who must wait."""

from ._dial import Dialer
from ._exchange import MAX_HEAD, Exchange, Fault, Wait
from ._fields import check_sendable, framing
from ._options import KEEPALIVE_EXPIRY, MAX_CONNECTIONS, MAX_KEEPALIVE, Certificate, Options, Verify
from ._outcome import hide_frames, make_problem, problem_of
from ._proxies import Proxies, ProxyAddress
from ._resolver import Resolver
from ._slots import OriginSlots, Slots
from ._tls import secure
from ._transport import EngineKey, SocketTransport
from ._trust import system_trust
from ._upload import Upload
from ._waiting import wait_asyncio, wait_blocking
from ._wire import PIECE, Pipe, TlsPipe, Wire
from ._wires import Wires

# Modules whose frames may hold what goes over the wire.
SOCKET_MODULES = tuple(f"{__name__}.{name}" for name in ("_fields", "_upload", "_wire"))

__all__ = [
    "KEEPALIVE_EXPIRY",
    "MAX_CONNECTIONS",
    "MAX_HEAD",
    "MAX_KEEPALIVE",
    "PIECE",
    "SOCKET_MODULES",
    "Certificate",
    "Dialer",
    "EngineKey",
    "Exchange",
    "Fault",
    "Options",
    "OriginSlots",
    "Pipe",
    "Proxies",
    "ProxyAddress",
    "Resolver",
    "Slots",
    "SocketTransport",
    "TlsPipe",
    "Upload",
    "Verify",
    "Wait",
    "Wire",
    "Wires",
    "check_sendable",
    "framing",
    "hide_frames",
    "make_problem",
    "problem_of",
    "secure",
    "system_trust",
    "wait_asyncio",
    "wait_blocking",
]
