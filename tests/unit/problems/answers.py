"""Answers of servers, and what holds for every problem that is read from one."""

import copy
import json
import pickle
import re
from typing import Any

from seawall import problems
from seawall.chain.runtimes import BlockingRuntime
from seawall.model import Call, Request, Response, Sent
from seawall.problems import StatusProblem
from seawall.testing import FakeClock

CANARY = "canary7f3a"
POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*", re.DOTALL).fullmatch  # RFC 6901, section 3
DOCUMENT = {
    "type": "https://a.example/problems/forbidden",
    "title": "Forbidden",
    "status": 403,
    "detail": "No right to update",
    "instance": "/occurrences/7",
    "code": "AGENT_FORBIDDEN",
    "params": {"resource": "agent_session"},
    "errors": [{"pointer": "#/age", "code": "too-low", "params": {"min": 1}, "detail": "no"}],
    "trace_id": "t7",
    "balance": 30,
}


def answer(content: bytes, content_type: str = "application/problem+json", status: int = 403, **fields: str) -> Response:
    """An answer to a request whose URL holds a secret."""
    call = Call(BlockingRuntime(FakeClock()))
    request = Request("PATCH", f"https://a.example/agents/7?token={CANARY}", call=call)
    return Response(status, headers={"Content-Type": content_type, **fields}, content=content, request=request)


def parsed(body: Any, **options: Any) -> StatusProblem:
    """The problem that is read from such an answer; `body` is bytes or becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    problem = problems.parse(answer(content, **options))
    assert problem is not None
    return problem


def check(problem: StatusProblem, status: int) -> None:
    """What holds for every problem, whatever the server sent."""
    assert problem.status == status
    assert problem.title
    assert str(problem) == problem.user_message()
    assert str(problem) in {type(problem)(status=status, code=problem.code).user_message()}
    assert problem.sent is Sent.YES
    assert CANARY not in repr(problem.__dict__).replace(repr(problem.response), "")
    assert pickle.loads(pickle.dumps(problem)) == problem == copy.copy(problem) == copy.deepcopy(problem)
    repr(problem)
