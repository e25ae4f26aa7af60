"""Starlette and FastAPI where requests do not simply end: tasks, clients that leave, WebSockets, work after the response."""

import asyncio
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, WebSocket
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from seawall_server.asgi import ProblemMiddleware
from seawall_server.fastapi import install as install_in_fastapi
from seawall_server.starlette import install
from tests.unit.seawall_server.kit import AgentForbidden, Seen, ask, feed, scope_of

CANARY = "canary-5512"
DENIABLE: dict[str, Any] = {"websocket.http.response": {}}


def failing_in_a_group(*errors: Exception) -> Any:
    """An endpoint whose tasks fail."""

    async def endpoint(request: Request) -> None:
        async def fail(error: Exception) -> None:
            raise error

        async with asyncio.TaskGroup() as tasks:
            for error in errors:
                tasks.create_task(fail(error))

    return endpoint


def app_of(endpoint: Any) -> Starlette:
    app = Starlette(routes=[Route("/", endpoint, methods=["GET", "POST"])])
    install(app)
    return app


def test_a_problem_of_a_task_is_answered() -> None:
    """The first task to fail says why; in groups within groups too, and without Starlette."""
    problem, other = AgentForbidden(resource="first"), AgentForbidden(resource="second")
    assert ask(app_of(failing_in_a_group(problem, other))).document["params"] == {"resource": "first"}
    assert ask(app_of(failing_in_a_group(HTTPException(404, "none")))).document["code"] == "NOT_FOUND"
    nested = ExceptionGroup("outer", [ExceptionGroup("inner", [problem]), other])

    async def bare(scope: Any, receive: Any, send: Any) -> None:
        raise nested

    assert ask(ProblemMiddleware(bare)).document["params"] == {"resource": "first"}


def test_what_nobody_foresaw_is_not_hidden_in_a_group(caplog: pytest.LogCaptureFixture) -> None:
    """A group with anything else in it is a failure, and logged whole."""
    seen = ask(app_of(failing_in_a_group(AgentForbidden(resource="agent"), RuntimeError(CANARY))))
    assert (seen.status, CANARY.encode() in seen.body) == (500, False)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], ExceptionGroup)


def test_a_client_that_leaves_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever hangs up in the middle of a body fills no log."""

    async def reading(request: Request) -> Response:
        return Response(await request.body())

    seen = feed(app_of(reading), scope_of("POST"), {"type": "http.request", "body": b"half", "more_body": True})
    assert (seen.status, caplog.records) == (499, [])


@pytest.mark.parametrize("way", ["task", "dependency"])
def test_what_fails_after_the_response_takes_nothing_from_it(way: str, caplog: pytest.LogCaptureFixture) -> None:
    """The response is whole: the failure is logged once, with the name of the request, and troubles no server."""
    app = FastAPI()

    async def cleaning() -> Any:
        yield
        if way == "dependency":
            raise RuntimeError(CANARY)

    def work() -> None:
        raise RuntimeError(CANARY)

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks, cleaned: Annotated[None, Depends(cleaning)]) -> str:
        if way == "task":
            tasks.add_task(work)
        return "good"

    install_in_fastapi(app)
    seen = ask(app)
    assert (seen.status, seen.body) == (200, b'"good"')
    assert [record.__dict__["trace_id"] for record in caplog.records] == [seen.headers["x-request-id"]]


def test_the_name_is_known_behind_a_middleware_of_starlettes_own() -> None:
    """BaseHTTPMiddleware runs the app in another task, and what the app raises comes through it."""
    app = Starlette(routes=[Route("/", failing_in_a_group(AgentForbidden(resource="agent")))])

    async def pass_on(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        return response

    app.add_middleware(BaseHTTPMiddleware, dispatch=pass_on)
    install(app)
    seen = ask(app)
    assert (seen.status, seen.document["trace_id"]) == (403, seen.headers["x-request-id"])


def connect(app: Any, path: str, extensions: dict[str, Any]) -> list[Any]:
    """Open a WebSocket, and return what the app sent."""
    seen = Seen()

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope = {**scope_of(path=path), "type": "websocket", "subprotocols": [], "extensions": extensions}
    asyncio.run(app(scope, receive, seen.send))
    return seen.messages


def sockets() -> FastAPI:
    """An app of WebSockets that fail."""
    app = FastAPI()

    @app.websocket("/before")
    async def before(socket: WebSocket) -> None:
        raise AgentForbidden(resource="agent")

    @app.websocket("/after")
    async def after(socket: WebSocket) -> None:
        await socket.accept()
        raise AgentForbidden(resource="agent")

    @app.websocket("/gateway")
    async def gateway(socket: WebSocket) -> None:
        await socket.accept()
        raise HTTPException(502, CANARY)

    @app.websocket("/typed")
    async def typed(socket: WebSocket, page: int) -> None:
        raise AssertionError("reached")

    install_in_fastapi(app)
    return app


@pytest.mark.parametrize(("path", "status"), [("/before", 403), ("/typed", 422)])
def test_a_socket_is_denied_by_a_problem(path: str, status: int) -> None:
    """Before it is accepted it is still a request, which is answered, and without an echo."""
    start, body = connect(sockets(), path, DENIABLE)
    assert (start["type"], start["status"]) == ("websocket.http.response.start", status)
    assert b"trace_id" in body["body"]


@pytest.mark.parametrize(("path", "code", "reason"), [("/before", 1008, "AGENT_FORBIDDEN"), ("/typed", 1008, "VALIDATION_ERROR")])
def test_a_server_that_cannot_deny_closes(path: str, code: int, reason: str) -> None:
    """The close frame has the code of the problem."""
    assert connect(sockets(), path, {}) == [{"type": "websocket.close", "code": code, "reason": reason}]


@pytest.mark.parametrize(("path", "code", "reason"), [("/after", 1008, "AGENT_FORBIDDEN"), ("/gateway", 1011, "BAD_GATEWAY")])
def test_an_open_socket_is_closed(path: str, code: int, reason: str) -> None:
    """Nothing can be answered any more; the server's own failures have another number than the client's."""
    accepted, closed = connect(sockets(), path, DENIABLE)
    assert accepted["type"] == "websocket.accept"
    assert closed == {"type": "websocket.close", "code": code, "reason": reason}
