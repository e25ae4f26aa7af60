"""What a mock can answer with, and how a response is made of it."""

import copy
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from seawall.model import Request, Response, Sent, UsageError, json_body
from seawall.problems import ApiProblem, ConnectProblem, PoolTimeoutProblem, StatusProblem

from ._call import MockCall

__all__ = ["Answer", "MockAnswer", "check_answer", "respond"]

KINDS = "a Response, a status, a dict or list (as JSON), a problem or its class, a MockAnswer, or a function of the request"


class MockAnswer(ABC):
    """An answer that is worked out when the call comes. Subclass it for answers of your own."""

    @abstractmethod
    async def answer(self, call: MockCall) -> "Answer":
        """Return what to answer with, which may be any other answer.

        *When*: after the call was written down. *Available*: the call; `call.wait` lets time pass on the call's own clock.
        *Errors*: what it raises, the transport raises.
        """


Answer = (
    Response
    | int
    | dict[str, Any]
    | list[Any]
    | BaseException
    | type[BaseException]
    | MockAnswer
    | Callable[[Request], Any]
)  # fmt: skip


def check_answer(answer: object) -> None:
    """Refuse what can never be an answer.

    Raises:
        UsageError: It says what an answer may be.
    """
    known = isinstance(answer, Response | int | dict | list | BaseException | MockAnswer) or callable(answer)
    if isinstance(answer, bool) or not known:
        raise UsageError(f"a mock cannot answer with a {type(answer).__name__}; give {KINDS}")
    if isinstance(answer, int) and not 100 <= answer <= 599:
        raise UsageError(f"a mock cannot answer with the status {answer}")
    if isinstance(answer, type) and issubclass(answer, StatusProblem):
        raise UsageError(f"{answer.__name__} is made of an answer; give the mock that answer, for example its status")


async def respond(answer: Any, call: MockCall) -> Response:
    """Make a response of an answer, or raise what it stands for.

    Raises:
        UsageError: A function returned what is no answer.
    """
    while not isinstance(answer, Response):
        check_answer(answer)
        if isinstance(answer, MockAnswer):
            answer = await answer.answer(call)
        elif isinstance(answer, BaseException) or (isinstance(answer, type) and issubclass(answer, BaseException)):
            raise _failure(answer, call.request)
        elif isinstance(answer, int):
            answer = Response(answer)
        elif isinstance(answer, dict | list):
            answer = Response(200, headers={"Content-Type": "application/json"}, content=json_body(answer).data)
        else:
            answer = answer(call.request)
            if inspect.isawaitable(answer):
                answer = await answer
    return answer


def _failure(answer: "BaseException | type[BaseException]", request: Request) -> BaseException:
    """A copy, because one script may raise it often, and each call adds its own story."""
    if isinstance(answer, type):
        unsent = issubclass(answer, ConnectProblem | PoolTimeoutProblem)
        answer = answer(sent=Sent.NO if unsent else Sent.MAYBE) if issubclass(answer, ApiProblem) else answer()
    failure = copy.copy(answer)
    if isinstance(failure, ApiProblem):
        failure.method, failure.url = request.method, request.redacted_url
    return failure
