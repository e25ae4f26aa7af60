"""FastAPI's own errors: validation (422), HTTPException with any detail, its security helpers, its crash page."""

import pytest

import seawall
from tests.real_servers.asking import CANARY, Server, kept, places, shown

APP = "fastapi_app"


async def test_a_rejected_body_names_its_field(server: Server) -> None:
    """A field of the body is told by its pointer, without the place name, and by pydantic's reason."""
    problem = await server.post("/orders", {"age": CANARY})
    assert isinstance(problem, seawall.ValidationProblem)
    assert (problem.status, problem.code, problem.dialect) == (422, "VALIDATION_ERROR", "fastapi")
    assert places(problem) == [("/age", "INT_PARSING")]


async def test_items_of_lists_have_their_index_in_the_pointer(server: Server) -> None:
    """Nested fields are told with the index of their item, and the limits that they broke."""
    problem = await server.post("/orders", {"age": 1, "items": [{"name": "ab", "qty": 1}, {"name": "x", "qty": 0}]})
    assert places(problem) == [("/items/1/name", "STRING_TOO_SHORT"), ("/items/1/qty", "GREATER_THAN")]
    assert [error.params for error in problem.field_errors] == [{"min_length": 2}, {"gt": 0}]


async def test_a_list_as_the_body_begins_with_the_index(server: Server) -> None:
    """Where the body itself is a list, the pointer begins with the index."""
    problem = await server.post("/orders/many", [{"age": 1}, {"age": CANARY}])
    assert places(problem) == [("/1/age", "INT_PARSING")]


async def test_odd_names_are_escaped_in_the_pointer(server: Server) -> None:
    """Slashes and tildes in names are escaped as RFC 6901 asks."""
    problem = await server.post("/orders", {"age": 1, "notes": {"a/b~c": CANARY}})
    assert places(problem) == [("/notes/a~1b~0c", "INT_PARSING")]


@pytest.mark.parametrize(
    "body",
    [
        {"age": CANARY},
        {"age": 1, "items": [{"name": CANARY, "qty": CANARY}]},
        {"age": 1, "notes": {"n": CANARY}},
        {"age": 1, "pet": {"kind": "cat", "lives": CANARY}},
        {"age": 1, "pet": {"kind": CANARY}},
        {"age": 1, "size": CANARY},
        {"age": 1, "password": CANARY.replace("-", "")},
        {"age": [CANARY]},
        [CANARY],
        CANARY,
    ],
    ids=lambda body: str(body)[:40],
)
async def test_the_rejected_input_is_kept_nowhere(server: Server, body: object) -> None:
    """What a user typed is in the response alone: not in the problem, its fields, its texts, its pickle."""
    problem = await server.post("/orders", body)
    assert problem.field_errors
    assert problem.response is not None
    assert "canary" in problem.response.text
    assert "canary" not in kept(problem)


async def test_queries_headers_and_paths_are_fields_too(server: Server) -> None:
    """The place name before a parameter's own is dropped as well."""
    problem = await server.problem("GET", "/search", params={"limit": "x"}, headers={"X-Page": "y"})
    assert places(problem) == [("/limit", "INT_PARSING"), ("/x-page", "INT_PARSING")]
    assert places(await server.problem("GET", "/search")) == [("/limit", "MISSING")]
    assert places(await server.problem("GET", "/orders/x")) == [("/number", "INT_PARSING")]


async def test_a_missing_or_wrong_body_is_told_of_the_whole(server: Server) -> None:
    """The empty pointer stands for the whole body."""
    assert places(await server.problem("POST", "/orders")) == [("", "MISSING")]
    assert places(await server.post("/orders", [])) == [("", "MODEL_ATTRIBUTES_TYPE")]


async def test_broken_json_has_no_field(server: Server) -> None:
    """FastAPI tells the offset of the broken character where a field would be, and this is no pointer."""
    options = {"content": b'{"age": oops', "headers": {"Content-Type": "application/json"}}
    problem = await server.problem("POST", "/orders", **options)
    assert places(problem) == [("", "JSON_INVALID")]


async def test_a_detail_of_text_is_no_code(server: Server) -> None:
    """Words in `detail` are for developers: they become no code and no text for people."""
    problem = await server.problem("GET", "/raise/text")
    assert isinstance(problem, seawall.NotFoundProblem)
    assert (problem.code, problem.detail, problem.field_errors) == (None, "There is no such agent", ())
    assert "agent" not in str(problem)


async def test_a_detail_of_an_object_gives_code_and_params(server: Server) -> None:
    """The code stands in `detail`, and its other members are the params."""
    problem = await server.problem("GET", "/raise/object")
    assert isinstance(problem, seawall.ConflictProblem)
    assert (problem.code, problem.original_code, problem.params) == ("AGENT_BUSY", "AGENT_BUSY", {"queue": 3})
    assert problem.dialect == "fastapi"


async def test_a_sentence_within_a_detail_is_no_code(server: Server) -> None:
    """`{"detail": {"error": "The agent is busy"}}` has words where others have a code, and they stay words."""
    problem = await server.problem("GET", "/raise/prose")
    assert (problem.status, problem.code, problem.original_code, problem.params) == (409, None, None, {"queue": 3})
    assert "agent" not in shown(problem)


@pytest.mark.parametrize(("name", "status"), [("list", 400), ("nothing", 403)])
async def test_a_detail_of_another_shape_gives_no_code(server: Server, name: str, status: int) -> None:
    """A list of texts and an empty object name no code."""
    problem = await server.problem("GET", f"/raise/{name}")
    assert (problem.status, problem.code, problem.params) == (status, None, {})
    assert "reason" not in shown(problem)


async def test_the_header_says_when_to_come_back(server: Server) -> None:
    """Retry-After is told in seconds."""
    problem = await server.problem("GET", "/raise/late")
    assert isinstance(problem, seawall.RateLimitedProblem)
    assert (problem.retry_after, problem.detail) == (7.0, "Slow down")


async def test_a_status_without_a_name_is_kept(server: Server) -> None:
    """A status that nobody has registered is neither changed nor fatal."""
    problem = await server.problem("GET", "/raise/unnamed")
    assert (type(problem), problem.status) == (seawall.ClientErrorProblem, 499)


async def test_a_bare_challenge_names_its_scheme(server: Server) -> None:
    """HTTPBearer challenges without an error, so there is a scheme and no code."""
    problem = await server.problem("GET", "/private")
    assert isinstance(problem, seawall.UnauthorizedProblem)
    assert problem.auth is not None
    assert (problem.auth.scheme, problem.auth.error, problem.auth.scope) == ("bearer", None, None)
    assert (problem.code, problem.detail) == (None, "Not authenticated")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/orders", 405)])
async def test_the_routers_own_errors_say_what_the_status_says(server: Server, method: str, path: str, status: int) -> None:
    """Unknown paths and methods give no code."""
    problem = await server.problem(method, path)
    assert (problem.status, problem.code, problem.field_errors) == (status, None, ())


async def test_a_crash_speaks_by_its_status_alone(server: Server) -> None:
    """The crash page is plain text of which nothing is taken."""
    problem = await server.problem("GET", "/crash")
    assert (type(problem), problem.status, problem.code, problem.detail, problem.dialect) == (
        seawall.ServerErrorProblem,
        500,
        None,
        "",
        None,
    )
