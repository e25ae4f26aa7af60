"""From problems to the exceptions of httpx2 and httpx, and back."""

from collections.abc import Mapping
from typing import Any

from seawall.model import Response, Sent
from seawall.problems import (
    ApiProblem,
    ContentProblem,
    DisconnectProblem,
    NetworkProblem,
    OriginalError,
    PoolTimeoutProblem,
    ProtocolProblem,
    ProxyProblem,
    TimeoutProblem,
)

__all__ = ["EXTENSION", "host_error", "problem_behind"]

EXTENSION = "seawall"  # where a host's response keeps ours
_MAX_CAUSES = 16  # exceptions can be made to cause each other in a circle
# The first that fits rules. People and libraries send again what could not connect, so only what did not leave is called so.
_Names = tuple[tuple[type[ApiProblem], str], ...]
_UNSENT: _Names = (
    (PoolTimeoutProblem, "PoolTimeout"),
    (TimeoutProblem, "ConnectTimeout"),
    (ProxyProblem, "ProxyError"),
    (NetworkProblem, "ConnectError"),
)
_SENT: _Names = (
    (TimeoutProblem, "ReadTimeout"),
    (ProtocolProblem, "RemoteProtocolError"),
    (ContentProblem, "RemoteProtocolError"),
    (NetworkProblem, "ReadError"),
)


def host_error(problem: ApiProblem, library: Any) -> Exception:
    """Return the host's own exception for a problem, which is its cause. Raise it after the `except` block.

    Args:
        problem: What our client raised.
        library: The module `httpx2`, or `httpx`.
    """
    text = f"{problem.default_title} (sent: {problem.sent.value})"  # SDKs log it, so it quotes nobody
    error: Exception = getattr(library, _name(problem))(text)
    error.__cause__ = problem
    return error


def _name(problem: ApiProblem) -> str:
    if isinstance(problem, DisconnectProblem) and problem.sent is not Sent.NO:
        return _broken(problem.__cause__)
    names = _UNSENT if problem.sent is Sent.NO else _SENT
    return next((name for kind, name in names if isinstance(problem, kind)), "TransportError")


def _broken(cause: BaseException | None) -> str:
    """How hosts call the end of a connection: by who was at work, and, if the peer closed in good order, as a breach of HTTP."""
    if not isinstance(cause, OriginalError):
        return "RemoteProtocolError"
    return "WriteError" if cause.type_name == "BrokenPipeError" else "ReadError"


def problem_behind(error: BaseException | None) -> ApiProblem | None:
    """Return the problem for which an SDK, httpx2 or httpx raised an exception, or None if there is none.

    It is found when the SDK's client sends through `SeawallTransport` or `AsyncSeawallTransport`: among the causes of the
    exception, or with the response that it keeps.

    Args:
        error: For example an `openai.APIConnectionError`, an `anthropic.APIStatusError`, an `httpx2.ReadTimeout`.
    """
    for _ in range(_MAX_CAUSES):
        if error is None or isinstance(error, ApiProblem):
            return error
        refused = _refused(getattr(error, "response", None))
        if refused is not None:
            return refused
        error = error.__cause__
    return None


def _refused(theirs: Any) -> ApiProblem | None:
    extensions = getattr(theirs, "extensions", None)
    ours = extensions.get(EXTENSION) if isinstance(extensions, Mapping) else None
    problem = ours.problem if isinstance(ours, Response) else None
    return problem if isinstance(problem, ApiProblem) else None
