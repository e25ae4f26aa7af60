"""The ASGI middleware, message by message."""

import logging
from typing import Any

import pytest

from seawall_server import VersionGate, current_request_id
from seawall_server.asgi import ProblemMiddleware
from tests.unit.seawall_server.kit import AgentForbidden, ask, feed, respond, scope_of

CANARY = "canary-5512"


def raising(error: Exception, *before: bytes) -> Any:
    """An app that fails, after a beginning or at once."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if before:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": before[0], "more_body": True})
        raise error

    return ProblemMiddleware(app)


def answering(status: int, *pieces: bytes, **headers: str) -> Any:
    """An app that answers."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await respond(send, status, *pieces, **headers)

    return ProblemMiddleware(app)


def test_a_problem_needs_no_framework() -> None:
    """What a bare app raises is answered as the contract says."""
    seen = ask(raising(AgentForbidden(resource="agent").with_retry_after(3)), headers={"X-Request-Id": "call-7"})
    assert (seen.status, seen.headers["content-type"], seen.headers["retry-after"]) == (403, "application/problem+json", "3")
    assert seen.headers["content-length"] == str(len(seen.body))
    assert seen.document == {
        "title": "Forbidden",
        "status": 403,
        "detail": "Forbidden",
        "code": "AGENT_FORBIDDEN",
        "params": {"resource": "agent"},
        "trace_id": "call-7",
    }


def test_the_unforeseen_is_in_the_log_and_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    """The response and the log line share the trace id; only the log has the traceback, and the line itself no words of it."""
    seen = ask(raising(RuntimeError(CANARY)), path=f"/{CANARY}")
    assert (seen.status, CANARY.encode() in seen.body) == (500, False)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("seawall_server", logging.ERROR)
    assert record.__dict__["trace_id"] == seen.document["trace_id"] == seen.headers["x-request-id"]
    assert seen.document["trace_id"] in record.getMessage()
    assert CANARY not in record.getMessage()
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == CANARY


def test_a_problem_is_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    """What is answered on purpose is no failure of the server."""
    ask(raising(AgentForbidden(resource="agent")))
    assert caplog.records == []


def test_a_failure_in_the_middle_is_raised_again(caplog: pytest.LogCaptureFixture) -> None:
    """The server has to break the connection, and learns of the failure; no second head is sent."""
    with pytest.raises(RuntimeError, match=CANARY):
        ask(raising(RuntimeError(CANARY), b"half"))
    (record,) = caplog.records
    assert record.__dict__["trace_id"]


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "TEXT/PLAIN", ""])
def test_a_page_is_replaced(content_type: str) -> None:
    """One head is sent, the page's pieces are dropped, fields about them too, and the others stay."""
    seen = ask(answering(405, b"<h1>", b"no</h1>", content_type=content_type, content_length="9", allow="GET", etag="1"))
    assert (seen.status, seen.document["code"], len(seen.messages)) == (405, "METHOD_NOT_ALLOWED", 2)
    assert (seen.headers["allow"], "etag" in seen.headers) == ("GET", False)
    assert seen.headers["content-length"] == str(len(seen.body))


@pytest.mark.parametrize(
    ("status", "content_type"), [(200, "text/html"), (304, ""), (404, "application/json"), (422, "image/png")]
)
def test_what_is_no_error_page_stays(status: int, content_type: str) -> None:
    """Good pages, and errors that an app wrote for machines itself, are handed on."""
    seen = ask(answering(status, b"one", b"two", content_type=content_type))
    assert (seen.status, seen.body, seen.headers["content-type"]) == (status, b"onetwo", content_type)


def test_a_request_has_one_name() -> None:
    """An app that names the request by itself is overruled, so that log and response agree."""
    seen = ask(answering(200, b"", x_request_id="other"), headers={"X-Request-Id": "call-7"})
    assert [value for name, value in seen.messages[0]["headers"] if name == b"x-request-id"] == [b"call-7"]


def test_a_page_has_one_name_too() -> None:
    """Of a page's fields those that are ours are overruled, as of any response."""
    seen = ask(answering(404, b"page", x_request_id="other", vary="Origin"), headers={"X-Request-Id": "call-7"})
    assert [value for name, value in seen.messages[0]["headers"] if name == b"x-request-id"] == [b"call-7"]
    assert [value for name, value in seen.messages[0]["headers"] if name == b"vary"] == [b"Accept", b"Origin"]


@pytest.mark.parametrize("offered", ["", "a b", "x" * 129, "a\r\nb", "é", '"'])
def test_an_unfit_name_is_replaced(offered: str) -> None:
    """What could forge a log line is not taken over."""
    name = ask(answering(200, b""), headers={"X-Request-Id": offered}).headers["x-request-id"]
    assert (name != offered, len(name)) == (True, 32)


def test_the_name_is_known_inside_and_only_there() -> None:
    """Code below the middleware may ask for it, and nothing of it is left behind."""
    names: list[str | None] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        names.append(current_request_id())
        await respond(send, 200, b"")

    async def outside(scope: Any, receive: Any, send: Any) -> None:
        await ProblemMiddleware(app)(scope, receive, send)
        names.append(current_request_id())

    assert ask(outside).headers["x-request-id"] == names[0]
    assert names[1] is None


def test_the_gate_stands_before_the_app() -> None:
    """An old app is refused before anything is done for it."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("reached")

    seen = ask(ProblemMiddleware(app, gate=VersionGate("2.0")), headers={"X-App-Version": "1.9", "X-Platform": "ios"})
    assert (seen.status, seen.document["code"], seen.document["params"]) == (403, "APP_UPGRADE_REQUIRED", {"minimum": "2.0"})


def test_lines_of_one_field_are_one_list() -> None:
    """A client may say in two lines which forms it takes."""
    scope = scope_of()
    scope["headers"] = [(b"accept", b"application/json;q=0.1"), (b"accept", b"text/xml")]
    assert feed(raising(AgentForbidden(resource="agent")), scope).headers["content-type"] == "application/problem+xml"


def test_the_gate_is_open_where_it_should() -> None:
    """An exempt path is asked for by its whole name."""
    gated = ProblemMiddleware(answering(200, b"fine"), gate=VersionGate("2.0", exempt=["/health"]))
    assert [ask(gated, path=path, headers={"X-App-Version": "1"}).status for path in ("/health", "/agents")] == [200, 403]


def test_other_connections_are_handed_on() -> None:
    """Start-up and WebSockets are no requests: their failures are the server's to see."""
    for kind in ("lifespan", "websocket"):
        with pytest.raises(RuntimeError, match=CANARY):
            feed(raising(RuntimeError(CANARY)), {**scope_of(), "type": kind})
