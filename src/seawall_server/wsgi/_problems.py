"""Every error of a WSGI app as a problem, and the fields that every response carries (PEP 3333)."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING

from .._answer import answer
from .._built_in import StatusError
from .._exchange import Exchange, being_answered, log_unforeseen, problem_of
from .._pages import problem_of_page
from .._problem import ProblemError
from .._statuses import title_of
from .._version_gate import VersionGate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["ProblemMiddleware"]

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class ProblemMiddleware:
    """The same for WSGI as `seawall_server.asgi.ProblemMiddleware` is for ASGI.

    What a framework turns into a page itself, as Flask does with an unforeseen error, arrives here as that page and becomes a
    problem of its status; so that Flask's and Django's own handlers need to know only `ProblemError`.

    Args:
        app: The app.
        gate: Which versions of the client are taken; None for all.
    """

    def __init__(self, app: "WSGIApplication", *, gate: VersionGate | None = None) -> None:
        self._app = app
        self._gate = gate

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""
        exchange = Exchange(environ.get("HTTP_X_REQUEST_ID"), environ.get("HTTP_TRACEPARENT"))
        with being_answered(exchange):
            return self._serve(environ, start_response, exchange)

    def _serve(self, environ: "WSGIEnvironment", start_response: "StartResponse", exchange: Exchange) -> Iterable[bytes]:
        reply = _Reply(start_response, exchange)
        try:
            if self._gate is not None:
                path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
                self._gate.check(environ.get("HTTP_X_APP_VERSION"), environ.get("HTTP_X_PLATFORM"), path)
            reply.run(self._app, environ)
        except BaseException as error:
            reply.drop()
            if not isinstance(error, Exception):
                raise
            problem = problem_of(error, exchange)
            if reply.begun:
                raise
            return _tell(problem, environ, start_response, exchange)
        if reply.page is None:
            return reply.begin()
        reply.drop()
        return _tell(reply.page, environ, start_response, exchange)


def _tell(
    problem: ProblemError, environ: "WSGIEnvironment", start_response: "StartResponse", exchange: Exchange
) -> Iterable[bytes]:
    found = answer(problem, environ.get("HTTP_ACCEPT"), exchange.trace_id)
    start_response(f"{found.status} {title_of(found.status)}", exchange.over(found.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [found.body]


class _Reply:
    """An app's response, run up to its first piece, because until then it may still fail.

    Args:
        start_response: The server's.
        exchange: The request.

    Attributes:
        begun: Whether its head has been handed on.
        page: The problem in the place of an error page; known when the app has run.
    """

    def __init__(self, start_response: "StartResponse", exchange: Exchange) -> None:
        self._start_response = start_response
        self._exchange = exchange
        self._line = ""
        self._headers: list[tuple[str, str]] = []
        self._body: Iterable[bytes] = ()
        self._rest: Iterator[bytes] = iter(())
        self._write: Callable[[bytes], object] | None = None
        self.page: StatusError | None = None

    @property
    def begun(self) -> bool:
        return self._write is not None

    def run(self, app: "WSGIApplication", environ: "WSGIEnvironment") -> None:
        """Run the app up to its first piece."""
        self._body = app(environ, self._remember)
        rest = iter(self._body)
        first = next((piece for piece in rest if piece), b"")
        self._rest = chain([first], rest) if first else rest
        if not self._line:
            raise RuntimeError("the app has not called start_response")
        self.page = self._as_page()  # of one that was written already there is none

    def begin(self) -> "_Body":
        """Hand the response on, with the exchange's fields."""
        self._hand_on_head()
        return _Body(self._rest, self._body, self._exchange)

    def drop(self) -> None:
        """Close the body that is not sent. If that fails, there is still an answer to give."""
        try:
            _close(self._body)
        except Exception as error:
            log_unforeseen(error, self._exchange)

    def _as_page(self) -> StatusError | None:
        return problem_of_page(int(self._line[:3]), self._headers)

    def _hand_on_head(self) -> None:
        if self._write is None:
            self._write = self._start_response(self._line, self._exchange.over(self._headers))

    def _remember(self, line: str, headers: list[tuple[str, str]], info: ErrorInfo | None = None, /) -> Callable[[bytes], object]:
        if info is not None and info[1] is not None and self.begun:
            raise info[1]
        self._line, self._headers = line, list(headers)
        return self._written

    def _written(self, piece: bytes) -> None:
        """Send at once what the app writes, as PEP 3333 wants it; but of a page nothing."""
        if piece and (self.begun or self._as_page() is None):
            self._hand_on_head()
            assert self._write is not None
            self._write(piece)


class _Body(Iterator[bytes]):
    """The rest of a response. The server asks for it when the app's call has long returned."""

    def __init__(self, rest: Iterator[bytes], body: Iterable[bytes], exchange: Exchange) -> None:
        self._rest, self._body, self._exchange = rest, body, exchange

    def __next__(self) -> bytes:
        with being_answered(self._exchange):
            try:
                return next(self._rest)
            except StopIteration:
                raise
            except Exception as error:
                log_unforeseen(error, self._exchange)
                raise

    def close(self) -> None:
        """Close the app's body, as PEP 3333 wants it."""
        with being_answered(self._exchange):
            _close(self._body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()
