"""The kit for tests of apps that use Seawall: a clock that jumps and a server that misbehaves."""

from ._behaviours import CloseAfter, Deaf, Delay, Drip, EarlyReply, Gate, Hang, Informational, LostAnswer, Unsolicited
from ._breakage import BadChunk, Garbage, Raw, Reset, Truncate, TruncatedChunk
from ._choice import Choice
from ._clock import FakeClock
from ._connection import Connection, ConnectionGone, Ending
from ._fault_server import FaultServer
from ._floods import Endless, GzipBomb, HugeHeaders
from ._recorder import Recorder
from ._recording import recorded
from ._recording_file import RecordingError
from ._replayer import Replayer, UnmatchedRequestError
from ._reply import Behaviour, Reply
from ._retry_off import retry_off
from ._route import Route
from ._seen_call import SeenCall, SeenHeaders
from ._tls import TlsIdentity
from ._token_server import IssuedTokens, TokenServer

__all__ = [
    "BadChunk",
    "Behaviour",
    "Choice",
    "CloseAfter",
    "Connection",
    "ConnectionGone",
    "Deaf",
    "Delay",
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
    "IssuedTokens",
    "LostAnswer",
    "Raw",
    "Recorder",
    "RecordingError",
    "Replayer",
    "Reply",
    "Reset",
    "Route",
    "SeenCall",
    "SeenHeaders",
    "TlsIdentity",
    "TokenServer",
    "Truncate",
    "TruncatedChunk",
    "UnmatchedRequestError",
    "Unsolicited",
    "recorded",
    "retry_off",
]
