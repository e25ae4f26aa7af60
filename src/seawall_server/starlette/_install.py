"""Every error of a Starlette app as a problem."""

try:
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException
    from starlette.requests import ClientDisconnect, HTTPConnection
    from starlette.responses import Response
    from starlette.websockets import WebSocket, WebSocketState
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "seawall_server.starlette needs Starlette: pip install 'seawall[server]'", name=error.name
    ) from None

from typing import Any

from .._answer import answer
from .._built_in import StatusError
from .._exchange import log_unforeseen, problem_of
from .._groups import first_of
from .._problem import ProblemError
from .._statuses import CLIENT_GONE
from .._version_gate import VersionGate
from ..asgi import ProblemMiddleware, begin, decoded, joined, raw

__all__ = ["install", "refuse", "respond"]

INTERNAL, POLICY = 1011, 1008  # RFC 6455, section 7.4.1


def install(app: Starlette, *, gate: VersionGate | None = None) -> None:
    """Answer every error of an app as a problem: raised ones, Starlette's own (404 and 405 of the router too), unforeseen ones.

    Middlewares that are added before stand inside: what they raise is answered as the app's own. Those that are added after stand
    outside: CORS belongs there, so that browsers may read problems too.

    Args:
        app: The app.
        gate: Which versions of the client are taken; None for all.
    """
    app.add_middleware(ProblemMiddleware, gate=gate)
    app.add_exception_handler(ProblemError, _own)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(ExceptionGroup, _group)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _outermost)


def respond(request: HTTPConnection, problem: ProblemError) -> Response:
    """Return Starlette's response for a problem, for exception handlers of your own."""
    found = answer(problem, joined(request.scope, b"accept"), begin(request.scope).trace_id)
    response = Response(found.body, found.status)
    response.raw_headers = raw(found.headers)
    return response


async def refuse(connection: HTTPConnection, problem: ProblemError) -> Response | None:
    """Return the response, or end a WebSocket: before it is accepted by the same response, where the server can send one."""
    if not isinstance(connection, WebSocket) or _may_be_denied(connection):
        return respond(connection, problem)
    await connection.close(INTERNAL if problem.status >= 500 else POLICY, problem.code)
    return None


def _may_be_denied(socket: WebSocket) -> bool:
    extensions = socket.scope.get("extensions") or {}
    return socket.application_state is WebSocketState.CONNECTING and "websocket.http.response" in extensions


# Any: Starlette's types know no handler for requests and WebSockets alike.
async def _own(request: HTTPConnection, error: Exception) -> Any:
    assert isinstance(error, ProblemError)
    return await refuse(request, error)


async def _framework(request: HTTPConnection, error: Exception) -> Any:
    assert isinstance(error, HTTPException)
    if error.status_code < 400:
        return Response(status_code=error.status_code, headers=error.headers)
    problem = StatusError(error.status_code, error.detail)
    for name, value in (error.headers or {}).items():
        problem.with_header(name, value)
    if error.status_code >= 500:  # what it said is sent to nobody, and may be all that is known
        log_unforeseen(error, begin(request.scope))
    return await refuse(request, problem)


async def _group(request: HTTPConnection, error: Exception) -> Any:
    """Answer what a task group raised as the first of its tasks to fail would have been answered."""
    first = first_of(error, ProblemError, HTTPException)
    if first is None:
        raise error
    return await (_own if isinstance(first, ProblemError) else _framework)(request, first)


async def _gone(request: HTTPConnection, error: Exception) -> Response:
    """A client that left in the middle of its request is no failure of the server, and reads no answer."""
    return respond(request, StatusError(CLIENT_GONE))


async def _outermost(request: HTTPConnection, error: Exception) -> Response:
    """Answer what a middleware outside of ours raised. Starlette raises it again after that, and the server logs it too."""
    exchange = begin(request.scope)
    response = respond(request, problem_of(error, exchange))
    response.raw_headers = raw(exchange.over(decoded(response.raw_headers)))
    return response
