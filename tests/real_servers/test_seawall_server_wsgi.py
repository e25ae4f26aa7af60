"""Our own half of the server around Flask: the WSGI middleware and eight lines of adapter."""

import pytest

import seawall
from tests.real_servers.asking import CANARY, Server

APP = "seawall_server_flask_app"


async def test_a_raised_problem_arrives_whole(server: Server) -> None:
    """Code, params, detail and trace id are what was raised, in JSON and in XML."""
    for accept, media_type in [("*/*", "application/problem+json"), ("text/xml", "application/problem+xml")]:
        problem = await server.problem("GET", "/raise/forbidden", headers={"Accept": accept})
        assert isinstance(problem, seawall.ForbiddenProblem)
        assert (problem.code, problem.params) == ("AGENT_FORBIDDEN", {"resource": "agent", "action": "update"})
        assert problem.response is not None
        assert problem.response.headers["content-type"] == media_type
        assert problem.trace_id == problem.response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("DELETE", "/old", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/abort/422", 422, "UNPROCESSABLE_CONTENT"),
        ("GET", "/abort/418", 418, "TEAPOT"),
        ("GET", "/abort/503", 503, "SERVICE_UNAVAILABLE"),
        ("GET", "/raise/crash", 500, "INTERNAL_ERROR"),
    ],
)
async def test_pages_of_flask_become_problems(server: Server, method: str, path: str, status: int, code: str) -> None:
    """Whatever Flask answers with a page of its own is a problem of the same status, without the page's words."""
    problem = await server.problem(method, path)
    assert (problem.status, problem.code, problem.dialect) == (status, code, "rfc9457")
    assert problem.response is not None
    assert CANARY not in problem.response.text
    assert ("GET" in problem.response.headers.get("allow", "")) is (status == 405)


async def test_a_good_response_is_handed_on(server: Server) -> None:
    """Pieces arrive in order, with the request's name and what its route announces."""
    assert (await server.call("GET", "/stream")).text == "one two"
    old = await server.call("GET", "/old", headers={"X-Request-Id": "call-7"})
    assert (old.json(), old.headers["x-request-id"]) == ({"id": "call-7"}, "call-7")
    assert old.headers["deprecation"] == "@1767225600"


async def test_an_old_app_is_told_to_upgrade(server: Server) -> None:
    """The gate stands before Flask too."""
    with pytest.raises(seawall.AppUpgradeProblem) as caught:
        await server.call("GET", "/old", headers={"X-App-Version": "2.0.0-rc.1"})
    assert caught.value.minimum == "2.0.0"


async def test_a_refusal_has_no_body_for_head(server: Server) -> None:
    """HEAD gets the fields of the problem and no document, so that the connection stays in step."""
    problem = await server.problem("HEAD", "/raise/forbidden")
    assert (problem.status, (await server.call("GET", "/stream")).text) == (403, "one two")
