"""The kit for tests of apps that use Seawall: a clock that jumps and a server that misbehaves."""

from ._behaviours import CloseAfter, Drip, EarlyReply, Gate, Hang, Informational, LostAnswer, Unsolicited
from ._breakage import BadChunk, Garbage, Raw, Reset, Truncate, TruncatedChunk
from ._clock import FakeClock
from ._connection import Connection, ConnectionGone, Ending
from ._fault_server import FaultServer
from ._floods import Endless, GzipBomb, HugeHeaders
from ._reply import Behaviour, Reply
from ._route import Route
from ._seen_call import SeenCall, SeenHeaders
from ._tls import TlsIdentity

__all__ = [
    "BadChunk",
    "Behaviour",
    "CloseAfter",
    "Connection",
    "ConnectionGone",
    "Drip",
    "EarlyReply",
    "Ending",
    "Endless",
    "FakeClock",
    "FaultServer",
    "Garbage",
    "Gate",
    "GzipBomb",
    "Hang",
    "HugeHeaders",
    "Informational",
    "LostAnswer",
    "Raw",
    "Reply",
    "Reset",
    "Route",
    "SeenCall",
    "SeenHeaders",
    "TlsIdentity",
    "Truncate",
    "TruncatedChunk",
    "Unsolicited",
]
