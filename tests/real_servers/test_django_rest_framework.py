"""Django REST framework's errors: maps of fields nested in any way, `detail`, throttling, and Django's own pages."""

import pytest

import seawall
from tests.real_servers.asking import CANARY, Server, places, shown

APP = "drf_app"
GOOD = {"email": "ada@acme.example"}
AWKWARD = [
    "code",
    "detail",
    "details",
    "errcode",
    "error",
    "errors",
    "id",
    "message",
    "name",
    "params",
    "status",
    "title",
    "type",
]


async def test_a_map_of_fields_becomes_pointers(server: Server) -> None:
    """Nested serializers, lists of them and lists of numbers are told by name and index."""
    items = [{"name": "toolong", "qty": 1}, {"name": "a", "qty": 0}, {"name": "b"}]
    problem = await server.post("/orders", {"email": CANARY, "items": items, "home": {"qty": "x"}, "tags": [1, "x"]})
    assert isinstance(problem, seawall.BadRequestProblem)
    assert (problem.code, problem.dialect) == ("VALIDATION_ERROR", "drf")
    pointers = [error.pointer for error in problem.field_errors]
    assert pointers == ["/email", "/items/0/name", "/items/1/qty", "/items/2/qty", "/tags/1", "/home/name", "/home/qty"]


async def test_the_words_stay_with_developers(server: Server) -> None:
    """The framework's sentences are details without codes, and are shown to nobody."""
    problem = await server.post("/orders", {"email": "bad"})
    assert [(error.code, error.detail) for error in problem.field_errors] == [(None, "Enter a valid email address.")]
    assert "Enter" not in shown(problem)


async def test_errors_of_no_field_point_at_the_whole(server: Server) -> None:
    """`non_field_errors` is no field: it stands for the object that it is in."""
    problem = await server.post("/orders", {**GOOD, "first": 2, "last": 1})
    assert places(problem) == [("", None)]
    assert problem.field_errors[0].detail == "first must not be after last"
    assert places(await server.post("/orders", {**GOOD, "items": {}})) == [("/items", None)]
    assert places(await server.post("/orders", {**GOOD, "items": [3]})) == [("/items/0", None)]


async def test_errors_of_many_are_told_by_index(server: Server) -> None:
    """A list of orders has the index of each wrong one in the pointer."""
    problem = await server.post("/orders/many", [{"email": "bad"}, GOOD, {}])
    assert (problem.code, problem.dialect) == ("VALIDATION_ERROR", "drf")
    assert places(problem) == [("/0/email", None), ("/2/email", None)]
    assert places(await server.post("/orders/many", {})) == [("", None)]
    assert places(await server.post("/orders/many", [GOOD, 5])) == [("/1", None)]


async def test_fields_called_like_members_of_other_forms_stay_fields(server: Server) -> None:
    """A rejected `title`, `code` or `error` is a field, since its value is a list of texts and no text."""
    problem = await server.post("/awkward", {})
    assert (problem.code, problem.dialect) == ("VALIDATION_ERROR", "drf")
    assert [error.pointer for error in problem.field_errors] == [f"/{name}" for name in AWKWARD]


@pytest.mark.parametrize("name", [name for name in AWKWARD if name not in ("detail", "errors")])  # FastAPI's, Rails' own
async def test_one_field_called_like_a_member_of_another_form_stays_a_field(server: Server, name: str) -> None:
    """The same holds where it is alone."""
    problem = await server.post("/awkward", {other: "x" for other in AWKWARD if other != name})
    assert (problem.code, problem.dialect, places(problem)) == ("VALIDATION_ERROR", "drf", [(f"/{name}", None)])


async def test_bare_texts_under_names_are_no_codes(server: Server) -> None:
    """A ValidationError of bare texts cannot be told from any other object of texts, so no code is made of them."""
    problem = await server.problem("GET", "/raise/bare")
    assert (problem.status, problem.code, problem.original_code) == (400, None, None)
    assert "Taken" not in shown(problem)


async def test_a_list_of_texts_is_of_the_whole(server: Server) -> None:
    """A ValidationError outside a serializer gives a bare list."""
    problem = await server.problem("GET", "/raise/text")
    assert (problem.status, problem.code, problem.dialect) == (400, "VALIDATION_ERROR", "drf")
    assert places(problem) == [("", None)]


@pytest.mark.parametrize(
    ("name", "status", "detail"),
    [
        ("not-found", 404, "Not found."),
        ("http-404", 404, "no agent"),
        ("denied", 403, "You do not have permission to perform this action."),
    ],
)
async def test_a_detail_is_no_field(server: Server, name: str, status: int, detail: str) -> None:
    """`detail` is the words about the whole, never a field of that name, and never a code."""
    problem = await server.problem("GET", f"/raise/{name}")
    assert (problem.status, problem.detail, problem.code, problem.field_errors) == (status, detail, None, ())


async def test_broken_json_and_unknown_media_types_have_no_field(server: Server) -> None:
    """A ParseError and an UnsupportedMediaType are told by status and words."""
    broken = await server.problem("POST", "/orders", content=b"{", headers={"Content-Type": "application/json"})
    assert (broken.status, broken.code, broken.field_errors) == (400, None, ())
    assert broken.detail.startswith("JSON parse error")
    unknown = await server.problem("POST", "/orders", content=b"a,b", headers={"Content-Type": "text/csv"})
    assert (unknown.status, unknown.code, unknown.field_errors) == (415, None, ())


@pytest.mark.parametrize(("name", "seconds"), [("late", 37.0), ("late-in-prose", None), ("late-as-usual", 37.0)])
async def test_the_header_says_when_to_come_back(server: Server, name: str, seconds: float | None) -> None:
    """The prose tells seconds as well, true ones or not, and is never read for them."""
    problem = await server.problem("GET", f"/raise/{name}")
    assert isinstance(problem, seawall.RateLimitedProblem)
    assert problem.retry_after == seconds


async def test_who_is_not_known_is_challenged(server: Server) -> None:
    """A scheme that challenges gives 401 with its realm."""
    for headers in ({}, {"Authorization": "Basic !!"}):
        problem = await server.problem("GET", "/challenging", headers=headers)
        assert isinstance(problem, seawall.UnauthorizedProblem)
        assert problem.auth is not None
        assert (problem.auth.scheme, problem.auth.error, problem.auth.realm) == ("basic", None, "api")
        assert (problem.code, problem.field_errors) == (None, ())


async def test_without_a_challenge_there_is_nothing_about_credentials(server: Server) -> None:
    """By default the framework answers 403 and challenges nobody."""
    problem = await server.problem("GET", "/private")
    assert isinstance(problem, seawall.ForbiddenProblem)
    assert (problem.auth, problem.code) == (None, None)
    assert problem.detail == "Authentication credentials were not provided."


async def test_a_code_of_the_apps_own_is_no_field(server: Server) -> None:
    """An exception that was given an object is read as the code that it holds."""
    problem = await server.problem("GET", "/raise/coded")
    assert (problem.status, problem.code, problem.field_errors) == (500, "AGENT_BUSY", ())


async def test_the_handler_of_crashes_names_no_code(server: Server) -> None:
    """`{"error": "Server Error (500)"}` is a text, not the error code of OAuth, and no field."""
    problem = await server.problem("GET", "/raise/crash")
    assert (problem.status, problem.code, problem.auth, problem.field_errors) == (500, None, None, ())


async def test_django_s_own_page_speaks_by_its_status(server: Server) -> None:
    """Of HTML nothing is taken."""
    problem = await server.problem("GET", "/nowhere")
    assert isinstance(problem, seawall.NotFoundProblem)
    assert (problem.code, problem.detail, problem.dialect) == (None, "", None)
