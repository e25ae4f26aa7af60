"""What the agents console answers."""

import subprocess
import sys

import httpx2
import pytest

from tests.unit.demo.conftest import Console


def problem(response: httpx2.Response) -> dict[str, object]:
    """The problem document of a response, which must be one."""
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, object] = response.json()
    assert document["status"] == response.status_code
    assert {"code", "title", "status", "detail", "trace_id"} <= document.keys()
    assert document["trace_id"] == response.headers["x-request-id"]
    return document


def test_an_agent_is_created_read_and_updated(console: Console) -> None:
    """What was created is read, and what was updated is read changed."""
    created = console.api.post("/agents", json={"name": "Ada", "team": "red"})
    assert created.status_code == 201
    path = f"/agents/{created.json()['id']}"
    assert console.api.get(path).json() == created.json()
    assert console.api.patch(path, json={"team": "green"}).json() == {**created.json(), "team": "green"}
    assert console.api.get(path).json()["team"] == "green"


def test_an_agent_session_is_created_read_and_closed(console: Console) -> None:
    """The owner of an agent session may close it."""
    created = console.api.post("/agent-sessions", json={"agent_id": 1, "topic": "x"})
    path = f"/agent-sessions/{created.json()['id']}"
    assert created.json()["state"] == "open"
    assert console.api.patch(path, json={"state": "closed"}).json()["state"] == "closed"
    assert console.api.get(path).json()["state"] == "closed"


def test_somebody_elses_session_is_forbidden(console: Console) -> None:
    """Updating an agent session of somebody else is refused with the contract's code and params."""
    document = problem(console.api.patch("/agent-sessions/2", json={"state": "closed"}))
    assert document == {
        "trace_id": document["trace_id"],
        "code": "AGENT_FORBIDDEN",
        "title": "Forbidden",
        "status": 403,
        "detail": "Forbidden",
        "params": {"resource": "agent_session", "action": "update"},
    }
    assert console.api.get("/agent-sessions/2").json()["state"] == "open"


def test_somebody_elses_agent_is_forbidden(console: Console) -> None:
    """Updating an agent of somebody else is refused too, and the params say that it is an agent."""
    document = problem(console.api.patch("/agents/2", json={"name": "x"}))
    assert (document["code"], document["params"]) == ("AGENT_FORBIDDEN", {"resource": "agent", "action": "update"})


def test_a_request_is_answered_by_its_name(console: Console) -> None:
    """The id that a client gave its request comes back, with problems and without."""
    names = {"X-Request-Id": "call-7"}
    well, refused = console.api.get("/agents", headers=names), console.api.get("/agents/999", headers=names)
    assert (well.headers["x-request-id"], refused.headers["x-request-id"]) == ("call-7", "call-7")
    assert problem(refused)["trace_id"] == "call-7"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/agents/999", "AGENT_NOT_FOUND"),
        ("/agent-sessions/999", "AGENT_SESSION_NOT_FOUND"),
        ("/nowhere", "NOT_FOUND"),
    ],
)
def test_what_is_not_there_is_a_problem(console: Console, path: str, code: str) -> None:
    """A missing agent, session or route gives 404 with its own code."""
    response = console.api.get(path)
    assert (response.status_code, problem(response)["code"]) == (404, code)


def test_a_wrong_method_names_the_right_ones(console: Console) -> None:
    """405 is a problem document too, and keeps its `Allow` header."""
    response = console.api.delete("/agents/1")
    assert (response.status_code, problem(response)["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"]


@pytest.mark.parametrize(
    ("content", "pointer", "code"),
    [
        (b'{"name": "SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-'
         b'SECRET-SECRET"}', "#/name", "STRING_TOO_LONG"),
        (b'{"name": ["SECRET"]}', "#/name", "STRING_TYPE"),
        (b'{"team": "SECRET"}', "#/name", "MISSING"),
        (b'{"name": SECRET}', "#", "JSON_INVALID"),
        (b'{"name": "\\ud800SECRET"}', "#/name", "STRING_UNICODE"),
        (b'["SECRET"]', "#", "MODEL_ATTRIBUTES_TYPE"),
    ],
)  # fmt: skip
def test_a_refused_body_names_the_field_and_quotes_nothing(console: Console, content: bytes, pointer: str, code: str) -> None:
    """A body that does not fit gives the field's pointer and a code, and no part of what was sent."""
    response = console.api.post("/agents", content=content, headers={"Content-Type": "application/json"})
    document = problem(response)
    assert (response.status_code, document["code"]) == (422, "VALIDATION_ERROR")
    errors = document["errors"]
    assert isinstance(errors, list)
    assert [(error["pointer"], error["code"]) for error in errors] == [(pointer, code)]
    assert set(errors[0]) <= {"pointer", "code", "detail", "params"}
    assert "SECRET" not in response.text


@pytest.mark.parametrize(
    ("target", "name", "place", "code"),
    [
        ("/agents?limit=0", "limit", "query", "VALIDATION_ERROR"),
        ("/agents?limit=SECRET", "limit", "query", "VALIDATION_ERROR"),
        ("/agents?cursor=%21", "cursor", "query", "CURSOR_INVALID"),
        ("/agents?cursor=LTE=", "cursor", "query", "CURSOR_INVALID"),
        ("/agents?cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "cursor", "query", "CURSOR_INVALID"),
        ("/agents/99999999999999999999", "agent_id", "path", "VALIDATION_ERROR"),
        ("/agent-sessions/0", "session_id", "path", "VALIDATION_ERROR"),
    ],
)
def test_a_refused_parameter_is_named(console: Console, target: str, name: str, place: str, code: str) -> None:
    """A parameter that does not fit, in the query or the path, is named, with its place."""
    response = console.api.get(target)
    document = problem(response)
    assert (response.status_code, document["code"]) == (422, code)
    errors = document["errors"]
    assert isinstance(errors, list)
    assert [(error["name"], error["in"]) for error in errors] == [(name, place)]
    assert "SECRET" not in response.text


def test_agents_are_paged_by_link_and_cursor(console: Console) -> None:
    """Following the links gives every agent once, in order, and the last page has no link."""
    url, pages = "/agents?limit=15&team=blue", []
    while url:
        response = console.api.get(url)
        pages.append([agent["id"] for agent in response.json()])
        url = response.links.get("next", {}).get("url", "")
    assert pages == [list(range(1, 16)), list(range(16, 31)), list(range(31, 41))]


def test_agent_sessions_are_paged_by_number(console: Console) -> None:
    """Pages are numbered from 1, know how many they are, and one beyond the last is empty."""
    pages = [console.api.get("/agent-sessions", params={"page": page, "per_page": 15}).json() for page in (1, 3, 4)]
    assert [len(page["items"]) for page in pages] == [15, 10, 0]
    assert all((page["pages"], page["total"]) == (3, 40) for page in pages)


def test_the_backend_knows_nothing_of_seawall() -> None:
    """The server's half runs where the client's half is not installed."""
    program = (
        "import sys; sys.modules['seawall'] = None; import seawall_demo.backend; "
        "sys.exit(any(name.startswith('seawall.') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
