"""From what went wrong to a problem. Decided by our own records; the words of other libraries may quote the wire."""

from typing import Any

import httpcore2

from seawall.model import Request, UsageError
from seawall.problems import (
    ApiProblem,
    ConnectProblem,
    DisconnectProblem,
    PoolTimeoutProblem,
    ProtocolProblem,
    ProxyProblem,
    network_problem,
)

from ..sockets import Exchange, Fault

__all__ = ["hide_frames", "judge"]

_OURS = [f"{__package__}.{name}" for name in ("_request", "_stream", "_upload", "_wire")]
_SERIALISED = frozenset({"httpcore2", "h11", "h2", *_OURS})


def judge(error: BaseException, request: Request, exchange: Exchange) -> Exception | None:
    """Return what to raise in place of an error; None for one that is not ours: cancellation, or a failure of the user's body.

    Raise the result after the `except` block.
    """
    if isinstance(error, Fault):
        return _problem(error.kind, error.original, request, exchange, error.detail)
    if _is_from("h11", (error,)) or (isinstance(error, httpcore2.LocalProtocolError) and not _is_from("h2", error.args[:1])):
        return _misuse(exchange)
    kind = _kind_of(error, exchange)
    return None if kind is None else _problem(kind, error, request, exchange)


def _problem(
    kind: type[ApiProblem], error: BaseException | None, request: Request, exchange: Exchange, detail: str = ""
) -> ApiProblem:
    if exchange.proxied and not exchange.reached and kind in (ConnectProblem, DisconnectProblem, ProtocolProblem):
        kind = ProxyProblem  # whatever fails before the request's own bytes flow is the proxy's failure
    problem = network_problem(exchange.stopped or kind, error, exchange.sent, detail)
    problem.method, problem.url = request.method, request.redacted_url
    return problem


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


def hide_frames(error: BaseException) -> None:
    """Take those frames out of a traceback whose locals hold the request as it goes over the wire, revealed secrets included."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        name = trace.tb_next.tb_frame.f_globals.get("__name__", "")
        if name in _SERIALISED or name.partition(".")[0] in _SERIALISED:
            trace.tb_next = trace.tb_next.tb_next
        else:
            trace = trace.tb_next


def _is_from(package: str, errors: tuple[Any, ...]) -> bool:
    return any(type(error).__module__.partition(".")[0] == package for error in errors)


def _misuse(exchange: Exchange) -> UsageError:
    if exchange.wrote:
        return UsageError("content: the body is longer or shorter than its Content-Length says")
    return UsageError("headers: the request cannot be sent like this")
