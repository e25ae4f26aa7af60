"""The leaves of the tree that need no response. `_problem.py` draws the whole."""

import errno

from seawall.model import Sent

from ._problem import ApiProblem

__all__ = [
    "AttemptTimeoutProblem",
    "CancelledProblem",
    "CertificateProblem",
    "ConnectProblem",
    "ConnectTimeoutProblem",
    "ContentProblem",
    "DeadlineProblem",
    "DecodeProblem",
    "DisconnectProblem",
    "NetworkProblem",
    "OriginalError",
    "PoolTimeoutProblem",
    "ProtocolProblem",
    "ProxyProblem",
    "ReadTimeoutProblem",
    "RedirectProblem",
    "ResolveProblem",
    "TimeoutProblem",
    "TlsProblem",
    "TooLargeProblem",
]

_OFFLINE = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL})


class OriginalError(Exception):
    """The redacted stand-in of an error of another library: its type and errno, not its words, which may quote the wire.

    Attributes:
        type_name: For example "ConnectionRefusedError".
        number: The operating system's errno, or None.
    """

    def __init__(self, type_name: str, number: int | None = None) -> None:
        super().__init__(type_name, number)
        self.type_name = type_name
        self.number = number

    @classmethod
    def of(cls, error: BaseException) -> "OriginalError":
        """Describe the root of an error's causes."""
        seen: BaseException = error
        for _ in range(8):
            below = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
            if below is None:
                break
            seen = below
        if isinstance(seen, OriginalError):
            return seen
        number = getattr(seen, "errno", None)
        return cls(type(seen).__qualname__, number if isinstance(number, int) else None)

    def __str__(self) -> str:
        name = f" {errno.errorcode.get(self.number, self.number)}" if self.number is not None else ""
        return f"{self.type_name}{name}"


class NetworkProblem(ApiProblem):
    """No whole response came."""

    kind = "disconnect"
    default_title = "The network failed"

    @property
    def retryable(self) -> bool:
        return True

    @property
    def offline(self) -> bool:
        return isinstance(self.__cause__, OriginalError) and self.__cause__.number in _OFFLINE


class ConnectProblem(NetworkProblem, ConnectionError):
    """No connection could be made; nothing was sent unless an earlier hop of a redirect was."""

    kind = "connect"
    default_title = "No connection"


class ResolveProblem(ConnectProblem):
    """The host name could not be resolved: a typing error, or no network."""

    default_title = "Unknown host"

    @property
    def offline(self) -> bool:
        return True


class ProxyProblem(ConnectProblem):
    """The proxy refused to connect, or could not be used."""

    default_title = "The proxy refused"


class TlsProblem(ConnectProblem):
    """No secure connection could be made."""

    kind = "certificate"
    default_title = "No secure connection"


class CertificateProblem(TlsProblem):
    """The server's certificate is not to be trusted: expired, for another host, or of an unknown authority."""

    default_title = "Certificate not trusted"

    @property
    def retryable(self) -> bool:
        return False


class DisconnectProblem(NetworkProblem, ConnectionError):
    """The connection broke before the response was whole."""

    default_title = "Disconnected"


class ProtocolProblem(NetworkProblem):
    """What came is not valid HTTP, or not safe to interpret."""

    kind = "content"
    default_title = "Not HTTP"


class TimeoutProblem(ApiProblem, TimeoutError):
    """A clock ran out."""

    kind = "timeout"
    default_title = "Timed out"

    @property
    def retryable(self) -> bool:
        return True


class ConnectTimeoutProblem(ConnectProblem, TimeoutProblem):
    """No connection within `timeout.connect`."""

    kind = "timeout"
    default_title = "Timed out while connecting"


class ReadTimeoutProblem(TimeoutProblem):
    """The server was silent for `timeout.read`, or took no more of the request."""

    default_title = "The server fell silent"


class AttemptTimeoutProblem(TimeoutProblem):
    """One attempt took longer than `timeout.attempt`."""

    default_title = "The attempt took too long"


class PoolTimeoutProblem(TimeoutProblem):
    """No connection became free in time; nothing was sent."""

    default_title = "All connections are busy"


class DeadlineProblem(TimeoutProblem):
    """The whole call took longer than `timeout.total`, or than the deadline set for it."""

    default_title = "The deadline passed"


class CancelledProblem(ApiProblem):
    """`Cancel.cancel()` ended the call."""

    kind = "cancelled"
    default_title = "Cancelled"


class ContentProblem(ApiProblem):
    """The response came and cannot be used."""

    kind = "content"
    default_title = "Unusable response"
    status_speaks = False


class DecodeProblem(ContentProblem, ValueError):
    """The body is not of the declared type.

    Attributes:
        pointer: JSON pointer (RFC 6901) to the first wrong place; "" is the whole body.
        expected: What the type asks for there.
    """

    default_title = "Unexpected content"
    pointer: str = ""
    expected: str = ""


class TooLargeProblem(ContentProblem):
    """The response, its head, a line or an event of it is over a bound."""

    default_title = "Response too large"


class RedirectProblem(ContentProblem):
    """Too many redirects, or one that must not be followed."""

    default_title = "Redirect not followed"


def network_problem(kind: type[ApiProblem], error: BaseException | None, sent: Sent, detail: str = "") -> ApiProblem:
    """Make a problem for another library's error, with a redacted stand-in as its cause.

    Raise it after the `except` block: inside, Python would keep the raw error as its context.
    """
    problem = kind(sent=sent, detail=detail)
    if error is not None:
        problem.__cause__ = OriginalError.of(error)
    return problem
