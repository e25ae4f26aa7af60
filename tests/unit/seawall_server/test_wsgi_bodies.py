"""WSGI responses that are written, streamed, broken off: in the order and under the name that they should have."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from seawall_server import Lifecycle, VersionGate, current_request_id
from seawall_server.wsgi import ProblemMiddleware
from tests.unit.seawall_server.test_wsgi import CANARY, Body, answering, ask

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Server:
    """Takes what an app sends, in order."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    def start_response(self, line: str, headers: list[tuple[str, str]], info: Any = None) -> Callable[[bytes], None]:
        self.got.append(line)
        return self.got.append

    def run(self, app: Any) -> None:
        body = app({"REQUEST_METHOD": "GET"}, self.start_response)
        try:
            self.got.extend(body)
        finally:
            getattr(body, "close", list)()


def test_what_is_written_is_sent_at_once() -> None:
    """PEP 3333 does not let it wait for what comes later."""
    server = Server()

    def app(environ: Any, start_response: Any) -> Any:
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        for piece in (b"", b"one"):
            write(piece)
        server.got.append("between")
        write(b"two")
        return [b"three"]

    server.run(ProblemMiddleware(app))
    assert server.got == ["200 OK", b"one", "between", b"two", b"three"]


def test_of_a_page_nothing_is_written() -> None:
    """It becomes a problem, as one that is returned does."""

    def app(environ: Any, start_response: Any) -> Any:
        start_response("404 Not Found", [("Content-Type", "text/html")])(CANARY.encode())
        return []

    line, _, body = ask(ProblemMiddleware(app))
    assert (line, msgspec.json.decode(body)["code"]) == ("404 Not Found", "NOT_FOUND")


def test_a_failure_after_something_was_written_is_the_servers(caplog: pytest.LogCaptureFixture) -> None:
    """There is one head, and the failure is logged with the name of the request before it goes on."""
    server = Server()

    def app(environ: Any, start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])(b"half")
        raise RuntimeError(CANARY)

    with pytest.raises(RuntimeError, match=CANARY):
        server.run(ProblemMiddleware(app))
    assert server.got == ["200 OK", b"half"]
    assert [bool(record.__dict__["trace_id"]) for record in caplog.records] == [True]


def test_a_failure_in_the_middle_has_the_name_of_its_request(caplog: pytest.LogCaptureFixture) -> None:
    """Developers find the call whose response was broken off."""
    with pytest.raises(RuntimeError, match=CANARY):
        ask(answering("200 OK", Body(b"half", error=RuntimeError(CANARY))), HTTP_TRACEPARENT=f"00-{TRACE}-00f067aa0ba902b7-01")
    assert [record.__dict__["trace_id"] for record in caplog.records] == [TRACE]


def test_a_stream_knows_its_request_to_the_end() -> None:
    """A body runs when the app's call has returned, and tidies up after that."""
    names: list[str | None] = []

    class Stream:
        def __iter__(self) -> Iterator[bytes]:
            for piece in (b"one", b"two"):
                names.append(current_request_id())
                yield piece

        def close(self) -> None:
            names.append(current_request_id())

    ask(answering("200 OK", Stream()), HTTP_X_REQUEST_ID="call-7")
    assert names == ["call-7"] * 3
    assert current_request_id() is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_body_is_closed_whatever_ends_it(error: type[BaseException]) -> None:
    """What stops the server is not answered, and tidied up after."""
    body = Body(error=error())
    with pytest.raises(error):
        answering("200 OK", body)({"REQUEST_METHOD": "GET"}, Server().start_response)
    assert body.closed


def test_the_body_of_an_app_without_a_head_is_closed() -> None:
    """The failure is found after the app has returned."""
    body = Body(b"x")
    assert ask(ProblemMiddleware(lambda environ, start_response: body))[0] == "500 Internal Server Error"
    assert body.closed


def test_a_page_that_cannot_be_closed_is_answered_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    """Tidying up may fail too: developers hear of it, the client gets its problem."""

    class Stuck(Body):
        def close(self) -> None:
            raise RuntimeError(CANARY)

    assert ask(answering("404 Not Found", Stuck(b"page")))[0] == "404 Not Found"
    assert len(caplog.records) == 1


def test_a_field_stands_once() -> None:
    """What the middleware says counts more than what the app wrote; its links are kept."""
    heads: list[list[tuple[str, str]]] = []

    def app(environ: Any, start_response: Any) -> Any:
        Lifecycle(datetime(2026, 1, 1, tzinfo=UTC), link="https://acme.example/v2").announce()
        start_response("200 OK", [("deprecation", "@1"), ("Link", "</2>"), ("X-REQUEST-ID", "other")])
        return [b"x"]

    environ = {"REQUEST_METHOD": "GET", "HTTP_X_REQUEST_ID": "call-7"}
    list(ProblemMiddleware(app)(environ, lambda line, headers, info=None: heads.append(headers)))  # type: ignore[arg-type]
    assert heads == [
        [
            ("Link", "</2>"),
            ("X-Request-Id", "call-7"),
            ("Deprecation", "@1767225600"),
            ("Link", '<https://acme.example/v2>; rel="deprecation"'),
        ]
    ]


def test_the_gate_knows_the_whole_path() -> None:
    """Also where the app is mounted below another."""
    app = answering("200 OK", [b"fine"])
    gated = ProblemMiddleware(app, gate=VersionGate("2.0", exempt=["/v1/health"]))
    paths = [("/v1", "/health"), ("", "/v1/health"), ("", "/health")]
    lines = [ask(gated, HTTP_X_APP_VERSION="1", SCRIPT_NAME=script, PATH_INFO=path)[0][:3] for script, path in paths]
    assert lines == ["200", "200", "403"]
