"""Starlette and FastAPI: middlewares on both sides, exceptions of the frameworks, dependencies that are missing."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route

from seawall_server import Lifecycle
from seawall_server.fastapi import announcing
from seawall_server.fastapi import install as install_in_fastapi
from seawall_server.starlette import install, respond
from tests.unit.seawall_server.kit import AgentForbidden, ask

CANARY = "canary-5512"
OLD = Lifecycle(datetime(2026, 1, 1, tzinfo=UTC), link="https://acme.example/v2")


def raising(error: Exception) -> Any:
    async def endpoint(request: Request) -> PlainTextResponse:
        raise error

    return endpoint


class Refusing:
    """A middleware that raises."""

    def __init__(self, app: Any, error: Exception) -> None:
        self._app = app
        self._error = error

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        raise self._error


def test_bare_starlette_answers_problems() -> None:
    """FastAPI is not needed."""
    app = Starlette(routes=[Route("/", raising(AgentForbidden(resource="agent")))])
    install(app)
    assert ask(app).document["code"] == "AGENT_FORBIDDEN"
    assert ask(app, path="/nowhere").document["code"] == "NOT_FOUND"


def test_what_a_middleware_inside_raises_is_answered() -> None:
    """One that was added before is as the app itself."""
    app = Starlette()
    app.add_middleware(Refusing, error=AgentForbidden(resource="agent"))
    install(app)
    assert ask(app).document["code"] == "AGENT_FORBIDDEN"


def test_what_a_middleware_outside_raises_is_answered_and_raised_again() -> None:
    """One that was added after is beyond our reach; Starlette's last resort is still a problem, with its trace id."""
    app = Starlette()
    install(app)
    app.add_middleware(Refusing, error=RuntimeError(CANARY))
    seen: list[Any] = []

    async def collecting(scope: Any, receive: Any, send: Any) -> None:
        async def keep(message: Any) -> None:
            seen.append(message)
            await send(message)

        with pytest.raises(RuntimeError, match=CANARY):
            await app(scope, receive, keep)

    answered = ask(collecting)
    assert (answered.status, answered.document["code"]) == (500, "INTERNAL_ERROR")
    assert answered.document["trace_id"] == answered.headers["x-request-id"]
    assert CANARY.encode() not in answered.body


def test_a_mounted_app_cannot_leak(caplog: pytest.LogCaptureFixture) -> None:
    """The page of an app inside the app becomes a problem, and the failure that follows it is logged once."""
    app = Starlette(routes=[Mount("/inner", Starlette(routes=[Route("/", raising(RuntimeError(CANARY)))]))])
    install(app)
    answered = ask(app, path="/inner/")
    assert (answered.status, answered.document["status"], CANARY.encode() in answered.body) == (500, 500, False)
    assert [record.__dict__.get("trace_id") for record in caplog.records] == [answered.document["trace_id"]]


def test_an_app_inside_an_app_says_everything_once() -> None:
    """Both have their problems, and the request has one name, which its fields carry once."""
    inner, outer = FastAPI(), FastAPI()

    @inner.get("/old", dependencies=[announcing(OLD)])
    async def old(page: int) -> None:
        raise AgentForbidden(resource="agent")

    install_in_fastapi(inner)
    outer.mount("/inner", inner)
    install_in_fastapi(outer)
    for path, status in (("/inner/old", 422), ("/inner/nowhere", 404)):
        seen = ask(outer, path=path)
        names = [name for name, _ in seen.messages[0]["headers"]]
        assert (seen.status, seen.document["status"], len(names)) == (status, status, len(set(names)))
        assert seen.document["trace_id"] == seen.headers["x-request-id"]
    assert ask(outer, path="/inner/old").headers["deprecation"] == "@1767225600"


def test_a_failure_in_the_middle_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """The middleware and Starlette's last resort both see it, and one of them speaks."""

    async def pieces() -> Any:
        yield b"half"
        raise RuntimeError(CANARY)

    async def half(request: Request) -> StreamingResponse:
        return StreamingResponse(pieces())

    app = Starlette(routes=[Route("/", half)])
    install(app)
    with pytest.raises(RuntimeError, match=CANARY):
        ask(app)
    assert len(caplog.records) == 1


def test_debug_pages_are_not_shown() -> None:
    """A forgotten `debug=True` tells nobody the source of the app."""
    app = Starlette(debug=True, routes=[Route("/", raising(RuntimeError(CANARY)))])
    install(app)
    assert (ask(app).document["code"], CANARY.encode() in ask(app).body) == ("INTERNAL_ERROR", False)


@pytest.mark.parametrize("status", [204, 302, 304])
def test_an_exception_below_400_is_no_problem(status: int) -> None:
    """A redirect may be raised, and keeps its fields."""
    app = Starlette(routes=[Route("/", raising(HTTPException(status, headers={"Location": "/there"})))])
    install(app)
    seen = ask(app)
    assert (seen.status, seen.headers["location"], seen.body) == (status, "/there", b"")


def test_what_a_failing_gateway_said_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The text of an HTTPException of 5xx goes to developers, since it is sent to nobody."""
    app = Starlette(routes=[Route("/", raising(HTTPException(502, CANARY)))])
    install(app)
    assert CANARY.encode() not in ask(app).body
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info is not None
    assert CANARY in str(record.exc_info[1])


def test_a_header_of_an_exception_cannot_split_the_response(caplog: pytest.LogCaptureFixture) -> None:
    """A line break in a framework's header field is a failure, not a second response."""
    app = Starlette(routes=[Route("/", raising(HTTPException(403, headers={"X-Name": "a\r\nSet-Cookie: b"})))])
    install(app)
    assert ask(app).status == 500
    assert caplog.records


def test_a_handler_of_ones_own_answers_problems() -> None:
    """An exception of another library is made a problem in one line."""
    app = Starlette(
        routes=[Route("/", raising(LookupError(CANARY)))],
        exception_handlers={LookupError: lambda request, error: respond(request, AgentForbidden(resource="agent"))},
    )
    install(app)
    assert ask(app).document["code"] == "AGENT_FORBIDDEN"


@pytest.mark.parametrize(("package", "hint"), [("starlette", r"seawall\[server\]"), ("fastapi", "pip install fastapi")])
def test_a_missing_framework_is_named(package: str, hint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has not installed it is told what to install; the core needs none."""
    for name in [
        name for name in sys.modules if name.startswith((f"{package}.", f"seawall_server.{package}")) or name == package
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, f"{package}.applications", None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ModuleNotFoundError, match=hint):
        __import__(f"seawall_server.{package}")
