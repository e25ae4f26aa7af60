"""From what went wrong to a problem. Decided by our own records; the words of other libraries may quote the wire."""

from typing import Any

import httpcore2

from seawall.model import Request, UsageError
from seawall.problems import (
    ApiProblem,
    DisconnectProblem,
    PoolTimeoutProblem,
    ProtocolProblem,
    ProxyProblem,
)

from ..sockets import SOCKET_MODULES, Exchange, Fault, make_problem, problem_of

__all__ = ["SERIALISED", "judge"]

# Modules whose frames hold the request as it goes over the wire.
SERIALISED = frozenset({"httpcore2", "h11", "h2", f"{__package__}._request", f"{__package__}._stream", *SOCKET_MODULES})


def judge(error: BaseException, request: Request, exchange: Exchange) -> Exception | None:
    """Return what to raise in place of an error; None for one that is not ours: cancellation, or a failure of the user's body.

    Raise the result after the `except` block.
    """
    if isinstance(error, Fault):
        return problem_of(error, request, exchange)
    if _is_from("h11", (error,)) or (isinstance(error, httpcore2.LocalProtocolError) and not _is_from("h2", error.args[:1])):
        return _misuse(exchange)
    kind = _kind_of(error, exchange)
    return None if kind is None else make_problem(kind, error, request, exchange)


def _kind_of(error: BaseException, exchange: Exchange) -> type[ApiProblem] | None:
    if isinstance(error, httpcore2.ProtocolError) or _is_from("h2", (error,)):
        return DisconnectProblem if exchange.ended else ProtocolProblem
    if isinstance(error, httpcore2.WriteError):
        return DisconnectProblem
    if isinstance(error, httpcore2.PoolTimeout):
        return PoolTimeoutProblem
    if isinstance(error, httpcore2.ProxyError):
        return ProxyProblem
    if isinstance(error, UsageError) or not isinstance(error, Exception):
        return None
    return ProxyProblem if exchange.proxied and not exchange.reached else None  # a SOCKS proxy that speaks something else


def _is_from(package: str, errors: tuple[Any, ...]) -> bool:
    return any(type(error).__module__.partition(".")[0] == package for error in errors)


def _misuse(exchange: Exchange) -> UsageError:
    if exchange.wrote:
        return UsageError("content: the body is longer or shorter than its Content-Length says")
    return UsageError("headers: the request cannot be sent like this")
