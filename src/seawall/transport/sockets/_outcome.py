"""From what went wrong to a problem, and what a traceback may show."""

from collections.abc import Collection

from seawall.model import Request
from seawall.problems import ApiProblem, ConnectProblem, DisconnectProblem, ProtocolProblem, ProxyProblem, network_problem

from ._exchange import Exchange, Fault

__all__ = ["hide_frames", "make_problem", "problem_of"]


def problem_of(fault: Fault, request: Request, exchange: Exchange) -> ApiProblem:
    """Return the problem of a fault. Raise it after the `except` block."""
    return make_problem(fault.kind, fault.original, request, exchange, fault.detail)


def make_problem(
    kind: type[ApiProblem], error: BaseException | None, request: Request, exchange: Exchange, detail: str = ""
) -> ApiProblem:
    """Return a problem that says what was sent.

    Args:
        kind: Its type, unless the exchange was stopped from outside, or a proxy is to blame.
        error: What caused it, or None.
        request: What was to be sent.
        exchange: Its records.
        detail: Words for developers.
    """
    if exchange.proxied and not exchange.reached and kind in (ConnectProblem, DisconnectProblem, ProtocolProblem):
        kind = ProxyProblem  # whatever fails before the request's own bytes flow is the proxy's failure
    problem = network_problem(exchange.stopped or kind, error, exchange.sent, detail)
    problem.method, problem.url = request.method, request.redacted_url
    return problem


def hide_frames(error: BaseException, modules: Collection[str]) -> None:
    """Take those frames out of a traceback whose locals hold the request as it goes over the wire, revealed secrets included.

    Args:
        error: Whose traceback.
        modules: Names of modules, or of whole packages.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        name = trace.tb_next.tb_frame.f_globals.get("__name__", "")
        if name in modules or name.partition(".")[0] in modules:
            trace.tb_next = trace.tb_next.tb_next
        else:
            trace = trace.tb_next
