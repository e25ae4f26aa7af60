"""Flask behind `seawall_server.wsgi`, and all that an adapter for it needs."""

from collections.abc import Iterator

from flask import Flask, Response, abort, request

from seawall_server import Lifecycle, ProblemError, VersionGate, answer, current_request_id, current_trace_id
from seawall_server.wsgi import ProblemMiddleware
from tests.real_servers.apps.seawall_server_app import CANARY, OLD, AgentForbidden

assert isinstance(OLD, Lifecycle)
flask = Flask(__name__)


@flask.errorhandler(ProblemError)
def tell(problem: ProblemError) -> Response:
    """Answer a problem."""
    found = answer(problem, request.headers.get("Accept"), current_trace_id())
    return Response(found.body, found.status, found.headers)


@flask.get("/raise/forbidden")
def forbidden() -> None:
    """Raise a problem."""
    raise AgentForbidden(resource="agent", action="update")


@flask.get("/raise/crash")
def crash() -> None:
    """Fail as no code should."""
    raise RuntimeError(CANARY)


@flask.get("/abort/<int:status>")
def give_up(status: int) -> None:
    """Answer a page of Flask's."""
    abort(status)


@flask.get("/old")
def old() -> dict[str, str | None]:
    """Work, for now, and tell the request's name."""
    OLD.announce()
    return {"id": current_request_id()}


@flask.get("/stream")
def stream() -> Iterator[str]:
    """Answer piece by piece."""
    yield "one "
    yield "two"


app = ProblemMiddleware(flask, gate=VersionGate("2.0.0"))
