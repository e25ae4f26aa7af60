"""Problems travel: through pickles, copies, groups and JSON, with all that they say (E5)."""

import asyncio
import copy
import json
import pickle
from typing import Any

import pytest

from seawall import problems
from seawall.problems import ApiProblem
from tests.unit.problems.tree import CANARY, each


@each
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_brings_all_but_the_response(problem: ApiProblem, protocol: int) -> None:
    """A problem that went to another process is equal, with its notes and its cause, and has lost the response."""
    there = pickle.loads(pickle.dumps(problem, protocol))
    assert type(there) is type(problem)
    assert there == problem
    assert hash(there) == hash(problem)
    assert (str(there), repr(there)) == (str(problem), repr(problem))
    assert getattr(there, "__notes__", []) == getattr(problem, "__notes__", [])
    assert repr(there.__cause__) == repr(problem.__cause__)
    assert there.response is None
    assert CANARY.encode() not in pickle.dumps(problem, protocol)


@each
def test_copies_are_equal_and_apart(problem: ApiProblem) -> None:
    """A copy keeps the response and has notes of its own; a deep copy shares nothing."""
    twin, deep = copy.copy(problem), copy.deepcopy(problem)
    assert twin == problem == deep
    assert (twin.auth, twin.challenges, twin.dialect) == (deep.auth, deep.challenges, deep.dialect)
    assert twin.response is problem.response
    assert type(twin) is type(deep) is type(problem)
    twin.add_note("mine")
    deep.params["new"] = 1
    assert "mine" not in getattr(problem, "__notes__", [])
    assert "new" not in problem.params


def test_problems_compare_by_what_they_say() -> None:
    """Equal facts of the same type are equal; another type, fact or kind of object is not."""
    one = problems.ForbiddenProblem(status=403, code="A_B")
    assert one == problems.ForbiddenProblem(status=403, code="A_B")
    assert one != problems.ForbiddenProblem(status=403, code="A_C")
    assert one != problems.ClientErrorProblem(status=403, code="A_B")
    for other in ({"auth": problems.AuthDetails()}, {"challenges": [problems.Challenge("basic")]}, {"dialect": "aws"}):
        assert one != problems.ForbiddenProblem(status=403, code="A_B", **other)
    assert one != 403
    assert len({one, problems.ForbiddenProblem(status=403, code="A_B")}) == 1


@each
def test_groups_keep_problems(problem: ApiProblem) -> None:
    """A problem in an exception group is found by type, by its built-in bases, and behind a pickle."""
    group = ExceptionGroup("several", [problem, KeyError("x")])
    found, rest = group.split(ApiProblem)
    assert found is not None
    assert rest is not None
    assert found.exceptions == (problem,)
    there = pickle.loads(pickle.dumps(group))
    assert there.exceptions[0] == problem
    caught: list[Any] = []
    try:
        raise group
    except* ApiProblem as part:
        caught += part.exceptions
    except* KeyError:
        pass
    assert caught == [problem]


@each
def test_task_groups_keep_problems(problem: ApiProblem) -> None:
    """E5: what a task of a group raised is found in the group's error, and the task beside it is cancelled."""

    async def fail() -> None:
        raise problem

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            tasks.append(group.create_task(asyncio.Event().wait()))
            group.create_task(fail())

    tasks: list[asyncio.Task[Any]] = []
    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(main())
    assert caught.value.exceptions == (problem,)
    assert tasks[0].cancelled()
    assert pickle.loads(pickle.dumps(caught.value)).exceptions == (problem,)


@each
def test_all_facts_are_told_in_json(problem: ApiProblem) -> None:
    """`to_dict` gives every fact but the response as plain JSON, the new members with their own."""
    told = json.loads(json.dumps(problem.to_dict(), allow_nan=False))
    assert told["problem"] == type(problem).__name__
    assert vars(problem).keys() - told.keys() <= {"response", "__notes__"}
    if problem.auth is not None:
        assert told["auth"]["error"] == "insufficient_scope"
        assert [challenge["scheme"] for challenge in told["challenges"]] == ["bearer", "negotiate"]
        assert told["dialect"] == "rfc9457"
