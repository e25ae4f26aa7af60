"""What to raise in place of what went wrong."""

from seawall.model import Request

from ..sockets import SOCKET_MODULES, Exchange, Fault, hide_frames, problem_of

__all__ = ["judge"]

# Modules whose frames hold the request as it goes over the wire.
_SERIALISED = frozenset({*SOCKET_MODULES, *[f"{__package__}.{name}" for name in ("_connection", "_head", "_route", "_send")]})


def judge(error: BaseException, request: Request, exchange: Exchange) -> Exception | None:
    """Return the problem to raise; None for an error that is not ours, without the frames that hold secrets: raise that itself.

    Raise the result after the `except` block.
    """
    if isinstance(error, Fault):
        return problem_of(error, request, exchange)
    hide_frames(error, _SERIALISED)
    return None
