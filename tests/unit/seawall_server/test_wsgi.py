"""The WSGI middleware, held to PEP 3333 by wsgiref."""

import sys
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import msgspec
import pytest
from flask import Flask

from seawall_server import VersionGate, current_request_id
from seawall_server.wsgi import ProblemMiddleware
from tests.unit.seawall_server.kit import AgentForbidden

CANARY = "canary-5512"
App = Callable[[Any, Any], Any]


class Body:
    """A body that knows whether it was closed, and may fail on the way."""

    def __init__(self, *pieces: bytes, error: BaseException | None = None) -> None:
        self.closed = False
        self._pieces = self._run(pieces, error)

    def _run(self, pieces: tuple[bytes, ...], error: BaseException | None) -> Iterator[bytes]:
        yield from pieces
        if error is not None:
            raise error

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        self.closed = True


def ask(app: App, **environ: str) -> tuple[str, dict[str, str], bytes]:
    """Make a request as a server would that looks at everything."""
    request: dict[str, Any] = {"QUERY_STRING": "", **environ}
    setup_testing_defaults(request)
    heads: list[tuple[str, dict[str, str]]] = []
    pieces: list[bytes] = []

    def start_response(line: str, headers: list[tuple[str, str]], info: Any = None) -> Callable[[bytes], Any]:
        heads.append((line, {name.lower(): value for name, value in headers}))
        return pieces.append

    body = validator(app)(request, start_response)
    try:
        pieces.extend(body)
    finally:
        body.close()  # type: ignore[attr-defined]
    (head,) = heads
    return *head, b"".join(pieces)


def answering(line: str, body: Any, *headers: tuple[str, str]) -> App:
    """An app that answers."""

    def app(environ: Any, start_response: Any) -> Any:
        start_response(line, [("Content-Type", "text/plain"), *headers])
        return body

    return ProblemMiddleware(app)


def test_a_problem_needs_no_framework() -> None:
    """What a bare app raises is answered as the contract says, with no line but the status's own."""

    def app(environ: Any, start_response: Any) -> Any:
        raise AgentForbidden(resource="agent")

    line, headers, body = ask(ProblemMiddleware(app), HTTP_X_REQUEST_ID="call-7")
    assert (line, headers["content-type"], headers["x-request-id"]) == ("403 Forbidden", "application/problem+json", "call-7")
    assert msgspec.json.decode(body)["trace_id"] == "call-7"


def test_an_app_that_fails_late_is_answered_too(caplog: pytest.LogCaptureFixture) -> None:
    """A generator runs when it is read: its failure before the first piece is a 500, and its body is closed."""
    body = Body(b"", error=RuntimeError(CANARY))
    line, headers, content = ask(answering("200 OK", body))
    assert (line, CANARY.encode() in content, body.closed) == ("500 Internal Server Error", False, True)
    assert [record.__dict__["trace_id"] for record in caplog.records] == [headers["x-request-id"]]


def test_a_failure_in_the_middle_is_the_servers() -> None:
    """After the first piece nothing can be answered any more."""
    body = Body(b"half", error=RuntimeError(CANARY))
    with pytest.raises(RuntimeError, match=CANARY):
        ask(answering("200 OK", body))
    assert body.closed


def test_a_good_body_is_handed_on_and_closed() -> None:
    """Every piece arrives, and whoever made them may tidy up."""
    body = Body(b"", b"one", b"two")
    assert ask(answering("200 OK", body))[2] == b"onetwo"
    assert body.closed


def test_a_page_is_replaced_and_closed() -> None:
    """It keeps its status and fields, and is not read to its end."""
    body = Body(b"<h1>", error=RuntimeError("read on"))
    line, headers, content = ask(answering("404 Nothing Here", body, ("Allow", "GET"), ("Content-Length", "4")))
    assert (line, headers["allow"], headers["content-length"]) == ("404 Not Found", "GET", str(len(content)))
    assert (msgspec.json.decode(content)["code"], body.closed) == ("NOT_FOUND", True)


def test_what_is_written_is_not_lost() -> None:
    """The old way of sending, PEP 3333's `write`, goes before what is returned."""

    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"one ")
        return [b"two"]

    assert ask(ProblemMiddleware(app))[2] == b"one two"


def test_an_app_may_change_its_mind_until_it_has_begun() -> None:
    """A second head replaces the first as long as nothing was sent, and raises after that."""

    def early(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        try:
            raise RuntimeError(CANARY)
        except RuntimeError:
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")], sys.exc_info())
        return [b"sorry"]

    def late(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"half"
        try:
            raise RuntimeError(CANARY)
        except RuntimeError:
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")], sys.exc_info())

    assert ask(ProblemMiddleware(early))[0] == "503 Service Unavailable"
    with pytest.raises(RuntimeError, match=CANARY):
        ask(ProblemMiddleware(late))


def test_an_app_without_a_head_is_a_failure() -> None:
    """A body alone is no response."""
    assert ask(ProblemMiddleware(lambda environ, start_response: [b"x"]))[0] == "500 Internal Server Error"


def test_a_head_request_gets_no_body() -> None:
    """It gets the fields, the length too."""

    def app(environ: Any, start_response: Any) -> Any:
        raise AgentForbidden(resource="agent")

    line, headers, body = ask(ProblemMiddleware(app), REQUEST_METHOD="HEAD")
    assert (line, body, int(headers["content-length"]) > 0) == ("403 Forbidden", b"", True)


def test_the_name_is_known_inside_and_only_there() -> None:
    """Nothing of a request is left in the thread for the next one."""
    names: list[str | None] = []

    def app(environ: Any, start_response: Any) -> Any:
        names.append(current_request_id())
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b""]

    names.append(ask(ProblemMiddleware(app))[1]["x-request-id"])
    assert names[0] == names[1]
    assert current_request_id() is None


def test_flask_may_leave_failures_to_the_middleware(caplog: pytest.LogCaptureFixture) -> None:
    """With Flask's own switch the log line of a failure has the trace id of the response."""
    flask = Flask("agents")
    flask.config["PROPAGATE_EXCEPTIONS"] = True

    @flask.get("/")
    def crash() -> str:
        raise RuntimeError(CANARY)

    line, headers, _ = ask(ProblemMiddleware(flask))
    assert (line, [record.name for record in caplog.records]) == ("500 Internal Server Error", ["seawall_server"])
    assert caplog.records[0].__dict__["trace_id"] == headers["x-request-id"]


def test_a_page_has_one_name() -> None:
    """Of a page's fields those that are ours are overruled."""
    heads: list[list[tuple[str, str]]] = []
    app = answering("404 Not Found", [b"page"], ("x-request-id", "other"))
    app({"REQUEST_METHOD": "GET", "HTTP_X_REQUEST_ID": "call-7"}, lambda line, headers, info=None: heads.append(headers))
    assert [value for name, value in heads[0] if name.lower() == "x-request-id"] == ["call-7"]


def test_the_gate_stands_before_the_app() -> None:
    """An old app is refused before anything is done for it."""
    line, _, body = ask(ProblemMiddleware(lambda *_: 1 / 0, gate=VersionGate("2.0")), HTTP_X_APP_VERSION="1.9")  # type: ignore[arg-type]
    assert (line, msgspec.json.decode(body)["params"]) == ("403 Forbidden", {"minimum": "2.0"})
