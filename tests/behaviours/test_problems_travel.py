"""Problems go through pickles, copies, groups and process borders, and stay what they are."""

import asyncio
import contextvars
import copy
import multiprocessing
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import seawall
from seawall import problems
from seawall.testing import FakeClock
from tests.behaviours.kit import URL, Script, fail, outcome, reply
from tests.worlds import World

KINDS = sorted(
    (
        kind
        for name in problems.__all__
        if isinstance(kind := getattr(problems, name), type) and issubclass(kind, seawall.ApiProblem)
    ),
    key=lambda kind: kind.__name__,
)
FACTS: dict[str, Any] = {
    "status": 409,
    "title": "Conflict",
    "detail": "it is so",
    "code": "AGENT_BUSY",
    "original_code": "agent.busy",
    "params": {"id": 7, "deep": [1, {"x": None}]},
    "type": "https://errors.acme.example/busy",
    "instance": "/agents/7",
    "field_errors": (seawall.FieldError("/name", "TOO_LONG", {"max": 40}, "too long"),),
    "retry_after": 1.5,
    "trace_id": "abc",
    "extensions": {"x": 1},
    "sent": seawall.Sent.YES,
    "method": "PUT",
    "url": f"{URL}/agents/7",
}
WAYS: dict[str, Callable[[Any], Any]] = {
    **{f"pickle {protocol}": lambda one, protocol=protocol: pickle.loads(pickle.dumps(one, protocol)) for protocol in range(6)},
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "twice": lambda one: pickle.loads(pickle.dumps(copy.copy(one))),
}


def _full(kind: type[seawall.ApiProblem]) -> seawall.ApiProblem:
    problem = kind(**FACTS)
    problem.__cause__ = seawall.OriginalError("ConnectionResetError", 104)
    problem.settle([seawall.Attempt(1, "PUT", f"{URL}/agents/7", status=409)], seawall.StopReason.ATTEMPTS_USED)
    problem.may_have_applied = True
    return problem


@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_problem_survives_its_way(kind: type[seawall.ApiProblem], way: str) -> None:
    """E5: a pickled or copied problem is equal to the first in type, facts, attempts, notes, cause and text."""
    problem = _full(kind)
    other = WAYS[way](problem)
    assert type(other) is kind
    assert other == problem
    assert hash(other) == hash(problem)
    assert (str(other), repr(other), other.__notes__) == (str(problem), repr(problem), problem.__notes__)
    assert str(other.explain()) == str(problem.explain())
    assert other.__cause__ is not None
    assert str(other.__cause__) == str(problem.__cause__)
    for name, value in FACTS.items():
        assert getattr(other, name) == value
    assert other.may_have_applied
    assert other.stopped is seawall.StopReason.ATTEMPTS_USED


@pytest.mark.parametrize("name", sorted(FACTS))
def test_problems_differ_by_their_facts(name: str) -> None:
    """E5: two problems that differ in one fact, or in type, are not equal."""
    problem = seawall.ConflictProblem(**FACTS)
    facts = {key: value for key, value in FACTS.items() if key != name}
    assert seawall.ConflictProblem(**facts) != problem
    assert seawall.ConflictProblem(**FACTS) == problem
    assert seawall.ClientErrorProblem(**FACTS) != problem
    assert problem != "problem"


async def test_a_problem_of_a_real_call_survives(world: World, clock: FakeClock) -> None:
    """E5: what a call raised comes out of a pickle with its timeline, without its response."""
    body = b'{"code": "BUSY", "params": {"seconds": 5}}'
    async with world.client(URL, transport=Script(fail(seawall.DisconnectProblem), reply(503, body)), clock=clock) as api:
        problem = await outcome(api.get("/agents"))
    other = pickle.loads(pickle.dumps(problem))
    assert other == problem
    assert other.response is None
    assert problem.response is not None
    assert [attempt.status for attempt in other.attempts] == [None, 503, 503]
    assert (other.code, other.params) == ("BUSY", {"seconds": 5})


def _raising(number: int) -> None:
    raise seawall.RateLimitedProblem(status=429, retry_after=float(number))


def test_a_problem_crosses_processes() -> None:
    """E5: a problem raised in another process arrives as what it was."""
    with multiprocessing.get_context("spawn").Pool(1) as pool, pytest.raises(seawall.RateLimitedProblem) as caught:
        pool.apply(_raising, (7,))
    assert caught.value.retry_after == 7.0


def test_task_groups_hold_problems() -> None:
    """E5: problems raised in a TaskGroup are caught by type with `except*`, each with its notes."""
    caught: dict[str, list[BaseException]] = {"busy": [], "lost": []}

    async def call(api: seawall.AsyncClient, path: str) -> None:
        await api.get(path)

    async def main() -> None:
        transport = seawall.MockTransport()
        transport.route("GET", "/busy", seawall.Response(429))
        transport.route("GET", "/lost", fail(seawall.DisconnectProblem))
        async with seawall.AsyncClient(URL, transport=transport, clock=FakeClock()) as api:
            try:
                async with asyncio.TaskGroup() as group:
                    for path in ("/busy", "/lost"):
                        group.create_task(call(api, path), context=contextvars.copy_context())
            except* seawall.RateLimitedProblem as group:
                caught["busy"] += group.exceptions
            except* ConnectionError as group:
                caught["lost"] += group.exceptions

    asyncio.run(main())
    found = caught["busy"] + caught["lost"]
    assert found
    assert all("attempt 1" in problem.__notes__[0] for problem in found)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_groups_split_and_travel(kind: type[seawall.ApiProblem]) -> None:
    """E5: an ExceptionGroup of problems splits by type and comes out of a pickle whole."""
    group = ExceptionGroup("calls", [_full(kind), ValueError("other")])
    mine, _ = group.split(kind)
    assert mine is not None
    assert mine.exceptions == (_full(kind),)
    other = pickle.loads(pickle.dumps(group))
    assert other.exceptions[0] == _full(kind)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [(seawall.ConnectProblem, ConnectionError), (seawall.DisconnectProblem, ConnectionError),
     (seawall.TimeoutProblem, TimeoutError),
     (seawall.ConnectTimeoutProblem, TimeoutError), (seawall.ConnectTimeoutProblem, ConnectionError),
     (seawall.ForbiddenProblem, PermissionError), (seawall.NotFoundProblem, LookupError), (seawall.ValidationProblem, ValueError),
     (seawall.DecodeProblem, ValueError), (seawall.DeadlineProblem, TimeoutError)],
)  # fmt: skip
def test_leaves_are_the_builtins_they_stand_for(kind: type[seawall.ApiProblem], builtin: type[Exception]) -> None:
    """E5: code that catches the built-in error catches the problem."""
    with pytest.raises(builtin):
        raise kind(status=0)


@pytest.mark.parametrize("sent", list(seawall.Sent))
def test_certainty_has_no_truth(sent: seawall.Sent) -> None:
    """E5: `if problem.sent` is a mistake that is named, and the certainty stays one object through a pickle."""
    with pytest.raises(seawall.UsageError, match="may_have_been_sent"):
        bool(sent)
    assert pickle.loads(pickle.dumps(sent)) is sent
    assert seawall.ApiProblem(sent=sent).may_have_been_sent is (sent is not seawall.Sent.NO)
