"""Flask's pages, and the JSON that its documentation teaches to answer with."""

import pytest

import seawall
from tests.real_servers.asking import Server, shown

APP = "flask_app"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/abort/400", seawall.BadRequestProblem),
        ("/abort/404", seawall.NotFoundProblem),
        ("/abort/418", seawall.ClientErrorProblem),
        ("/abort/503", seawall.UnavailableProblem),
        ("/crash", seawall.ServerErrorProblem),
        ("/nowhere", seawall.NotFoundProblem),
    ],
)
async def test_a_page_speaks_by_its_status(server: Server, path: str, kind: type[seawall.StatusProblem]) -> None:
    """Of HTML nothing is taken."""
    problem = await server.problem("GET", path)
    assert type(problem) is kind
    assert (problem.code, problem.detail, problem.params, problem.dialect) == (None, "", {}, None)


async def test_the_header_of_a_page_says_when_to_come_back(server: Server) -> None:
    """Retry-After counts whatever the body is."""
    problem = await server.problem("GET", "/late")
    assert isinstance(problem, seawall.RateLimitedProblem)
    assert (problem.retry_after, problem.dialect) == (7.0, None)


async def test_a_challenge_is_read_beside_a_page(server: Server) -> None:
    """Werkzeug leaves out the quotes where it may, and the challenge is understood all the same."""
    problem = await server.problem("GET", "/private")
    assert isinstance(problem, seawall.UnauthorizedProblem)
    assert problem.auth is not None
    assert (problem.auth.scheme, problem.auth.error) == ("bearer", "invalid_token")
    assert (problem.auth.scope, problem.auth.realm) == ("read", "agents")
    assert (problem.code, problem.original_code, problem.dialect) == ("INVALID_TOKEN", "invalid_token", "bearer")


async def test_the_form_of_our_own_contract_is_read(server: Server) -> None:
    """Code, detail and params are enough for a problem document, whatever its media type."""
    problem = await server.problem("GET", "/seed")
    assert isinstance(problem, seawall.ForbiddenProblem)
    assert (problem.code, problem.params) == ("AGENT_FORBIDDEN", {"resource": "agent_session", "action": "update"})
    assert (problem.detail, problem.dialect) == ("Forbidden", "rfc9457")


async def test_numbers_that_json_has_not_do_no_harm(server: Server) -> None:
    """NaN and Infinity, which Flask writes, are taken for nothing, and the rest is read."""
    problem = await server.problem("GET", "/nan")
    assert (problem.status, problem.code, problem.params) == (400, "QUOTA_EXCEEDED", {"left": None, "most": None})
    assert problem == problem.__copy__()


async def test_a_sentence_is_no_oauth_code(server: Server) -> None:
    """`{"error": "404 Not Found: ..."}` is what the documentation teaches, and has no code in it."""
    problem = await server.problem("GET", "/prose")
    assert (problem.status, problem.code, problem.auth) == (404, None, None)
    assert "agent" not in shown(problem)


async def test_a_message_is_no_code(server: Server) -> None:
    """`{"message": ..., "number": 7}` has no code and no fields in it."""
    problem = await server.problem("GET", "/message")
    assert (problem.status, problem.code, problem.field_errors) == (400, None, ())
    assert "number" not in shown(problem)


@pytest.mark.parametrize("status", [404, 418])
async def test_a_status_called_code_is_no_code(server: Server, status: int) -> None:
    """The documentation's generic handler calls the HTTP status `code`, which is neither a code nor one of gRPC."""
    problem = await server.problem("GET", f"/described/{status}")
    assert (problem.status, problem.code, problem.original_code, problem.field_errors) == (status, None, None, ())
