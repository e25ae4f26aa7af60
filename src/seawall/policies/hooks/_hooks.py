"""The three short ways to look into a call, each an ordinary interceptor. The functions may be plain or async."""

import inspect
from collections.abc import Callable
from typing import Any

from seawall.chain import Interceptor, Next
from seawall.model import Request, Response
from seawall.problems import ApiProblem

__all__ = ["after_response", "before_request", "on_problem"]


class _BeforeRequest:
    def __init__(self, function: Callable[[Request], Any]) -> None:
        self.name = f"before_request({_name(function)})"
        self._function = function

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        return await call_next(await _result(self._function(request)) or request)


class _AfterResponse:
    def __init__(self, function: Callable[[Response], Any]) -> None:
        self.name = f"after_response({_name(function)})"
        self._function = function

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        response = await call_next(request)
        other: Response = await _result(self._function(response)) or response
        if other is not response:
            await response.aclose()
        return other


class _OnProblem:
    def __init__(self, function: Callable[[ApiProblem], Any]) -> None:
        self.name = f"on_problem({_name(function)})"
        self._function = function

    async def __call__(self, request: Request, call_next: Next, /) -> Response:
        try:
            response = await call_next(request)
        except ApiProblem as problem:
            await self._tell(request, problem)
            raise
        if isinstance(response.problem, ApiProblem):
            await self._tell(request, response.problem)
        return response

    async def _tell(self, request: Request, problem: ApiProblem) -> None:
        problem.settle(request.call.attempts, None)
        await _result(self._function(problem))


async def _result(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _name(function: object) -> str:
    return getattr(function, "__qualname__", type(function).__qualname__)


def before_request(function: Callable[[Request], Any]) -> Interceptor:
    """Return an interceptor that calls `function(request)` first; a request it returns is sent instead."""
    return _BeforeRequest(function)


def after_response(function: Callable[[Response], Any]) -> Interceptor:
    """Return an interceptor that calls `function(response)` after; a response it returns takes the place of the first."""
    return _AfterResponse(function)


def on_problem(function: Callable[[ApiProblem], Any]) -> Interceptor:
    """Return an interceptor that calls `function(problem)` for raised problems and for `response.problem` alike."""
    return _OnProblem(function)
