"""The tree of problems, and one of each kind with every fact that it can hold."""

from collections.abc import Iterator

import pytest

from seawall import problems
from seawall.model import Attempt, Request, Response, Sent, StopReason
from seawall.problems import ApiProblem, OriginalError

CANARY = "canary7f3a"


def subclasses(kind: type[ApiProblem]) -> Iterator[type[ApiProblem]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__.startswith("seawall."):
            yield from subclasses(child)


TREE = sorted(set(subclasses(ApiProblem)), key=lambda kind: kind.__name__)


class AgentForbidden(problems.ForbiddenProblem):
    """As `seawall codes gen` writes them: with keywords of its own."""

    def __init__(self, *, resource: str, action: str) -> None:
        super().__init__(status=403, code="AGENT_FORBIDDEN", params={"resource": resource, "action": action})
        self.resource = resource


def full(kind: type[ApiProblem]) -> ApiProblem:
    problem = kind(
        status=403,
        title="t",
        detail="d",
        code="A_B",
        params={"a": [1]},
        type="urn:x",
        instance="urn:y",
        field_errors=[problems.FieldError("/a", "B_C", {"min": 1}, "d")],
        retry_after=1.5,
        trace_id="x",
        extensions={"e": {"f": None}},
        body_status=404,
        auth=problems.AuthDetails("bearer", "insufficient_scope", "a b", "r"),
        challenges=[problems.Challenge("bearer", {"realm": "r"}), problems.Challenge("negotiate", token68="ab==")],
        dialect="rfc9457",
        sent=Sent.YES,
        method="POST",
        url="https://a.example/",
        response=Response(
            403, headers={"Set-Cookie": CANARY}, content=CANARY.encode(), request=Request("GET", "https://a.example/")
        ),
    )
    problem.settle([Attempt(1, "POST", "https://a.example/", status=403, sent=Sent.YES)], StopReason.NOT_RETRYABLE)
    problem.__cause__ = OriginalError("ConnectionResetError", 104)
    if isinstance(problem, problems.GraphQLProblem):
        problem.data = {"hero": [None]}
    return problem


MADE = [full(kind) for kind in TREE] + [kind() for kind in TREE] + [AgentForbidden(resource="a", action="b")]
each = pytest.mark.parametrize("problem", MADE, ids=lambda problem: type(problem).__name__)
