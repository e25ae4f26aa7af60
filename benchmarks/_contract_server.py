"""CPU time of one problem response of a FastAPI app, beside two other packages that answer problems.

Each is a whole request through the app, without a socket: routing, the endpoint that raises, the handler, the document. Ours
names the request and looks for error pages besides. Before anything is timed, each is seen answering what it should.

    python -m benchmarks._contract_server
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import msgspec
from fastapi import FastAPI

from benchmarks._harness import Row, Subject, measure, report
from seawall_server import ProblemError
from seawall_server.fastapi import install

__all__ = ["ROW", "problem_rows", "see_all_answering"]

ROW = "contract/server_problem"
OURS = "seawall"
_SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/agents/7",
    "raw_path": b"/agents/7",
    "query_string": b"",
    "root_path": "",
    "headers": [(b"host", b"api.example"), (b"accept", b"*/*")],
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 2),
}


class AgentForbidden(ProblemError):
    """As `seawall codes gen` writes it."""

    code = "AGENT_FORBIDDEN"
    status = 403
    detail = "Forbidden"

    def __init__(self, *, resource: str, action: str) -> None:
        super().__init__(resource=resource, action=action)


def seawall_app() -> FastAPI:
    app = raising(lambda: AgentForbidden(resource="agent_session", action="update"))
    install(app)
    return app


def fastapi_problem_app() -> FastAPI:
    from fastapi_problem.error import ForbiddenProblem
    from fastapi_problem.handler import add_exception_handler, new_exception_handler

    class Forbidden(ForbiddenProblem):
        title = "Forbidden"

    params = {"resource": "agent_session", "action": "update"}
    app = raising(lambda: Forbidden("Forbidden", code="AGENT_FORBIDDEN", params=params))
    add_exception_handler(app, new_exception_handler())
    return app


def fastapi_rfc9457_app() -> FastAPI:
    from fastapi_rfc9457 import Problem  # type: ignore[import-not-found,unused-ignore]
    from fastapi_rfc9457.server import add_problem_handlers  # type: ignore[import-not-found,unused-ignore]

    class Forbidden(Problem):  # type: ignore[misc,unused-ignore]
        title = "Forbidden"
        status = 403
        code: str
        params: dict[str, str]

    params = {"resource": "agent_session", "action": "update"}
    app = raising(lambda: Forbidden(detail="Forbidden", code="AGENT_FORBIDDEN", params=params))
    add_problem_handlers(app)
    return app


def raising(make: Callable[[], Exception]) -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/agents/{number}")
    async def read(number: int) -> None:
        raise make()

    return app


APPS = {OURS: seawall_app, "fastapi-problem": fastapi_problem_app, "fastapi-rfc9457": fastapi_rfc9457_app}


def built() -> dict[str, FastAPI]:
    """The apps whose packages are installed."""
    apps: dict[str, FastAPI] = {}
    for name, build in APPS.items():
        try:
            apps[name] = build()
        except ModuleNotFoundError:
            words = f"{name} is not installed, so that {ROW} is missed: `make bench` installs it, and so does the extra `bench`"
            print(words, file=sys.stderr)
    return apps


async def ask(app: FastAPI) -> list[Any]:
    """Make one request, and return what the app sent."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    await app({**_SCOPE}, receive, send)
    return sent


def see_all_answering(apps: dict[str, FastAPI]) -> None:
    """Refuse to time what does not answer the same code and params as a problem."""
    for name, app in apps.items():
        head, *pieces = asyncio.run(ask(app))
        document = msgspec.json.decode(b"".join(piece["body"] for piece in pieces))
        assert head["status"] == document["status"] == 403, name
        assert dict(head["headers"])[b"content-type"] == b"application/problem+json", name
        assert (document["code"], document["params"]["action"]) == ("AGENT_FORBIDDEN", "update"), name


def subject(name: str, app: FastAPI) -> Subject:
    async def many(calls: int) -> None:
        for _ in range(calls):
            await ask(app)

    return Subject(name, lambda calls: asyncio.run(many(calls)))


def problem_rows(*, calls: int, rounds: int) -> list[Row]:
    """Measure, and return our row with the verdict, then one for each other package. Without all of them nothing is met."""
    apps = built()
    see_all_answering(apps)
    figures = measure([subject(name, app) for name, app in apps.items()], calls=calls, rounds=rounds)
    ours = figures.pop(OURS)
    met = apps.keys() == APPS.keys() and all(ours <= value for value in figures.values())
    rows = [Row(ROW, OURS, ours, "us", goal="no slower", met=met)]
    return rows + [Row(f"{ROW}/{name}", name, value, "us", OURS, value / ours) for name, value in figures.items()]


if __name__ == "__main__":
    report(problem_rows(calls=1000, rounds=9), as_json=False, title="Problem responses of FastAPI apps")
