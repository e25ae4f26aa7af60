"""Our own half of the server on uvicorn and FastAPI: every error conforms, and Seawall's client understands all of it."""

import datetime
import re
from typing import Any

import pytest

import seawall
from tests.real_servers.asking import CANARY, Server, kept, places, shown
from tests.worlds import World

APP = "seawall_server_app"
HEX = re.compile(r"[0-9a-f]{32}").fullmatch


async def test_a_raised_problem_arrives_whole(server: Server) -> None:
    """Code, params, detail, title and trace id are what was raised, and the detail is filled in."""
    problem = await server.problem("GET", "/raise/forbidden")
    assert isinstance(problem, seawall.ForbiddenProblem)
    assert (problem.code, problem.params) == ("AGENT_FORBIDDEN", {"resource": "agent", "action": "up<date"})
    assert (problem.title, problem.detail) == ("Forbidden", "You may not up<date this agent")
    assert (problem.dialect, problem.body_status, problem.type) == ("rfc9457", 403, "about:blank")
    assert problem.response is not None
    assert problem.trace_id == problem.response.headers["x-request-id"]
    assert problem.response.headers["content-type"] == "application/problem+json"


async def test_every_member_of_the_standard_arrives(server: Server) -> None:
    """Type, title, instance and params of all types survive the way."""
    problem = await server.problem("GET", "/raise/busy")
    assert isinstance(problem, seawall.ConflictProblem)
    assert (problem.type, problem.title) == ("https://errors.acme.example/agent-busy", "Agent busy")
    assert problem.instance == f"{server.url}/jobs/7"
    assert problem.params == {"queue": 3, "load": 0.5, "until": "2026-11-22T00:00:00Z"}
    assert problem.extensions == {}


@pytest.mark.parametrize("accept", ["application/problem+xml", "text/xml, */*;q=0.1", "application/xml, application/json;q=0.9"])
async def test_whoever_wants_xml_gets_the_same_in_xml(server: Server, accept: str) -> None:
    """A client that prefers XML reads the same problem out of it, as text."""
    problem = await server.problem("GET", "/raise/busy", headers={"Accept": accept})
    assert problem.response is not None
    assert problem.response.headers["content-type"] == "application/problem+xml"
    assert problem.response.headers["vary"].startswith("Accept")
    assert (problem.dialect, problem.code, problem.body_status) == ("rfc9457", "AGENT_BUSY", 409)
    assert problem.params == {"queue": "3", "load": "0.5", "until": "2026-11-22T00:00:00Z"}
    assert problem.trace_id == problem.response.headers["x-request-id"]


async def test_field_errors_survive_xml(server: Server) -> None:
    """A list of one and a list of many are lists in XML too."""
    problem = await server.problem("POST", "/orders", json={"items": [{}]}, headers={"Accept": "application/xml"})
    assert problem.dialect == "rfc9457"
    assert places(problem) == [("/age", "MISSING"), ("/items/0/name", "MISSING"), ("/items/0/qty", "MISSING")]


async def test_a_wait_is_rounded_up(server: Server) -> None:
    """Retry-After has whole seconds, and never fewer than were asked for."""
    problem = await server.problem("GET", "/raise/late")
    assert isinstance(problem, seawall.UnavailableProblem)
    assert (problem.code, problem.retry_after) == ("MAINTENANCE", 7.0)


async def test_challenges_are_understood(server: Server) -> None:
    """What a framework's exception and what a problem say about the credential both arrive."""
    login = await server.problem("GET", "/raise/login")
    assert login.auth is not None
    assert (login.code, login.auth.error) == ("UNAUTHORIZED", "invalid_token")
    scope = await server.problem("GET", "/raise/scope")
    assert scope.auth is not None
    assert (scope.code, scope.auth.error, scope.auth.scope) == ("AGENT_FORBIDDEN", "insufficient_scope", "agents:read")
    assert "www-authenticate" in (await server.problem("GET", "/private")).response.headers  # type: ignore[union-attr]


async def test_problems_can_name_fields(server: Server) -> None:
    """Field errors are not only for validation."""
    assert places(await server.problem("GET", "/raise/fields")) == [("/owner", "NOT_YOU")]


async def test_an_unknown_status_stays(server: Server) -> None:
    """499 is 499, not 500, and has a code of its own."""
    problem = await server.problem("GET", "/raise/unnamed")
    assert (problem.status, problem.body_status, problem.code) == (499, 499, "STATUS_499")
    assert problem.detail == "The client has gone"


async def test_an_object_of_an_http_exception_gives_code_and_params(server: Server) -> None:
    """FastAPI's own way of sending a code is understood."""
    problem = await server.problem("GET", "/raise/object")
    assert (problem.status, problem.code, problem.params) == (409, "AGENT_BUSY", {"queue": 3})


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("GET", "/raise/nothing", 404, "NOT_FOUND"),
        ("DELETE", "/orders", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_what_the_router_refuses_is_a_problem(server: Server, method: str, path: str, status: int, code: str) -> None:
    """404 and 405 are problems like all others, with the fields that HTTP wants."""
    problem = await server.problem(method, path)
    assert (problem.status, problem.code, problem.dialect) == (status, code, "rfc9457")
    assert problem.response is not None
    assert problem.response.headers.get("allow") == ("POST" if status == 405 else None)


@pytest.mark.parametrize("path", ["/raise/crash", "/raise-in-a-thread/crash", "/raise/gateway"])
async def test_a_failure_says_nothing_but_its_trace_id(server: Server, path: str) -> None:
    """Of an unforeseen error, or of what a gateway said, no word is in the response."""
    problem = await server.problem("GET", path)
    assert isinstance(problem, seawall.ServerErrorProblem)
    assert problem.response is not None
    assert CANARY not in problem.response.text
    assert problem.trace_id
    assert HEX(problem.trace_id)
    assert set(problem.response.json()) - {"detail"} == {"title", "status", "code", "trace_id"}


async def test_a_connection_survives_a_failure(server: Server, world: World) -> None:
    """The server sees a whole response, so that its connection is used again."""
    async with world.client(server.url, retry=False) as api:
        for _ in range(2):
            with pytest.raises(seawall.ServerErrorProblem) as caught:
                await api.get("/raise/crash")
        connection = caught.value.attempts[0].connection
        assert connection is not None
        assert connection.startswith("reused")


async def test_half_a_response_is_not_taken_for_a_whole(server: Server) -> None:
    """A failure after the head breaks the connection."""
    with pytest.raises(seawall.NetworkProblem):
        await server.call("GET", "/half")


async def test_an_error_page_becomes_a_problem(server: Server) -> None:
    """A page keeps its status and fields, and loses its words."""
    problem = await server.problem("GET", "/page")
    assert isinstance(problem, seawall.NotFoundProblem)
    assert (problem.status, problem.code) == (410, "GONE")
    assert problem.response is not None
    assert CANARY not in problem.response.text
    assert (problem.response.headers["allow"], problem.response.headers.get("etag")) == ("GET", None)
    assert (await server.call("GET", "/good-page")).text == "<h1>fine</h1>"


async def test_refused_fields_have_pointers(server: Server) -> None:
    """Each pointer leads to its place in the body, through lists, odd names and the branches of unions."""
    problem = await server.post(
        "/orders",
        {"age": "x", "items": [{"name": "a", "qty": 0}], "notes": {"a/b~ é": "x"}, "pet": {"kind": "cat"}, "other": [1, "x"]},
    )
    assert isinstance(problem, seawall.ValidationProblem)
    assert problem.code == "VALIDATION_ERROR"
    assert places(problem) == [
        ("/age", "INT_PARSING"),
        ("/items/0/name", "STRING_TOO_SHORT"),
        ("/items/0/qty", "GREATER_THAN"),
        ("/notes/a~1b~0 é", "INT_PARSING"),
        ("/pet/lives", "MISSING"),
        ("/other", "INT_TYPE"),
        ("/other/1", "INT_PARSING"),
    ]
    assert [error.params for error in problem.field_errors[1:3]] == [{"min_length": 2}, {"gt": 0}]


async def test_parameters_outside_the_body_are_named(server: Server) -> None:
    """Query, path and header are told apart, which no pointer could do."""
    for path, where, name in [("/search?page=x", "query", "page"), ("/orders/x", "path", "number")]:
        problem = await server.problem("GET", path)
        assert places(problem) == [(f"/{name}", "INT_PARSING")]
        error = problem.response.json()["errors"][0]  # type: ignore[union-attr]
        assert (error["in"], error["name"], "pointer" in error) == (where, name, False)
    problem = await server.problem("POST", "/orders", json={"age": 1}, headers={"X-Limit": "x"})
    assert problem.response.json()["errors"][0]["in"] == "header"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "body",
    [{"age": CANARY}, {"age": 1, "password": CANARY}, {"age": 1, "pet": {"kind": CANARY}}, {"age": 1, "items": CANARY}, CANARY],
)
async def test_the_rejected_input_is_echoed_nowhere(server: Server, body: Any) -> None:
    """Neither the value nor words that a validator made of it come back."""
    problem = await server.post("/orders", body)
    assert problem.response is not None
    assert problem.code == "VALIDATION_ERROR"
    assert CANARY not in problem.response.text
    assert CANARY not in kept(problem)


async def test_broken_json_is_the_whole_body(server: Server) -> None:
    """The offset of a broken character is no pointer."""
    problem = await server.problem("POST", "/orders", content=b'{"a', headers={"Content-Type": "application/json"})
    assert places(problem) == [("", "JSON_INVALID")]


async def test_an_old_app_is_told_to_upgrade(server: Server, world: World) -> None:
    """The gate knows versions by number, platforms by name, and gives the minimum."""
    async with world.client(server.url, app=seawall.AppInfo("console", "1.10.0", "linux"), retry=False) as api:
        with pytest.raises(seawall.AppUpgradeProblem) as caught:
            await api.get("/named")
    assert (caught.value.status, caught.value.minimum) == (403, "2.0.0")
    async with world.client(server.url, app=seawall.AppInfo("console", "2.0.0", "linux")) as api:
        assert (await api.get("/named")).ok


async def test_every_response_names_its_request(server: Server) -> None:
    """A good name is kept through threads too, and a bad one replaced."""
    good = await server.call("GET", "/named", headers={"X-Request-Id": "call-7"})
    assert (good.headers["x-request-id"], good.json()) == ("call-7", {"id": "call-7"})
    for bad in ("a b", "x" * 129, "\xff"):
        problem = await server.problem("GET", "/raise/forbidden", headers={"X-Request-Id": bad})
        assert problem.trace_id
        assert HEX(problem.trace_id)


async def test_a_trace_is_carried_on(server: Server) -> None:
    """What OpenTelemetry began is the trace id of the problem, next to the name of the call."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    sent = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "X-Request-Id": "call-7"}
    problem = await server.problem("GET", "/raise/crash", headers=sent)
    assert problem.response is not None
    assert (problem.trace_id, problem.response.headers["x-request-id"]) == (trace, "call-7")


async def test_the_end_of_a_route_is_announced(server: Server, world: World) -> None:
    """Deprecation and sunset are heard by the client, of good answers and of bad ones."""
    heard: list[seawall.model.Event] = []
    async with world.client(server.url, retry=False, listeners=[heard.append]) as api:
        with pytest.raises(seawall.ValidationProblem):
            await api.get("/old?page=x")
        response = await api.get("/old")
    assert response.headers["sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    told = [event for event in heard if isinstance(event, seawall.model.Deprecated | seawall.model.SunsetAnnounced)]
    assert [type(event).__name__ for event in told] == ["Deprecated", "SunsetAnnounced"]
    assert told[0].since == datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC).timestamp()  # type: ignore[union-attr]
    assert told[0].link == "https://docs.acme.example/agents-v2"  # type: ignore[union-attr]


async def test_browsers_may_read_failures(server: Server) -> None:
    """A middleware that was added later, for CORS, sees problems and failures as responses."""
    problem = await server.problem("GET", "/raise/crash", headers={"Origin": "https://app.acme.example"})
    assert problem.response is not None
    assert problem.response.headers["access-control-allow-origin"] == "https://app.acme.example"


async def test_nothing_of_the_server_is_shown_to_people(server: Server) -> None:
    """The words of problems stay with developers."""
    assert "up<date" not in shown(await server.problem("GET", "/raise/forbidden"))
