"""fastapi-problem: RFC 9457 whose types are relative, whose 422 carries pydantic's errors, whose 500 quotes the exception."""

import pytest

import seawall
from tests.real_servers.asking import CANARY, Server, kept, places, shown

APP = "fastapi_problem_app"


async def test_a_derived_type_is_resolved(server: Server) -> None:
    """A type that is only a slug is resolved against the URL, so that no foreign slug can be taken for ours."""
    problem = await server.problem("GET", "/raise/missing")
    assert isinstance(problem, seawall.NotFoundProblem)
    assert (problem.dialect, problem.body_status) == ("rfc9457", 404)
    assert problem.type == f"{server.url}/raise/agent-missing"
    assert (problem.title, problem.detail) == ("There is no such agent", "Agent 7 was never made")
    assert problem.extensions == {"agent": 7}


async def test_an_absolute_type_stays(server: Server) -> None:
    """An absolute type is the problem's identity, and code and params are its own."""
    problem = await server.problem("GET", "/raise/busy")
    assert isinstance(problem, seawall.ConflictProblem)
    assert problem.type == "https://errors.acme.example/agent-busy"
    assert (problem.code, problem.params, problem.extensions) == ("AGENT_BUSY", {"queue": 3}, {})


async def test_validation_gives_field_errors(server: Server) -> None:
    """Pydantic's errors inside a problem document are read as FastAPI's own are."""
    problem = await server.post("/orders", {"age": CANARY, "items": [{"qty": 0}]})
    assert isinstance(problem, seawall.ValidationProblem)
    assert problem.dialect == "rfc9457"
    assert problem.type == f"{server.url}/request-validation-failed"
    assert places(problem) == [("/age", "INT_PARSING"), ("/items/0/qty", "GREATER_THAN")]


async def test_the_rejected_input_is_kept_nowhere(server: Server) -> None:
    """The library echoes what was rejected, and the problem forgets it."""
    problem = await server.post("/orders", {"age": CANARY})
    assert problem.response is not None
    assert CANARY in problem.response.text
    assert CANARY not in kept(problem)


async def test_broken_json_has_no_field(server: Server) -> None:
    """The offset of a broken character is no pointer."""
    problem = await server.problem("POST", "/orders", content=b"{", headers={"Content-Type": "application/json"})
    assert places(problem) == [("", "JSON_INVALID")]


async def test_the_header_says_when_to_come_back(server: Server) -> None:
    """Headers of a problem arrive with it."""
    problem = await server.problem("GET", "/raise/late")
    assert isinstance(problem, seawall.RateLimitedProblem)
    assert (problem.retry_after, problem.title) == (7.0, "Slow down")


@pytest.mark.parametrize(("path", "status"), [("/raise/http", 403), ("/nowhere", 404)])
async def test_wrapped_http_errors_have_no_code(server: Server, path: str, status: int) -> None:
    """A title such as "Not Found" is a text and becomes no code."""
    problem = await server.problem("GET", path)
    assert (problem.status, problem.body_status, problem.dialect, problem.code) == (status, status, "rfc9457", None)


async def test_a_named_failure_is_a_server_error(server: Server) -> None:
    """A 500 that the app raised on purpose keeps its title and detail for developers."""
    problem = await server.problem("GET", "/raise/ledger")
    assert isinstance(problem, seawall.ServerErrorProblem)
    assert (problem.title, problem.detail) == ("The ledger is closed", "It opens at nine")
    assert "nine" not in shown(problem)


async def test_the_text_of_a_crash_is_shown_to_nobody(server: Server) -> None:
    """The library puts the exception's text into `detail`, where only developers find it."""
    problem = await server.problem("GET", "/raise/crash")
    assert (problem.status, problem.detail) == (500, "crash-canary")
    assert "canary" not in shown(problem)
