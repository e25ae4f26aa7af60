"""Every error of an ASGI app as a problem, and the fields that every response carries."""

from .._answer import answer
from .._exchange import CURRENT, Exchange, problem_of
from .._pages import problem_of_page
from .._problem import ProblemError
from .._version_gate import VersionGate
from ._wire import App, Message, Receive, Scope, Send, begin, decoded, field, joined, raw, respond

__all__ = ["ProblemMiddleware"]


class ProblemMiddleware:
    """Answers what an app raises as problem documents (RFC 9457), error pages too, and names each request.

    The request's `X-Request-Id` is kept where it is fit for a log line, else it is named after its trace, or anew; the response
    carries that name. The `trace_id` of problems and of the log line of a 500 is that of the request's `traceparent` (W3C Trace
    Context), else its name. An unforeseen error is logged here and not raised again: the server would log it a second time,
    without its trace id. It is raised again only in the middle of a response, so that the server breaks the connection instead
    of passing the half for a whole.

    Args:
        app: The app.
        gate: Which versions of the client are taken; None for all.
    """

    def __init__(self, app: App, *, gate: VersionGate | None = None) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; other kinds of connections are handed on as they are."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = begin(scope)
        token = CURRENT.set(exchange)
        try:
            await self._serve(scope, receive, _Out(send, scope, exchange))
        finally:
            CURRENT.reset(token)

    async def _serve(self, scope: Scope, receive: Receive, out: "_Out") -> None:
        try:
            if self._gate is not None:
                self._gate.check(field(scope, b"x-app-version"), field(scope, b"x-platform"), scope["path"])
            await self._app(scope, receive, out)
        except Exception as error:
            problem = problem_of(error, out.exchange)
            if out.begun and not out.ended:
                raise
            if not out.begun and not out.told:
                await out.tell(problem)


class _Out:
    """The way of one response to the client.

    Attributes:
        begun: Whether the app's own response has begun.
        ended: Whether it was sent to its end: what fails after it, in the background, takes nothing from it.
        told: Whether a whole problem was sent in its place.
    """

    __slots__ = ("_scope", "_send", "begun", "ended", "exchange", "told")

    def __init__(self, send: Send, scope: Scope, exchange: Exchange) -> None:
        self._send = send
        self._scope = scope
        self.begun = False
        self.ended = False
        self.told = False
        self.exchange = exchange

    async def __call__(self, message: Message) -> None:
        """Send a message of the app: a page's head becomes a problem, and its body is dropped."""
        if self.told:
            return
        if message["type"] == "http.response.start":
            fields = message.get("headers", ())
            page = problem_of_page(message["status"], decoded(fields)) if message["status"] >= 400 else None
            if page is not None:
                await self.tell(page)
                return
            self.begun = True
            message = {**message, "headers": raw(self.exchange.over(decoded(fields)))}
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.ended = True

    async def tell(self, problem: ProblemError) -> None:
        """Send a problem in place of what the app may still send."""
        self.told = True
        found = answer(problem, joined(self._scope, b"accept"), self.exchange.trace_id)
        await respond(found._replace(headers=self.exchange.over(found.headers)), self._send)
