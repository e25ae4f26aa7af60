"""GraphQL tells of errors in good answers: problems for calls that say so, in both worlds and over real sockets."""

import copy
import json
import pickle
from typing import Any

import pytest

import seawall
from seawall import AppUpgradeProblem, GraphQLProblem
from seawall.problems import FieldError, Parser, StatusProblem
from seawall.testing import FaultServer, Reply
from tests.unit.problems.answers import answer, check
from tests.worlds import World

PARTIAL: dict[str, Any] = {
    "data": {"hero": {"name": "Ada", "friends": None}},
    "errors": [
        {
            "message": "no right to the friends",
            "path": ["hero", "friends", 0, "a/b"],
            "extensions": {"code": "FORBIDDEN", "role": "guest", "stacktrace": ["at a.js"], "exception": {"x": 1}},
        },
        {"message": "and slow", "locations": [{"line": 1, "column": 2}], "path": ["hero"]},
    ],
}
GOOD: dict[str, Any] = {"data": {"hero": {"name": "Ada"}}}
OWN_TYPE = {"Content-Type": "Application/GraphQL-Response+JSON; charset=utf-8"}


def read(body: Any, status: int = 200, **options: Any) -> StatusProblem | None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Parser().parse_graphql(answer(content, status=status, **options))


def test_a_good_answer_with_errors_is_a_problem() -> None:
    """The first error gives code, detail and params without stack traces; each path is a place in the answer; data is kept."""
    problem = read(PARTIAL)
    assert isinstance(problem, GraphQLProblem)
    check(problem, 200)
    assert (problem.code, problem.original_code, problem.detail) == ("FORBIDDEN", "FORBIDDEN", "no right to the friends")
    assert (problem.params, problem.data, problem.dialect) == ({"role": "guest"}, PARTIAL["data"], "graphql")
    assert problem.field_errors == (
        FieldError("/hero/friends/0/a~1b", "FORBIDDEN", {}, "no right to the friends"),
        FieldError("/hero", None, {}, "and slow"),
    )
    assert str(problem) == seawall.ApiProblem().user_message()


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        {"data": None},
        {"data": GOOD["data"], "errors": []},
        {"data": GOOD["data"], "errors": None},
        {"errors": {"a": ["b"]}},
        {"errors": ["text"]},
        {"errors": [{"code": "X"}]},
        [PARTIAL],
        b"",
        b"<html>",
        b'{"errors": [{"message": "cut',
    ],
)
def test_an_answer_without_errors_is_none(body: Any) -> None:
    """Data, no errors, and what is no GraphQL at all are no problem of a good status."""
    assert read(body) is None


def test_an_error_status_is_read_as_ever() -> None:
    """For a call with `graphql=True` an error status gives the problem of its own class, whatever the body is."""
    forbidden = read(PARTIAL, 403)
    assert isinstance(forbidden, seawall.ForbiddenProblem)
    assert (forbidden.dialect, forbidden.code) == ("graphql", "FORBIDDEN")
    gateway = read(b"<html>", 502)
    assert isinstance(gateway, seawall.UnavailableProblem)


def test_a_forced_upgrade_is_one_in_graphql_too() -> None:
    """The code APP_UPGRADE_REQUIRED in a good answer makes the app say that it is too old."""
    problem = read({"data": None, "errors": [{"message": "", "extensions": {"code": "APP_UPGRADE_REQUIRED", "minimum": "3"}}]})
    assert isinstance(problem, AppUpgradeProblem)
    assert (problem.status, problem.minimum) == (200, "3")
    assert "update" in str(problem)


def test_a_problem_with_data_travels() -> None:
    """E5: data is part of what is compared, copied, pickled and told."""
    problem = read(PARTIAL)
    assert isinstance(problem, GraphQLProblem)
    for twin in (pickle.loads(pickle.dumps(problem)), copy.copy(problem), copy.deepcopy(problem)):
        assert (twin.data, twin) == (PARTIAL["data"], problem)
    assert json.loads(json.dumps(problem.to_dict(), allow_nan=False))["data"] == PARTIAL["data"]
    other = copy.copy(problem)
    other.data = None
    assert other != problem
    assert "Ada" not in repr(problem)


@pytest.mark.parametrize(("depth", "kept"), [(90, True), (150, False), (900, False)])
def test_data_that_is_too_deep_to_be_copied_is_not_kept(depth: int, kept: bool) -> None:
    """A problem can be copied and pickled whatever came with it; the answer still has it all."""
    data: Any = "x"
    for _ in range(depth):
        data = [data] if depth % 2 else {"a": data}
    problem = read({"data": data, "errors": PARTIAL["errors"]})
    assert isinstance(problem, GraphQLProblem)
    check(problem, 200)
    assert (problem.data is not None) is kept


@pytest.mark.parametrize("headers", [{}, OWN_TYPE])
async def test_a_call_says_that_it_is_graphql(world: World, fault_server: FaultServer, headers: dict[str, str]) -> None:
    """With `graphql=True` a good answer with errors raises, and without it the answer is the caller's to read."""
    fault_server.route("POST", "/graphql", Reply(json=PARTIAL, headers=headers))
    async with world.client(fault_server.url) as api:
        with pytest.raises(GraphQLProblem) as caught:
            await api.post("/graphql", json={"query": "{ hero }"}, graphql=True)
        plain = await api.post("/graphql", json={"query": "{ hero }"})
    problem = caught.value
    assert (problem.data, problem.status, problem.code) == (PARTIAL["data"], 200, "FORBIDDEN")
    assert [attempt.status for attempt in problem.attempts] == [200]
    assert problem.__notes__
    assert (plain.problem, plain.json()) == (None, PARTIAL)


async def test_a_typed_call_raises_before_it_decodes(world: World, fault_server: FaultServer) -> None:
    """An answer with errors is that problem and no decode problem; a good one is decoded as ever."""
    fault_server.route("POST", "/graphql", Reply(json=PARTIAL), Reply(json=GOOD))
    async with world.client(fault_server.url) as api:
        with pytest.raises(GraphQLProblem):
            await api.post("/graphql", json={}, graphql=True, response_model=dict[str, dict[str, dict[str, str]]])
        good = await api.post("/graphql", json={}, graphql=True, response_model=dict[str, dict[str, dict[str, str]]])
    assert good == GOOD


async def test_without_raising_the_problem_is_at_the_response(world: World, fault_server: FaultServer) -> None:
    """`raise_for_status=False` leaves the problem at the response, whose body is whole."""
    fault_server.route("POST", "/graphql", Reply(json=PARTIAL))
    async with world.client(fault_server.url) as api:
        response: seawall.Response = await api.post("/graphql", json={}, graphql=True, raise_for_status=False)
    assert isinstance(response.problem, GraphQLProblem)
    assert response.problem.response is response
    assert (response.ok, response.json()) == (True, PARTIAL)


async def test_a_stream_cannot_be_graphql(world: World, fault_server: FaultServer) -> None:
    """The errors are somewhere in the whole answer, so that a streamed call with the option is refused unsent."""
    route = fault_server.route("POST", "/graphql", Reply(json=PARTIAL))
    async with world.client(fault_server.url) as api:
        with pytest.raises(seawall.UsageError, match="graphql"):
            async with api.stream("POST", "/graphql", json={}, graphql=True):
                pass
        with pytest.raises(seawall.UsageError, match="graphql"):
            await api.post("/graphql", json={}, graphql="yes")
    assert not route.calls


async def test_an_error_status_needs_no_option(world: World, fault_server: FaultServer) -> None:
    """GraphQL by its own media type, with a status of 400 and above, is read without the option."""
    fault_server.route("POST", "/graphql", Reply(400, json={"errors": [{"message": "syntax"}]}, headers=OWN_TYPE))
    async with world.client(fault_server.url) as api:
        with pytest.raises(seawall.BadRequestProblem) as caught:
            await api.post("/graphql", json={})
    assert (caught.value.dialect, caught.value.detail) == ("graphql", "syntax")


async def test_an_answer_with_errors_is_not_sent_again(world: World, fault_server: FaultServer) -> None:
    """The server did its work and said no: there is one attempt, of a GET too."""
    route = fault_server.route("GET", "/graphql", Reply(json=PARTIAL), Reply(json=GOOD))
    async with world.client(fault_server.url) as api:
        with pytest.raises(GraphQLProblem) as caught:
            await api.get("/graphql", params={"query": "{ hero }"}, graphql=True)
    assert len(route.calls) == len(caught.value.attempts) == 1
    assert not caught.value.retryable
