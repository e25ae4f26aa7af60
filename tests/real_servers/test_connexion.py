"""connexion: problem+json with `about:blank`, whose detail quotes what was rejected."""

import pytest

import seawall
from tests.real_servers.asking import CANARY, Server, shown

APP = "connexion_app"


@pytest.mark.parametrize("body", [{"age": CANARY}, {"age": 1, "items": [{"qty": 0}]}, {}])
async def test_a_rejected_body_is_told_in_words(server: Server, body: object) -> None:
    """There are words and no fields, and a title that is the status's own gives no code."""
    problem = await server.post("/orders", body)
    assert isinstance(problem, seawall.BadRequestProblem)
    assert (problem.type, problem.title, problem.body_status) == ("about:blank", "Bad Request", 400)
    assert (problem.code, problem.field_errors, problem.extensions) == (None, (), {})
    assert problem.dialect == "rfc9457"


async def test_the_rejected_input_is_shown_to_nobody(server: Server) -> None:
    """The detail quotes the input, and is for developers."""
    problem = await server.post("/orders", {"age": CANARY})
    assert CANARY in problem.detail
    assert CANARY not in shown(problem)


async def test_broken_json_and_unknown_media_types_are_told_by_status(server: Server) -> None:
    """Both come before validation, in the same form."""
    broken = await server.problem("POST", "/orders", content=b"{", headers={"Content-Type": "application/json"})
    unknown = await server.problem("POST", "/orders", content=b"x", headers={"Content-Type": "text/plain"})
    assert [(one.status, one.body_status, one.dialect) for one in (broken, unknown)] == [
        (400, 400, "rfc9457"),
        (415, 415, "rfc9457"),
    ]


@pytest.mark.parametrize("params", [{"limit": "x"}, {}])
async def test_a_rejected_parameter_is_told_in_words(server: Server, params: dict[str, str]) -> None:
    """Wrong and missing parameters look like wrong bodies; the words may have several lines."""
    problem = await server.problem("GET", "/search", params=params)
    assert (problem.status, problem.title, problem.code) == (400, "Bad Request", None)
    assert "limit" in problem.detail or "\n" in problem.detail


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
async def test_who_is_not_known_is_told_without_a_challenge(server: Server, headers: dict[str, str]) -> None:
    """connexion sends no challenge, so nothing is known about credentials."""
    problem = await server.problem("GET", "/private", headers=headers)
    assert isinstance(problem, seawall.UnauthorizedProblem)
    assert (problem.auth, problem.code, problem.title) == (None, None, "Unauthorized")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/orders", 405)])
async def test_the_routers_own_errors_are_problems_too(server: Server, method: str, path: str, status: int) -> None:
    """Unknown paths and methods come as problem+json."""
    problem = await server.problem(method, path)
    assert (problem.status, problem.body_status, problem.type, problem.code) == (status, status, "about:blank", None)


async def test_an_extended_problem_is_read_whole(server: Server) -> None:
    """A detail of null is absent, an instance is resolved, and extensions may have odd names."""
    problem = await server.problem("GET", "/raise/extended")
    assert isinstance(problem, seawall.ConflictProblem)
    assert (problem.type, problem.title) == ("https://errors.acme.example/agent-busy", "The agent is busy")
    assert (problem.detail, problem.instance) == ("", f"{server.url}/agents/7")
    assert (problem.code, problem.params) == ("AGENT_BUSY", {"queue": 3})
    assert problem.extensions == {"violated-policies": ["one"]}


async def test_a_plain_problem_keeps_its_words(server: Server) -> None:
    """What the app said is there for developers."""
    problem = await server.problem("GET", "/raise/plain")
    assert (problem.status, problem.detail) == (400, "The order is closed")
    assert "order" not in shown(problem)


async def test_a_crash_tells_nothing_of_itself(server: Server) -> None:
    """The server hides the exception, and the problem is a server error."""
    problem = await server.problem("GET", "/raise/crash")
    assert isinstance(problem, seawall.ServerErrorProblem)
    assert (problem.dialect, problem.title, problem.code) == ("rfc9457", "Internal Server Error", None)
